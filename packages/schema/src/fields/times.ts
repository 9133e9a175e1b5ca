/** Dates, instants and times of day. */

import { type TimeBucket, timeBuckets } from "../calendar.ts";
import type { Field, FixedOf, PresenceOf, ValueOptions } from "../field.ts";
import type { FieldDef, FieldType } from "../field-type.ts";
import type { MomentFilter, OrderedFilter } from "../infer/filter.ts";
import { Invalid, wrongType } from "../issue.ts";
import { equality, ordering } from "../operator.ts";
import { within } from "../relative.ts";
import { compareCodePoints, isStorable } from "../text.ts";
import { isDate, toInstant, toTime } from "../time.ts";

/** A field of times of day, as text in normal form. */
export type TimeField<O> = Field<string, PresenceOf<O>, string | null | OrderedFilter<string>, "ordered", FixedOf<O>>;

/** A field of dates or instants, as text in normal form. */
export type MomentField<O> = Field<string, PresenceOf<O>, string | null | MomentFilter, "ordered", FixedOf<O>>;

/** Options of the time kinds. */
export interface TimeOptions extends ValueOptions<string> {
  /** The earliest value allowed. */
  readonly min?: string;
  /** The latest value allowed. */
  readonly max?: string;
}

interface TimeKind {
  readonly kind: string;
  readonly column: "date" | "instant" | "time";
  readonly normal: (text: string) => string | undefined;
  readonly code: string;
  readonly expected: string;
  readonly buckets?: readonly TimeBucket[];
  /** The JSON Schema format, when values are accepted in normal form only. */
  readonly format?: string;
}

function timeKind(kind: TimeKind): FieldType<string> {
  const exact = kind.format !== undefined;
  const type: FieldType<string> = {
    kind: kind.kind,
    options: { min: { type: "string" }, max: { type: "string" } },
    check(field, report) {
      const limits = (["min", "max"] as const).map((option) => {
        const given = field[option];
        if (typeof given !== "string") return undefined;
        const normal = kind.normal(given);
        if (normal === undefined) report(option, `must be ${kind.expected}`);
        return normal;
      });
      if (limits[0] !== undefined && limits[1] !== undefined && limits[0] > limits[1]) {
        report("min", `is ${field["min"]}, above max (${field["max"]})`);
      }
    },
    columns: () => [{ suffix: "", type: kind.column }],
    read(value) {
      if (typeof value !== "string") return wrongType(kind.expected, value);
      return kind.normal(value) ?? new Invalid(kind.code, `must be ${kind.expected}`);
    },
    limit(value, field) {
      const min = bound(field, "min");
      if (min !== undefined && value < min)
        return new Invalid("TOO_SMALL", `is ${value}; the earliest is ${min}`, { min });
      const max = bound(field, "max");
      if (max !== undefined && value > max)
        return new Invalid("TOO_LARGE", `is ${value}; the latest is ${max}`, { max });
      return undefined;
    },
    jsonSchema: () => ({ type: "string", format: kind.format ?? "text" }),
    formats:
      kind.format === undefined ? { text: isStorable } : { [kind.format]: (text) => kind.normal(text) !== undefined },
    schemaDecides: (field) => exact && field["min"] === undefined && field["max"] === undefined,
    operators: () => ({
      ...equality(() => type),
      ...ordering(() => type),
      ...(kind.column === "time" ? {} : { within: within(kind.column) }),
    }),
    compare: compareCodePoints,
    measure: "ordered",
    ...(kind.buckets ? { buckets: kind.buckets } : {}),
    widget: kind.kind,
  };
  const bound = (field: FieldDef, option: "min" | "max") =>
    typeof field[option] === "string" ? kind.normal(field[option] as string) : undefined;
  return type;
}

/** The field type behind `field.date`. */
export const dateType = timeKind({
  kind: "date",
  column: "date",
  normal: (text) => (isDate(text) ? text : undefined),
  code: "DATE",
  expected: "a date of the calendar, like 2026-01-31",
  buckets: timeBuckets,
  format: "date",
});

/** The field type behind `field.datetime`. */
export const datetimeType = timeKind({
  kind: "datetime",
  column: "instant",
  normal: toInstant,
  code: "DATETIME",
  expected: "an instant with its zone, to the millisecond, like 2026-01-31T09:30:00.000Z",
  buckets: timeBuckets,
});

/** The field type behind `field.time`. */
export const timeType = timeKind({
  kind: "time",
  column: "time",
  normal: toTime,
  code: "TIME",
  expected: "a time of day, like 09:30 or 09:30:00",
});

/**
 * A calendar date, `YYYY-MM-DD`, of the years 0001 to 9999. `{ $now: true }` as default gives the date in UTC.
 *
 * @example field.date({ min: '2020-01-01' })
 */
export function date<const O extends TimeOptions = {}>(options?: O): MomentField<O> {
  return { ...options, kind: "date" } as unknown as MomentField<O>;
}

/**
 * An instant. Any ISO 8601 text with seconds and a zone is taken; it is kept and given as UTC with milliseconds.
 *
 * @example field.datetime({ default: { $now: true } })
 */
export function datetime<const O extends TimeOptions = {}>(options?: O): MomentField<O> {
  return { ...options, kind: "datetime" } as unknown as MomentField<O>;
}

/**
 * A time of day without a date or zone, kept as `HH:MM:SS`.
 *
 * @example field.time()
 */
export function time<const O extends TimeOptions = {}>(options?: O): TimeField<O> {
  return { ...options, kind: "time" } as unknown as TimeField<O>;
}
