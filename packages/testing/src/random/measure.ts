/** Random figures of aggregates: of fields, of what lookups lead to, of parts, of some records only, and of money in another currency. */

import { type EntityModel, type FieldModel, lookupsOf } from "@kith/core";
import { edgeDates } from "./edges.ts";
import { targetOf, under } from "./lookups.ts";
import { currencies } from "./money.ts";
import { type QuerySource, randomWhere } from "./where.ts";

type Json = Record<string, unknown>;

/** A figure, and what it is taken of. */
export interface Measure {
  readonly written: string | Json;
  readonly fn: string;
  readonly field: FieldModel | undefined;
}

/** A field to measure, with the lookups that lead to its record. */
interface Target {
  readonly path: readonly FieldModel[];
  readonly field: FieldModel;
}

/** A random figure of an entity's records. */
export function randomMeasure(source: QuerySource, entity: EntityModel): Measure {
  const { random } = source;
  const fn = random.pick(["count", "countDistinct", "sum", "sum", "avg", "min", "max"]);
  const where = random.chance(0.2) ? { where: randomWhere(source, entity, 1) } : undefined;
  const target = fn === "count" ? undefined : measured(source, entity, fn, []);
  if (!target) return { fn: "count", field: undefined, written: where ? { count: true, ...where } : "count" };
  const of = written(target);
  const { field } = target;
  const currency = fn === "countDistinct" ? undefined : field.type.currency?.(field.def);
  const converts = (fn === "sum" || fn === "avg") && field.type.currency !== undefined && random.chance(0.7);
  if (converts) return { fn, field, written: { [fn]: of, ...conversion(source, entity, target), ...where } };
  // Amounts of one currency only can be computed with.
  const one =
    currency && "field" in currency
      ? { where: through(target.path, { [currency.field]: random.pick(currencies) }) }
      : where;
  return { fn, field, written: { [fn]: of, ...one } };
}

/** The target of a conversion, and mostly a filter that leaves out what has no currency or no day. */
function conversion({ random }: QuerySource, entity: EntityModel, { path, field }: Target): Json {
  const days = entity.stored.filter((one) => one.type.buckets?.includes("day"));
  const on = random.pick([undefined, random.pick(edgeDates), random.pick(days).name]);
  const currency = field.type.currency?.(field.def);
  const given: Json[] = [];
  if (currency && "field" in currency) given.push(through(path, { [currency.field]: { isNull: false } }));
  if (on !== undefined && entity.byName.has(on)) given.push({ [on]: { isNull: false } });
  return {
    convertTo: random.pick(currencies),
    ...(on === undefined ? {} : { on }),
    ...(given.length > 0 && random.chance(0.85) ? { where: { and: given } } : {}),
  };
}

/** A filter on the record that lookups lead to. */
function through(path: readonly FieldModel[], where: Json): Json {
  return path.reduceRight<Json>((inner, lookup) => under(lookup, inner), where);
}

/** As queries have it: a name, or names inside each other. */
function written({ path, field }: Target): unknown {
  const own = field.owner ? { [field.owner.name]: field.name } : field.name;
  return path.reduceRight<unknown>((inner, lookup) => under(lookup, inner), own);
}

/** A field to measure. Floats are added up of the entity's own records only, where their rounding is known. */
function measured(
  source: QuerySource,
  entity: EntityModel,
  fn: string,
  path: readonly FieldModel[],
): Target | undefined {
  const { random } = source;
  const lookups = lookupsOf(entity);
  if (path.length < 2 && lookups.length > 0 && random.chance(0.2)) {
    const lookup = random.pick(lookups);
    const inner = measured(source, targetOf(lookup), fn, [...path, lookup]);
    if (inner) return inner;
  }
  const adds = fn === "sum" || fn === "avg";
  const suits = (field: FieldModel) => {
    const { type, columns } = field;
    if (fn === "countDistinct") return columns.length > 0;
    if (!adds) return type.measure !== "plain" && type.measure !== "parts";
    if (type.measure !== "number" && type.measure !== "exact") return false;
    const own = path.length === 0 && !field.owner && !source.exact;
    return own || type.measure === "exact" || (fn === "sum" && columns[0]?.type !== "float");
  };
  const parts = entity.stored.flatMap((field) => [...(field.parts?.values() ?? [])]).filter(suits);
  if (parts.length > 0 && random.chance(0.15)) return { path, field: random.pick(parts) };
  const fields = entity.stored.filter(suits);
  const money = fields.filter(({ type }) => adds && type.currency);
  if (money.length > 0 && random.chance(0.5)) return { path, field: random.pick(money) };
  return fields.length > 0 ? { path, field: random.pick(fields) } : undefined;
}

/** Whether a measure is a float that was computed, and so right to a rounding only. */
export function computesFloats(entity: EntityModel, measure: unknown): boolean {
  if (measure === null || typeof measure !== "object") return false;
  const [fn, name] = Object.entries(measure)[0] as [string, string];
  const field = entity.byName.get(name);
  if (field?.type.measure !== "number") return false;
  return fn === "avg" || (fn === "sum" && field.columns[0]?.type === "float");
}
