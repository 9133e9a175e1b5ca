/** Exact decimals and money: decimal text outside, whole units inside. */

import { compareUnits, type DecimalProblem, fromUnits, isPlain, toUnits } from "../decimal.ts";
import type { Field, FixedOf, PresenceOf, ValueOptions } from "../field.ts";
import type { FieldDef, FieldType } from "../field-type.ts";
import type { OrderedFilter } from "../infer/filter.ts";
import { Invalid, wrongType } from "../issue.ts";
import { equality, ordering } from "../operator.ts";

/** A field of exact decimals. */
export type DecimalField<O> = Field<string, PresenceOf<O>, string | null | OrderedFilter<string>, "exact", FixedOf<O>>;

/** Options of {@link decimal}. */
export interface DecimalOptions extends ValueOptions<string> {
  /** Digits after the point, 0 to 12; 2 unless given. More digits are refused, never rounded. */
  readonly scale?: number;
  /** The smallest value allowed, as decimal text. */
  readonly min?: string;
  /** The largest value allowed, as decimal text. */
  readonly max?: string;
}

/** Options of {@link money}. */
export interface MoneyOptions extends DecimalOptions {
  /** The currency (ISO 4217, `BRL`) of every amount in this field. */
  readonly currency?: string;
  /** The sibling field that holds each amount's currency. */
  readonly currencyField?: string;
}

const scaleOf = (field: FieldDef) => (field["scale"] as number | undefined) ?? 2;

function refuse(problem: DecimalProblem, value: string, scale: number): Invalid {
  if (problem === "form") return new Invalid("DECIMAL", "must be decimal text, like '1250.00'");
  if (problem === "range")
    return new Invalid("OUT_OF_RANGE", "has more digits than can be kept (18 with those after the point)");
  return new Invalid("SCALE", `has more than ${scale} digits after the point; round it first`, { scale, value });
}

function decimalKind(kind: "decimal" | "money"): FieldType<string> {
  const type: FieldType<string> = {
    kind,
    options: {
      scale: { type: "integer", minimum: 0, maximum: 12 },
      min: { type: "string" },
      max: { type: "string" },
      ...(kind === "money"
        ? { currency: { type: "string", pattern: "^[A-Z]{3}$" }, currencyField: { type: "string" } }
        : {}),
    },
    check(field, report, { currency }) {
      const scale = scaleOf(field);
      const limits = (["min", "max"] as const).map((option) => {
        const given = field[option];
        if (typeof given !== "string") return undefined;
        const units = toUnits(given, scale);
        if ("problem" in units) report(option, refuse(units.problem, given, scale).message);
        return "units" in units ? units.units : undefined;
      });
      if (limits[0] !== undefined && limits[1] !== undefined && compareUnits(limits[0], limits[1]) > 0) {
        report("min", `is ${field["min"]}, above max (${field["max"]})`);
      }
      if (kind !== "money") return;
      if (field["currency"] !== undefined && field["currencyField"] !== undefined) {
        report("currencyField", "stands beside currency; keep one of the two");
      }
      if (field["currency"] === undefined && field["currencyField"] === undefined && currency === undefined) {
        report("currency", "is missing: give currency, currencyField, or the model's currency");
      }
    },
    siblings: (field) =>
      typeof field["currencyField"] === "string"
        ? [{ option: "currencyField", name: field["currencyField"], column: "text" as const }]
        : [],
    columns: () => [{ suffix: "", type: "bigint" }],
    read(value, field) {
      if (typeof value !== "string") return wrongType("decimal text, like '1250.00'", value);
      const scale = scaleOf(field);
      if (isPlain(value, scale)) return value;
      const units = toUnits(value, scale);
      return "problem" in units ? refuse(units.problem, value, scale) : fromUnits(units.units, scale);
    },
    limit(value, field) {
      const { min, max } = field as { min?: string; max?: string };
      if (min !== undefined && (type.compare?.(value, min, field) as number) < 0) {
        return new Invalid("TOO_SMALL", `is ${value}; the least is ${min}`, { min });
      }
      if (max !== undefined && (type.compare?.(value, max, field) as number) > 0) {
        return new Invalid("TOO_LARGE", `is ${value}; the most is ${max}`, { max });
      }
      return undefined;
    },
    jsonSchema: () => ({ type: "string", pattern: "^[+-]?[0-9]{1,30}(\\.[0-9]{1,30})?$" }),
    encode: (value, field) => [units(value, field)],
    decode: (columns, field) => fromUnits(columns[0] as string, scaleOf(field)),
    operators: () => ({ ...equality(() => type), ...ordering(() => type) }),
    compare: (a, b, field) => compareUnits(units(a, field), units(b, field)),
    measure: "exact",
    scale: scaleOf,
    ...(kind === "money"
      ? {
          currency: (field: FieldDef) =>
            typeof field["currency"] === "string"
              ? { fixed: field["currency"] }
              : typeof field["currencyField"] === "string"
                ? { field: field["currencyField"] }
                : undefined,
        }
      : {}),
    widget: kind,
  };
  return type;
}

/** The units of a value in normal form (or of a declared limit, which was checked). */
function units(value: string, field: FieldDef): string {
  const result = toUnits(value, scaleOf(field));
  if ("problem" in result) throw new TypeError(`'${value}' is not a decimal of scale ${scaleOf(field)}`);
  return result.units;
}

/** The field type behind `field.decimal`. */
export const decimalType = decimalKind("decimal");
/** The field type behind `field.money`. */
export const moneyType = decimalKind("money");

/**
 * An exact decimal, as text (`'12.50'`), with a fixed number of digits after the point.
 *
 * @example field.decimal({ scale: 3 })
 */
export function decimal<const O extends DecimalOptions = {}>(options?: O): DecimalField<O> {
  return { ...options, kind: "decimal" } as unknown as DecimalField<O>;
}

/**
 * An amount of money: exact decimal text at the field's scale. Its currency is the field's (`currency`), a sibling field's (`currencyField`) or
 * the model's; amounts whose currencies may differ are never added up.
 *
 * @example field.money({ currencyField: 'currency' })
 */
export function money<const O extends MoneyOptions = {}>(options?: O): DecimalField<O> {
  return { ...options, kind: "money" } as unknown as DecimalField<O>;
}
