/** Whether a mapping has the form that a mapping has. It may come from a file, so that types alone do not tell. */

import { describe, didYouMean, printable } from "@kith/schema";
import type { ColumnMapping, Conversion } from "./mapping.ts";

type Check = readonly [holds: (value: unknown) => boolean, expected: string];
/** Notes a problem: the option, and what is wrong with it. */
export type ReportShape = (option: string, message: string) => void;

const isText = (value: unknown) => typeof value === "string";
const isFlag: Check = [(value) => typeof value === "boolean", "true or false"];
const isName: Check = [(value) => isText(value) && value !== "", "text"];
const isNames: Check = [
  (value) =>
    (isText(value) && value !== "") ||
    (Array.isArray(value) && value.length > 0 && value.every((one) => isText(one) && one !== "")),
  "a name, or a list of names",
];
const units = ["milliseconds", "seconds", "minutes", "hours", "days", "weeks"];
const separators = [".", ",", " ", "'", "_"];

/** The options of {@link Conversion}, each with what it must be. */
export const conversionShape: Readonly<Record<keyof Conversion, Check>> = {
  trim: isFlag,
  decimalComma: isFlag,
  thousands: [
    (value) => separators.includes(value as string),
    `one of ${separators.map((one) => `'${one}'`).join(" ")}`,
  ],
  format: isName,
  timeZone: isName,
  separator: isName,
  unit: [(value) => units.includes(value as string), `one of ${units.join(" ")}`],
};

/** The options of {@link ColumnMapping}, each with what it must be. */
export const mappingShape: Readonly<Record<keyof ColumnMapping, Check>> = {
  from: isNames,
  value: [() => true, "a value"],
  aliases: [
    (value) => isObject(value) && Object.values(value).every((one) => one === null || isText(one)),
    "an object of texts, like { 'GTXPro': 'GTX Pro' }",
  ],
  lookupBy: isNames,
  empty: [(value) => value === "clear" || value === "keep", "'clear' or 'keep'"],
  ...conversionShape,
};

/** The mapping of one field, in its long form; undefined when it has not the form of one. */
export function readMapping(value: unknown, report: ReportShape): ColumnMapping | undefined {
  if (isText(value) && value !== "") return { from: value as string };
  if (!isObject(value)) {
    report("", `must be a column's name or an object, not ${describe(value)}`);
    return undefined;
  }
  return checkShape(value, mappingShape, report) ? (value as ColumnMapping) : undefined;
}

/** Whether an object has only the keys of a shape, each with what it must be. Undefined counts as left out. */
export function checkShape(value: object, shape: Readonly<Record<string, Check>>, report: ReportShape): boolean {
  let good = true;
  for (const [option, given] of Object.entries(value)) {
    const check = Object.hasOwn(shape, option) ? shape[option] : undefined;
    if (given === undefined || check?.[0](given)) continue;
    good = false;
    if (check) report(option, `must be ${check[1]}, not ${describe(given)}`);
    else
      report(
        printable(option),
        `is no option here.${didYouMean(option, Object.keys(shape))} There are ${Object.keys(shape).join(", ")}`,
      );
  }
  return good;
}

/** True for objects that are no lists. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
