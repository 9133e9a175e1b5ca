/** Random reads: which records, in which order, with what along. */

import { type EntityModel, type FieldModel, lookupsOf } from "@kith/core";
import { isReference, targetOf, under } from "./lookups.ts";
import { randomSearch } from "./search.ts";
import { type QuerySource, randomWhere } from "./where.ts";

type Json = Record<string, unknown>;

/** A random query, as `findMany` and an include take it. */
export function randomQuery(source: QuerySource, entity: EntityModel, depth = 0, many = true): Json {
  const { random } = source;
  const query: Json = {};
  if (random.chance(depth === 0 ? 0.75 : 0.3)) query["where"] = randomWhere(source, entity, depth);
  if (many && random.chance(depth === 0 ? 0.15 : 0.1)) addSearch(source, entity, query);
  if (random.chance(0.4)) query["select"] = randomSelect(source, entity);
  if (random.chance([0.35, 0.3, 0.25][depth] ?? 0)) query["include"] = randomInclude(source, entity, depth);
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
export function sortable(entity: EntityModel): FieldModel[] {
  return entity.stored.filter((field) => field.type.compare !== undefined && field.parts === undefined);
}

/** Parts of fields that do so, each beside its field. */
export function sortableParts(entity: EntityModel): FieldModel[] {
  return entity.stored.flatMap((field) => [...(field.parts?.values() ?? [])].filter((part) => part.type.compare));
}
