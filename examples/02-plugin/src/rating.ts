// A kind of field of one's own: whole stars, from 1 up to a declared maximum.
import {
  equality,
  type Field,
  type FieldDef,
  type FieldType,
  type FixedOf,
  Invalid,
  type OrderedFilter,
  ordering,
  type PresenceOf,
  type ValueOptions,
  wrongType,
} from "@kith/schema";

interface RatingOptions extends ValueOptions<number> {
  /** The most stars; 5 unless given. */
  readonly max?: number;
}

const most = (def: FieldDef): number => (def["max"] as number | undefined) ?? 5;

/** Everything the engine, the storages and the screens ask about it. A plugin lists it under `fieldTypes`. */
export const ratingType: FieldType<number> = {
  kind: "rating",
  options: { max: { type: "integer", minimum: 2, maximum: 10 } },
  columns: () => [{ suffix: "", type: "integer" }],
  read: (value) => (Number.isInteger(value) ? (value as number) : wrongType("whole stars", value)),
  limit: (stars, def) =>
    stars >= 1 && stars <= most(def)
      ? undefined
      : new Invalid("STARS", `must be 1 to ${most(def)} stars, not ${stars}`),
  jsonSchema: (def) => ({ type: "integer", minimum: 1, maximum: most(def) }),
  // Both readings of each operator, in JavaScript and over the column, come from the parts that built-in types use.
  operators: () => ({ ...equality(() => ratingType), ...ordering(() => ratingType) }),
  compare: (a, b) => a - b,
  measure: "number",
  widget: "stars",
};

/** Declares a field of that kind. Its type says what a record holds, what filters take, and that it adds up. */
export function rating<const O extends RatingOptions = {}>(
  options?: O,
): Field<number, PresenceOf<O>, number | null | OrderedFilter<number>, "number", FixedOf<O>> {
  return { ...options, kind: "rating" } as never;
}
