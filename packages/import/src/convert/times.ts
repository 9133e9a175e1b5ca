/** Dates, times and instants from text in a form of the caller's. */

import { Invalid, isDate, toTime } from "@kith/schema";
import type { Conversion } from "../mapping/mapping.ts";
import { shown } from "./numbers.ts";
import { readFormat, type TimeParts, type TimeReader } from "./time-format.ts";
import { type TimeZone, timeZone } from "./time-zone.ts";

/** Makes a value of text, or says what is wrong with it. */
export type TextReader = (text: string) => unknown;
/** Notes an option that cannot be. */
export type Report = (option: string, message: string) => void;

const isoLocal = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?)?$/;

/** Reads dates. Without a format the field type reads them. */
export function dateReader(options: Conversion, report: Report): TextReader {
  const format = formatOf(options, ["year", "month", "day"], ["year", "month", "day"], report);
  if (!format) return (text) => text;
  return (text) => {
    const parts = format(text);
    const date = parts && `${parts.year}-${parts.month}-${parts.day}`;
    return date !== undefined && isDate(date) ? date : wrong("a date", options.format, text);
  };
}

/** Reads times of day. */
export function timeReader(options: Conversion, report: Report): TextReader {
  const format = formatOf(options, ["hour", "minute"], ["hour", "minute", "second"], report);
  if (!format) return (text) => text;
  return (text) => {
    const parts = format(text);
    const time = parts && toTime(`${parts.hour}:${parts.minute}:${parts.second}`);
    return time ?? wrong("a time of day", options.format, text);
  };
}

/** Reads instants: what names no zone is in the mapping's. */
export function instantReader(options: Conversion, report: Report): TextReader {
  const zone = options.timeZone === undefined ? undefined : timeZone(options.timeZone);
  if (options.timeZone !== undefined && !zone)
    report("timeZone", `is no time zone that Node knows: ${shown(options.timeZone)}`);
  const format = formatOf(
    options,
    ["year", "month", "day"],
    ["year", "month", "day", "hour", "minute", "second", "fraction"],
    report,
  );
  if (format && options.timeZone === undefined)
    report("timeZone", "is missing: text in this format names no zone; give one, such as 'UTC'");
  if (!zone) return (text) => text;
  return (text) => {
    const parts = format ? format(text) : isoParts(text);
    // ISO text with a zone of its own is the field type's to read.
    if (!parts) return format ? wrong("a date and time", options.format, text) : text;
    return instantOf(parts, zone) ?? wrong("a date and time that there was", options.format, text);
  };
}

function isoParts(text: string): TimeParts | undefined {
  const match = isoLocal.exec(text);
  if (!match) return undefined;
  const [, year = "", month = "", day = "", hour = "00", minute = "00", second = "00", fraction = ""] = match;
  return { year, month, day, hour, minute, second, fraction: fraction.padEnd(3, "0") };
}

function instantOf(parts: TimeParts, zone: TimeZone): string | undefined {
  const time = toTime(`${parts.hour}:${parts.minute}:${parts.second}`);
  const date = `${parts.year}-${parts.month}-${parts.day}`;
  if (time === undefined || !isDate(date)) return undefined;
  const at = zone.instant(Date.parse(`${date}T${time}.${parts.fraction}Z`));
  return at === undefined ? undefined : new Date(at).toISOString();
}

function formatOf(
  { format }: Conversion,
  needed: readonly (keyof TimeParts)[],
  known: readonly (keyof TimeParts)[],
  report: Report,
): TimeReader | undefined {
  if (format === undefined) return undefined;
  const made = readFormat(format);
  if ("problem" in made) report("format", made.problem);
  else {
    const missing = needed.filter((part) => !made.parts.has(part));
    const strange = [...made.parts].filter((part) => !known.includes(part));
    if (missing.length > 0) report("format", `lacks the ${missing.join(" and the ")}`);
    if (strange.length > 0) report("format", `has the ${strange.join(" and the ")}, which the field does not hold`);
  }
  return "problem" in made ? undefined : made.read;
}

function wrong(what: string, format: string | undefined, text: string): Invalid {
  return new Invalid(
    "BAD_TIME",
    `must be ${what}${format === undefined ? "" : ` of the form ${format}`}, not ${shown(text)}`,
    { text },
  );
}
