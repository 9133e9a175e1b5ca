/** Random questions about many records. */

import { type EntityModel, type FieldModel, lookupsOf } from "@kith/core";
import { edgeZones } from "./edges.ts";
import { targetOf, under } from "./lookups.ts";
import { computesFloats, type Measure, randomMeasure } from "./measure.ts";
import { addSearch, sortable, sortableParts } from "./query.ts";
import type { Random } from "./random.ts";
import { type QuerySource, randomTest, randomWhere } from "./where.ts";

type Json = Record<string, unknown>;

/** A random aggregate. Computed floats are never sorted by: they are right to a rounding only. */
export function randomAggregate(source: QuerySource, entity: EntityModel): Json {
  const { random } = source;
  const query: Json = {};
  if (random.chance(0.4)) query["where"] = randomWhere(source, entity);
  if (random.chance(0.1)) addSearch(source, entity, query);
  const groups = random.times(random.weighted({ "0": 3, "1": 5, "2": 2 }) === "0" ? 0 : random.int(1, 2), () =>
    groupKey(source, entity, 0),
  );
  // Two keys through the same lookup would overwrite each other: what is left is what counts.
  const groupBy = Object.assign({}, ...groups) as Json;
  if (groups.length > 0) query["groupBy"] = groupBy;
  const measures = random.times(random.int(1, 4), (i): [string, Measure] => [`m${i}`, randomMeasure(source, entity)]);
  query["measures"] = Object.fromEntries(measures.map(([name, { written }]) => [name, written]));
  const exact = measures.filter(([, { written }]) => !computesFloats(entity, written));
  const keys = [
    ...random.some(exact, 1).map(([name]) => ({ [name]: random.pick(["asc", "desc"]) })),
    ...random
      .some(Object.entries(groupBy), 1)
      .map((group) => turned(Object.fromEntries([group]), random.pick(["asc", "desc"]))),
  ];
  if (random.chance(0.5) && keys.length > 0) query["orderBy"] = random.some(keys, keys.length);
  if (random.chance(0.25)) query["limit"] = random.pick([0, 1, 2, 5, 100]);
  const having = random.chance(0.3) ? randomHaving(source, entity, exact, groupBy) : undefined;
  if (having) query["having"] = having;
  return query;
}

function groupKey(source: QuerySource, entity: EntityModel, depth: number): Json {
  const { random } = source;
  const lookups = lookupsOf(entity);
  if (depth < 2 && lookups.length > 0 && random.chance(0.3)) {
    const lookup = random.pick(lookups);
    return under(lookup, groupKey(source, targetOf(lookup), depth + 1));
  }
  const references = entity.stored.filter((field) => field.parts && field.type.compare);
  if (references.length > 0 && random.chance(0.1)) return { [random.pick(references).name]: true };
  const parts = sortableParts(entity);
  if (parts.length > 0 && random.chance(0.15)) {
    const part = random.pick(parts);
    return under(part, true);
  }
  const kinds = [...new Set(sortable(entity).map(({ type }) => type.kind))];
  const dated = kinds.filter((kind) => kind === "datetime" || kind === "date");
  const kind = random.pick(dated.length > 0 && random.chance(0.2) ? dated : kinds);
  const field = random.pick(
    sortable(entity)
      .filter((one) => one.type.kind === kind && one.name !== "id")
      .concat(sortable(entity).filter((one) => one.name === "version")),
  );
  const { buckets } = field.type;
  if (!buckets || random.chance(0.3)) return { [field.name]: true };
  const bucket = random.pick(buckets);
  const zoned = field.columns[0]?.type === "instant" && random.chance(0.6);
  return { [field.name]: zoned ? { bucket, timeZone: random.pick(edgeZones) } : bucket };
}

/** A group key as a sort key. */
function turned(group: Json, direction: "asc" | "desc"): Json {
  return Object.fromEntries(
    Object.entries(group).map(([name, inner]) => [
      name,
      typeof inner === "object" && !("bucket" in (inner as Json)) ? turned(inner as Json, direction) : direction,
    ]),
  );
}

/** A filter on exact figures and on groups. */
function randomHaving(
  source: QuerySource,
  entity: EntityModel,
  exact: readonly (readonly [string, Measure])[],
  groupBy: Json,
): Json | undefined {
  const { random } = source;
  const conditions = [
    ...exact.map(([name, measure]) => ({ [name]: figureTest(source, measure) })),
    ...Object.entries(groupBy).map(([name, value]) => ({
      [name]: groupTest(source, entity.byName.get(name) as FieldModel, value),
    })),
  ];
  const [first, second] = random.some(conditions, 2);
  if (!first) return undefined;
  if (!second || random.chance(0.5)) return random.chance(0.2) ? { not: first } : first;
  return { [random.pick(["and", "or"])]: [first, second] };
}

const comparisons = ["eq", "ne", "gt", "gte", "lt", "lte"];

function figureTest({ random, values }: QuerySource, { fn, field }: Measure): Json {
  if (fn === "count" || fn === "countDistinct") return { [random.pick(comparisons)]: random.int(0, 4) };
  const known = field && (fn !== "avg" || field.type.measure === "exact") ? values(field) : [];
  const word = random.pick(comparisons);
  if (known.length > 0 && field?.operators[word] && !Array.isArray(known[0]) && random.chance(0.8))
    return { [word]: random.pick(known) };
  return { isNull: random.chance(0.5) };
}

/** A test of a group, at the end of its path. */
function groupTest(source: QuerySource, field: FieldModel, group: unknown): unknown {
  if (group === true) return randomTest(source, field, undefined);
  if (typeof group === "string" || "bucket" in (group as Json)) return bucketTest(source.random);
  const [[name, inner]] = Object.entries(group as Json) as [[string, unknown]];
  const fields = field.relation ? targetOf(field).byName : (field.parts as ReadonlyMap<string, FieldModel>);
  return { [name]: groupTest(source, fields.get(name) as FieldModel, inner) };
}

/** Buckets compare as the text that names them. */
const bucketTest = (random: Random): Json => ({
  [random.pick(["gte", "lt", "ne", "eq"])]: random.pick(["2024", "2024-02", "2024-02-29", "FY2024", "1970-01-01"]),
});
