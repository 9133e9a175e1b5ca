/** Lengths of time: a call, an estimate, the time left to answer. */

import { type DurationProblem, fromMilliseconds, millisecondsOf, toMilliseconds } from "../duration.ts";
import type { Field, FixedOf, PresenceOf, ValueOptions } from "../field.ts";
import type { FieldDef, FieldType } from "../field-type.ts";
import type { OrderedFilter } from "../infer/filter.ts";
import { Invalid, wrongType } from "../issue.ts";
import { equality, ordering } from "../operator.ts";
import { readDurationText } from "./duration-text.ts";

/** Options of {@link duration}. */
export interface DurationOptions extends ValueOptions<string> {
  /** The shortest length allowed, as a duration; `"PT0S"` keeps negative ones out. */
  readonly min?: string;
  /** The longest length allowed, as a duration. */
  readonly max?: string;
}

const expected = "a duration like PT1H30M (ISO 8601)";
const problems: Readonly<Record<DurationProblem, string>> = {
  form: `must be ${expected}`,
  calendar: "counts years or months, whose length is not fixed; count weeks (W) or days (D)",
  precision: "is not a whole number of milliseconds; round it first",
  range: "is longer than can be kept (9,007,199,254,740,991 milliseconds)",
};

function bound(field: FieldDef, option: "min" | "max"): number | undefined {
  const read = typeof field[option] === "string" ? toMilliseconds(field[option]) : undefined;
  return read && "milliseconds" in read ? read.milliseconds : undefined;
}

/** The field type behind `field.duration`. */
export const durationType: FieldType<string> = {
  kind: "duration",
  options: { min: { type: "string" }, max: { type: "string" } },
  check(field, report) {
    for (const option of ["min", "max"] as const) {
      if (typeof field[option] === "string" && bound(field, option) === undefined) report(option, problems.form);
    }
    const [min, max] = [bound(field, "min"), bound(field, "max")];
    if (min !== undefined && max !== undefined && min > max)
      report("min", `is ${field["min"]}, above max (${field["max"]})`);
  },
  columns: () => [{ suffix: "", type: "integer" }],
  read(value) {
    if (typeof value !== "string") return wrongType(expected, value);
    const read = toMilliseconds(value);
    return "problem" in read
      ? new Invalid(read.problem === "range" ? "OUT_OF_RANGE" : "DURATION", problems[read.problem])
      : fromMilliseconds(read.milliseconds);
  },
  limit(value, field) {
    const length = Number(millisecondsOf(value));
    const [min, max] = [bound(field, "min"), bound(field, "max")];
    if (min !== undefined && length < min)
      return new Invalid("TOO_SMALL", `is ${value}; the least is ${field["min"]}`, { min: field["min"] });
    if (max !== undefined && length > max)
      return new Invalid("TOO_LARGE", `is ${value}; the most is ${field["max"]}`, { max: field["max"] });
    return undefined;
  },
  jsonSchema: () => ({ type: "string", pattern: "^[+-]?[Pp][0-9.,TtWwDdHhMmSs]{2,100}$" }),
  spelling: {
    text: { takes: ["decimalComma", "unit"], read: (text, _, form) => readDurationText(text, form) },
  },
  encode: (value) => [Number(millisecondsOf(value))],
  decode: ([milliseconds]) => fromMilliseconds(milliseconds as number),
  operators: () => ({ ...equality(() => durationType), ...ordering(() => durationType) }),
  compare: (a, b) => Number(millisecondsOf(a)) - Number(millisecondsOf(b)),
  measure: "exact",
  figure: { give: (milliseconds) => fromMilliseconds(milliseconds), units: (text) => millisecondsOf(text) },
  widget: "duration",
};

/**
 * A length of time, to the millisecond, as ISO 8601 text. Weeks (7 days) and days (24 hours) are taken; it is kept and given in hours, minutes and
 * seconds: `P1DT2H` → `PT26H`. Years and months are refused, since their length is not fixed. Sums and averages are durations too.
 *
 * @example field.duration({ min: 'PT0S', max: 'P30D' })
 */
export function duration<const O extends DurationOptions = {}>(
  options?: O,
): Field<string, PresenceOf<O>, string | null | OrderedFilter<string>, "exact", FixedOf<O>> {
  return { ...options, kind: "duration" } as never;
}
