/** Random reads: which records, in which order, with what along; and questions about many records. */

import { type EntityModel, type FieldModel, lookupsOf } from "@kith/core";
import { edgeZones } from "./edges.ts";
import { isReference, targetOf, under } from "./lookups.ts";
import { randomSearch } from "./search.ts";
import { type QuerySource, randomTest, randomWhere } from "./where.ts";

type Json = Record<string, unknown>;

/** A random query, as `findMany` and an include take it. */
export function randomQuery(source: QuerySource, entity: EntityModel, depth = 0, many = true): Json {
  const { random } = source;
  const query: Json = {};
  if (random.chance(depth === 0 ? 0.75 : 0.3)) query["where"] = randomWhere(source, entity, depth);
  if (many && random.chance(depth === 0 ? 0.15 : 0.1)) addSearch(source, entity, query);
  if (random.chance(0.4)) query["select"] = randomSelect(source, entity);
  if (random.chance([0.35, 0.25, 0][depth] ?? 0)) query["include"] = randomInclude(source, entity, depth);
  if (random.chance(0.6)) query["orderBy"] = randomOrder(source, entity);
  if (random.chance(0.4)) query["limit"] = random.pick([0, 1, 1, 2, 3, 5, 10, 1_000]);
  return query;
}

/** Adds a search to a query, if there is anything to look into. */
export function addSearch(source: QuerySource, entity: EntityModel, query: Json): void {
  const search = randomSearch(source, entity);
  if (search === undefined) return;
  query["search"] = search;
  // Both at once find nothing more often than not.
  if (source.random.chance(0.6)) delete query["where"];
}

function randomSelect({ random }: QuerySource, entity: EntityModel): Json {
  const names = random.some(entity.stored, random.int(0, 6)).map((field) => [field.name, true]);
  return Object.fromEntries(names);
}

function randomInclude(source: QuerySource, entity: EntityModel, depth: number): Json | undefined {
  const { random } = source;
  const relations = entity.fields.filter((field) => field.relation ?? isReference(field));
  const chosen = random.some(relations, random.int(1, 2));
  if (chosen.length === 0) return undefined;
  const one = (field: FieldModel) =>
    random.chance(0.3) ? true : randomQuery(source, targetOf(field), depth + 1, field.relation?.type !== "one");
  const several = (lookups: readonly FieldModel[]) =>
    random.chance(0.3)
      ? true
      : Object.fromEntries(random.some(lookups, random.int(1, 3)).map((part) => [part.name, one(part)]));
  return Object.fromEntries(
    chosen.map((field) => [field.name, field.relation ? one(field) : several(lookupsOf({ fields: [field] }))]),
  );
}

/** A random sort order, through lookups too. */
export function randomOrder(source: QuerySource, entity: EntityModel): Json | Json[] {
  const { random } = source;
  const keys = random.times(random.int(1, 3), () => orderKey(source, entity, 0));
  return keys.length === 1 && random.chance(0.5) ? (keys[0] as Json) : keys;
}

function orderKey(source: QuerySource, entity: EntityModel, depth: number): Json {
  const { random } = source;
  const lookups = lookupsOf(entity);
  if (depth < 2 && lookups.length > 0 && random.chance(0.25)) {
    const lookup = random.pick(lookups);
    return under(lookup, orderKey(source, targetOf(lookup), depth + 1));
  }
  const parts = sortableParts(entity);
  if (parts.length > 0 && random.chance(0.15)) {
    const part = random.pick(parts);
    return under(part, random.pick(["asc", "desc"]));
  }
  const field = random.pick(sortable(entity));
  return { [field.name]: random.pick(["asc", "desc"]) };
}

/** The fields that records can be sorted and grouped by. */
function sortable(entity: EntityModel): FieldModel[] {
  return entity.stored.filter((field) => field.type.compare !== undefined && field.parts === undefined);
}

/** Parts of fields that do so, each beside its field. */
function sortableParts(entity: EntityModel): FieldModel[] {
  return entity.stored.flatMap((field) => [...(field.parts?.values() ?? [])].filter((part) => part.type.compare));
}

/** A random question about many records. Computed floats are never sorted by: they are right to a rounding only. */
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
  const measures = random.times(random.int(1, 4), (i) => [`m${i}`, randomMeasure(source, entity)] as const);
  query["measures"] = Object.fromEntries(measures);
  const exact = measures.filter(([, measure]) => !computesFloats(entity, measure));
  const keys = [
    ...random.some(exact, 1).map(([name]) => ({ [name]: random.pick(["asc", "desc"]) })),
    ...random
      .some(Object.entries(groupBy), 1)
      .map((group) => turned(Object.fromEntries([group]), random.pick(["asc", "desc"]))),
  ];
  if (random.chance(0.5) && keys.length > 0) query["orderBy"] = random.some(keys, keys.length);
  if (random.chance(0.25)) query["limit"] = random.pick([0, 1, 2, 5, 100]);
  const having = random.chance(0.25) ? randomHaving(source, entity, measures, groupBy) : undefined;
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
  const kinds = [...new Set(sortable(entity).map((field) => field.type.kind))];
  const kind = random.pick(kinds);
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

function randomMeasure(source: QuerySource, entity: EntityModel): string | Json {
  const { random } = source;
  const fn = random.pick(["count", "countDistinct", "sum", "avg", "min", "max"]);
  const where = random.chance(0.2) ? { where: randomWhere(source, entity, 1) } : undefined;
  const target = fn === "count" ? undefined : measured(source, entity, fn, 0);
  if (target !== undefined) return { [fn]: target, ...where };
  return where ? { count: true, ...where } : "count";
}

/** A field to measure, perhaps of a record that a lookup leads to. Floats are added up of the entity's own records only, where their rounding is known. */
function measured(source: QuerySource, entity: EntityModel, fn: string, depth: number): unknown {
  const { random } = source;
  const lookups = entity.stored.filter((field) => field.relation?.type === "one");
  if (depth < 2 && lookups.length > 0 && random.chance(0.2)) {
    const lookup = random.pick(lookups);
    const { target } = lookup.relation as NonNullable<FieldModel["relation"]>;
    const inner = measured(source, target, fn, depth + 1);
    if (inner !== undefined) return { [lookup.name]: inner };
  }
  const fields = entity.stored.filter(({ name, type, columns }) =>
    fn === "countDistinct"
      ? columns.length > 0
      : fn === "sum" || fn === "avg"
        ? (type.measure === "number" || type.measure === "exact") &&
          (depth === 0 || !computesFloats(entity, { [fn]: name }))
        : type.measure !== "plain" && type.measure !== "parts",
  );
  return fields.length > 0 ? random.pick(fields).name : undefined;
}

/** A filter on exact figures and on groups. */
function randomHaving(
  source: QuerySource,
  entity: EntityModel,
  measures: readonly (readonly [string, unknown])[],
  groupBy: Json,
): Json | undefined {
  const { random } = source;
  const conditions: Json[] = [];
  for (const [name, measure] of measures) {
    const [fn, target] = typeof measure === "string" ? [measure] : (Object.entries(measure as Json)[0] ?? []);
    if (fn === "count" || fn === "countDistinct")
      conditions.push({ [name]: { [random.pick(["eq", "ne", "gt", "gte", "lt", "lte"])]: random.int(0, 4) } });
    const field = typeof target === "string" && fn !== "countDistinct" ? entity.byName.get(target) : undefined;
    if (
      field &&
      (fn === "min" || fn === "max" || field.type.measure === "exact" || field.columns[0]?.type === "integer")
    )
      if (fn !== "avg" || field.type.measure === "exact") {
        const value = random.chance(0.8) ? source.values(field)[0] : undefined;
        const word = random.pick(["eq", "ne", "gt", "gte", "lt", "lte"]);
        if (value !== undefined && field.operators[word] && !Array.isArray(value))
          conditions.push({ [name]: { [word]: value } });
        else conditions.push({ [name]: { isNull: random.chance(0.5) } });
      }
  }
  for (const [name, value] of Object.entries(groupBy)) {
    const field = entity.byName.get(name);
    if (value === true && field) conditions.push({ [name]: randomTest(source, field, undefined) });
    else if (typeof value === "string") conditions.push({ [name]: { [random.pick(["gte", "lt", "ne"])]: "2024" } });
  }
  const [first, second] = random.some(conditions, 2);
  if (!first) return undefined;
  if (!second || random.chance(0.5)) return random.chance(0.2) ? { not: first } : first;
  return { [random.pick(["and", "or"])]: [first, second] };
}

/** Whether a measure is a float that was computed, and so right to a rounding only. */
export function computesFloats(entity: EntityModel, measure: unknown): boolean {
  if (measure === null || typeof measure !== "object") return false;
  const [fn, name] = Object.entries(measure)[0] as [string, string];
  const field = entity.byName.get(name);
  if (field?.type.measure !== "number") return false;
  return fn === "avg" || (fn === "sum" && field.columns[0]?.type === "float");
}
