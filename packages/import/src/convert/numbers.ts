/** Numbers written by people and spreadsheets, made plain: `1.234,56` → `1234.56`, and only where the mapping says so. */

import { Invalid } from "@kith/schema";
import type { Conversion } from "../mapping/mapping.ts";

/** Plain decimal text of a number in the form that the options say, or what is wrong. */
export type NumberText = (text: string) => string | Invalid;

/** Reads numbers with a decimal sign and, if wanted, groups of three digits. */
export function numberText({ decimalComma = false, thousands }: Conversion): NumberText {
  const sign = decimalComma ? "," : ".";
  const decimals = `(?:\\${sign}(\\d+))?`;
  const plain = new RegExp(`^([+-]?)(\\d+)${decimals}$`);
  // Spreadsheets put no-break spaces where people see spaces.
  const between =
    thousands === " "
      ? "[ \\u00a0\\u202f]"
      : thousands === undefined
        ? undefined
        : `\\${thousands}`.replace("\\_", "_");
  const grouped = between === undefined ? undefined : new RegExp(`^([+-]?)(\\d{1,3}(?:${between}\\d{3})+)${decimals}$`);
  const example = `${thousands === undefined ? "1234" : `1${thousands}234`}${sign}56`;
  // Text whose sign can be none but the other one: groups have three digits.
  const isOther = decimalComma ? /^[+-]?\d*\.(?:\d{1,2}|\d{4,})$/ : /^[+-]?\d*,(?:\d{1,2}|\d{4,})$/;
  const otherHint = `; ${decimalComma ? "its decimal sign is a point, not a comma" : "say decimalComma if the comma is its decimal sign"}`;
  return (text) => {
    const match = plain.exec(text) ?? grouped?.exec(text);
    if (!match) {
      const hint = isOther.test(text) ? otherHint : "";
      return new Invalid("BAD_NUMBER", `must be a number like ${example}, not ${shown(text)}${hint}`, { text });
    }
    const [, minus = "", whole = "", fraction] = match;
    const digits = whole.replace(/\D/g, "");
    return `${minus === "-" ? "-" : ""}${digits}${fraction === undefined ? "" : `.${fraction}`}`;
  };
}

/** Reads whole numbers; decimals are let through when they are zeros, as spreadsheets write them. */
export function wholeNumberOf(read: NumberText): (text: string) => number | Invalid {
  return (text) => {
    const plain = read(text);
    if (typeof plain !== "string") return plain;
    const [whole = "", fraction = ""] = plain.split(".");
    if (/[^0]/.test(fraction)) return new Invalid("BAD_NUMBER", `must be a whole number, not ${shown(text)}`, { text });
    return Number(whole);
  };
}

const exponent = /^[+-]?\d+(?:\.\d+)?[eE][+-]?\d+$/;

/** Reads numbers with decimals, and those that programs write with an exponent. */
export function numberOf(read: NumberText): (text: string) => number | Invalid {
  return (text) => {
    if (exponent.test(text)) return Number(text);
    const plain = read(text);
    return typeof plain === "string" ? Number(plain) : plain;
  };
}

/** Text of a cell, cut short for a message. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
