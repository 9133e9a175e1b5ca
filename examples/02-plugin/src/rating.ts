// A kind of field of one's own: whole stars, from 1 up to a declared maximum. Engine, storages and screens ask this one object.
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

const most = (def: FieldDef): number => (def["max"] as number | undefined) ?? 5;
export const ratingType: FieldType<number> = {
  kind: "rating",
  options: { max: { type: "integer", minimum: 2, maximum: 10 } },
  columns: () => [{ suffix: "", type: "integer" }],
  read: (value) => (Number.isInteger(value) ? (value as number) : wrongType("whole stars", value)),
  limit: (stars, def) =>
    stars < 1 || stars > most(def) ? new Invalid("STARS", `must be 1 to ${most(def)}, not ${stars}`) : undefined,
  jsonSchema: (def) => ({ type: "integer", minimum: 1, maximum: most(def) }),
  // Each operator is said twice, in JavaScript and over the column; these parts say both.
  operators: () => ({ ...equality(() => ratingType), ...ordering(() => ratingType) }),
  compare: (a, b) => a - b,
  measure: "number",
  widget: "stars",
};

/** Declares such a field. The type says what a record holds, what filters take, and that averages make sense. */
export function rating<const O extends ValueOptions<number> & { readonly max?: number } = {}>(
  options?: O,
): Field<number, PresenceOf<O>, number | null | OrderedFilter<number>, "number", FixedOf<O>> {
  return { ...options, kind: "rating" } as never;
}
