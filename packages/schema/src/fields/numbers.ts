/** Numbers that JavaScript holds exactly (integer) or as floats (number, percent). Exact decimals are in decimal.ts. */

import type { Field, FixedOf, PresenceOf, ValueOptions } from "../field.ts";
import type { FieldDef, FieldType } from "../field-type.ts";
import type { OrderedFilter } from "../infer/filter.ts";
import { Invalid, wrongType } from "../issue.ts";
import { equality, ordering } from "../operator.ts";

/** A field of numbers. */
export type NumberField<O> = Field<number, PresenceOf<O>, number | null | OrderedFilter<number>, "number", FixedOf<O>>;

/** Options of the number kinds. */
export interface NumberOptions extends ValueOptions<number> {
  /** The smallest value allowed. */
  readonly min?: number;
  /** The largest value allowed. */
  readonly max?: number;
}

/** Checks that `min` is not above `max`, for kinds whose limits compare as numbers. */
function checkRange(field: FieldDef, report: (option: string, message: string) => void): void {
  const { min, max } = field as { min?: number; max?: number };
  if (typeof min === "number" && typeof max === "number" && min > max) report("min", `is ${min}, above max (${max})`);
}

function limitRange(value: number, field: FieldDef): Invalid | undefined {
  const { min, max } = field as { min?: number; max?: number };
  if (min !== undefined && value < min) return new Invalid("TOO_SMALL", `is ${value}; the least is ${min}`, { min });
  if (max !== undefined && value > max) return new Invalid("TOO_LARGE", `is ${value}; the most is ${max}`, { max });
  return undefined;
}

function numberKind(kind: string, whole: boolean): FieldType<number> {
  const limit = { type: whole ? "integer" : "number" };
  const type: FieldType<number> = {
    kind,
    options: { min: limit, max: limit },
    check: checkRange,
    columns: () => [{ suffix: "", type: whole ? "integer" : "float" }],
    read(value) {
      if (typeof value !== "number") return wrongType(whole ? "a whole number" : "a number", value);
      if (!Number.isFinite(value)) return new Invalid("NOT_FINITE", `must be a finite number, not ${value}`);
      if (whole && !Number.isSafeInteger(value)) {
        return new Invalid("NOT_WHOLE", `must be a whole number between ±${Number.MAX_SAFE_INTEGER}, not ${value}`);
      }
      // -0 equals 0 everywhere but in JSON text and some databases.
      return value + 0;
    },
    limit: limitRange,
    jsonSchema: (field) => ({
      type: limit.type,
      ...(whole || field["min"] !== undefined ? { minimum: field["min"] ?? Number.MIN_SAFE_INTEGER } : {}),
      ...(whole || field["max"] !== undefined ? { maximum: field["max"] ?? Number.MAX_SAFE_INTEGER } : {}),
    }),
    operators: () => ({ ...equality(() => type), ...ordering(() => type) }),
    compare: (a, b) => a - b,
    measure: "number",
    widget: kind,
  };
  return type;
}

/** The field type behind `field.integer`. */
export const integerType = numberKind("integer", true);
/** The field type behind `field.number`. */
export const numberType = numberKind("number", false);
/** The field type behind `field.percent`. */
export const percentType = numberKind("percent", false);

/**
 * A whole number that JavaScript holds exactly (up to ±9,007,199,254,740,991).
 *
 * @example field.integer({ min: 0 })
 */
export function integer<const O extends NumberOptions = {}>(options?: O): NumberField<O> {
  return { ...options, kind: "integer" } as unknown as NumberField<O>;
}

/**
 * A number as JavaScript has it, a 64-bit float: for measures. For what must add up exactly take `decimal` or `money`.
 *
 * @example field.number()
 */
export function number<const O extends NumberOptions = {}>(options?: O): NumberField<O> {
  return { ...options, kind: "number" } as unknown as NumberField<O>;
}

/**
 * A share of a hundred: 12.5 means 12.5 %. No limits unless given; a growth rate may be negative.
 *
 * @example field.percent({ min: 0, max: 100, required: true, default: 10 })
 */
export function percent<const O extends NumberOptions = {}>(options?: O): NumberField<O> {
  return { ...options, kind: "percent" } as unknown as NumberField<O>;
}
