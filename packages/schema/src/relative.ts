/** Relative dates: `within: 'this_quarter'`, resolved against a run's instant, zone and fiscal year. */

import { dayNumber, dayText, localDay, mondayOf, startOfDay } from "./calendar.ts";
import type { FieldDef } from "./field-type.ts";
import { describe, Invalid } from "./issue.ts";
import { isPlainObject } from "./json.ts";
import { didYouMean, printable } from "./names.ts";
import type { OperandContext, Operator } from "./operator.ts";
import { type TimeZone, timeZone } from "./time-zone.ts";

/** A unit that relative dates count in. Weeks begin on Monday. */
export type RelativeUnit = "day" | "week" | "month" | "quarter" | "year" | "fiscal_quarter" | "fiscal_year";

/**
 * A span of time seen from now: the current unit, the one before or after it, or whole units before (`last`) or after (`next`) the current one.
 * `{ last: 1, unit: 'month' }` is `last_month`.
 */
export type RelativeSpan =
  | "yesterday"
  | "today"
  | "tomorrow"
  | `${"last" | "this" | "next"}_${Exclude<RelativeUnit, "day">}`
  | { readonly last: number; readonly unit: RelativeUnit }
  | { readonly next: number; readonly unit: RelativeUnit };

const units: readonly RelativeUnit[] = ["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"];

interface Units {
  readonly unit: RelativeUnit;
  /** Which units, counted from the current one: the first, and how many. */
  readonly first: number;
  readonly count: number;
}

const words: Readonly<Record<string, Units>> = {
  yesterday: { unit: "day", first: -1, count: 1 },
  today: { unit: "day", first: 0, count: 1 },
  tomorrow: { unit: "day", first: 1, count: 1 },
  ...Object.fromEntries(
    units
      .filter((unit) => unit !== "day")
      .flatMap((unit) => [
        [`last_${unit}`, { unit, first: -1, count: 1 }],
        [`this_${unit}`, { unit, first: 0, count: 1 }],
        [`next_${unit}`, { unit, first: 1, count: 1 }],
      ]),
  ),
};

/** The words that {@link RelativeSpan} knows. */
export const relativeWords: readonly string[] = Object.keys(words);

/** How many units `last` and `next` may count. */
export const maxRelativeUnits = 10_000;

/** The first and the last value of a span, both within it; a span with `first` above `last` holds nothing. */
export interface TimeSpan {
  readonly first: string;
  readonly last: string;
}

/** `within`, for a type whose values are dates or instants as text. */
export function within(column: "date" | "instant"): Operator<string, TimeSpan> {
  return {
    nulls: false,
    operand: "value",
    relative: true,
    read: (operand, _field: FieldDef, context: OperandContext) => {
      const wanted = readUnits(operand);
      return wanted instanceof Invalid ? wanted : spanOf(wanted, column, context);
    },
    test: (value, { first, last }) => value >= first && value <= last,
    predicate: () => ({
      all: [
        { compare: ">=", left: { column: 0 }, right: { param: 0 } },
        { compare: "<=", left: { column: 0 }, right: { param: 1 } },
      ],
    }),
    params: ({ first, last }) => [first, last],
  };
}

function readUnits(operand: unknown): Units | Invalid {
  if (typeof operand === "string") {
    const known = Object.hasOwn(words, operand) ? words[operand] : undefined;
    if (known) return known;
    return new Invalid("RELATIVE", `'${printable(operand)}' is no span of time.${didYouMean(operand, relativeWords)}`);
  }
  if (isPlainObject(operand)) {
    const { last, next, unit, ...rest } = operand as Record<string, unknown>;
    const n = last ?? next;
    const whole = typeof n === "number" && Number.isInteger(n) && n >= 1 && n <= maxRelativeUnits;
    const one = (last === undefined) !== (next === undefined) && Object.keys(rest).length === 0;
    if (one && whole && units.includes(unit as RelativeUnit)) {
      return { unit: unit as RelativeUnit, first: last === undefined ? 1 : -n, count: n };
    }
  }
  return new Invalid(
    "RELATIVE",
    `must be a word like 'this_quarter', or { last: 30, unit: 'day' } with 1 to ${maxRelativeUnits} of ${units.join(", ")}, not ${describe(operand)}`,
  );
}

const firstInstant = "0001-01-01T00:00:00.000Z";
const lastInstant = "9999-12-31T23:59:59.999Z";

function spanOf({ unit, first, count }: Units, column: "date" | "instant", context: OperandContext): TimeSpan {
  const zone = timeZone(context.timeZone) as TimeZone;
  const today = dayNumber(localDay(context.now, zone));
  const from = unitStart(today, unit, first, context.fiscalYearStart);
  const end = unitStart(today, unit, first + count, context.fiscalYearStart);
  if (column === "date") {
    const beyond = from > dayNumber("9999-12-31") || end <= dayNumber("0001-01-01");
    return beyond ? { first: "9999-12-31", last: "0001-01-01" } : { first: dayText(from), last: dayText(end - 1) };
  }
  const [start, stop] = [startOfDay(from, zone), startOfDay(end, zone) - 1];
  const [least, most] = [Date.parse(firstInstant), Date.parse(lastInstant)];
  if (stop < start || start > most || stop < least) return { first: lastInstant, last: firstInstant };
  const text = (at: number) => new Date(Math.min(Math.max(at, least), most)).toISOString();
  return { first: text(start), last: text(stop) };
}

/** The day on which a unit begins, so many units from the one that a day is in. */
function unitStart(day: number, unit: RelativeUnit, away: number, fiscalYearStart: number): number {
  if (unit === "day") return day + away;
  if (unit === "week") return mondayOf(day) + 7 * away;
  const at = new Date(day * 86_400_000);
  const fiscal = unit === "fiscal_quarter" || unit === "fiscal_year" ? fiscalYearStart - 1 : 0;
  const size = unit === "month" ? 1 : unit === "year" || unit === "fiscal_year" ? 12 : 3;
  const month = at.getUTCFullYear() * 12 + at.getUTCMonth() - fiscal;
  const start = (Math.floor(month / size) + away) * size + fiscal;
  return new Date(0).setUTCFullYear(Math.floor(start / 12), ((start % 12) + 12) % 12, 1) / 86_400_000;
}
