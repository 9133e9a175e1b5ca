/** From a query as written to a read plan. */

import { describe, didYouMean, Invalid, isStorable, printable, readSearch } from "@kith/schema";
import type { EntityModel, FieldModel } from "../model/model.ts";
import { fieldPath } from "../model/parts.ts";
import type { Condition, CountPlan, IncludePlan, OrderKey, PlaceKey, ReadPlan } from "./ast.ts";
import type { ParseContext, Path } from "./parse-context.ts";
import { parseWhere } from "./parse-where.ts";
import { includeKeys } from "./scan-query.ts";

/** The most rows that `limit` can ask for. */
export const maxLimit = 1_000_000;

/** The most lookups that one sort order, or one aggregate, can go through: databases limit the tables of a statement. */
const maxJoins = 40;

/** Refuses keys that go through more lookups than a statement can join. */
export function checkJoins(
  context: ParseContext,
  keys: readonly { readonly path: readonly FieldModel[] }[],
  path: Path,
): void {
  const joins = new Set(
    keys.flatMap(({ path: lookups }) =>
      lookups.map((_, i) =>
        lookups
          .slice(0, i + 1)
          .map(fieldPath)
          .join("/"),
      ),
    ),
  );
  if (joins.size > maxJoins)
    context.problem(path, `goes through ${joins.size} lookups; a query can go through ${maxJoins} of them`);
}

/** What a call knows about its query besides what is written in it. */
export interface ReadOptions {
  /** Keys that the call takes. */
  readonly keys: ReadonlySet<string>;
  /** A condition on the id comes first, as parameter 0. */
  readonly id?: string | undefined;
  readonly page?: boolean;
  readonly lock?: boolean;
  /** Where a cursor stands, key by key; absent without a cursor. */
  readonly place?: readonly unknown[] | undefined;
  /** The call's own limit, when none is written. */
  readonly limit?: number | undefined;
}

/** The plan of a read. Parameters are numbered in the order in which `scanRead` collects values. */
export function parseRead(
  context: ParseContext,
  entity: EntityModel,
  query: Record<string, unknown>,
  path: Path,
  options: ReadOptions,
): ReadPlan {
  knownKeys(context, query, options.keys, path);
  const of: Condition[] = [];
  if (options.id !== undefined) of.push(idCondition(context, entity, options.id));
  if (query["where"] !== undefined) of.push(parseWhere(context, entity, query["where"], [...path, "where"]));
  const search = parseSearch(context, entity, query["search"], [...path, "search"]);
  if (search) of.push(search);
  const ordered = query["orderBy"] !== undefined && !(Array.isArray(query["orderBy"]) && query["orderBy"].length === 0);
  if (search && options.page && !ordered)
    context.problem(
      [...path, "search"],
      "needs orderBy in findPage and stream: how well a record fits is no place to continue from",
    );
  const order = parseOrder(context, entity, query["orderBy"], [...path, "orderBy"]);
  const includes = parseIncludes(context, entity, query["include"], [...path, "include"]);
  const fields = parseSelect(context, entity, query["select"], [...path, "select"], includes);
  if (options.place) of.push(placeCondition(context, order, options.place));
  // As in the scan: null is a wrong limit, not a missing one.
  const most = query["limit"] === undefined ? options.limit : query["limit"];
  const limit = most === undefined ? undefined : context.param([...path, "limit"], readLimit, most);
  return {
    entity,
    where: allOf(of),
    ...(search && !ordered ? { ranked: search.param } : {}),
    order,
    fields,
    includes,
    limit,
    page: options.page ?? false,
    lock: options.lock ?? false,
  };
}

/** The plan of a count. */
export function parseCount(
  context: ParseContext,
  entity: EntityModel,
  query: Record<string, unknown>,
  upTo: number | undefined,
): CountPlan {
  const where = parseRecords(context, entity, query, []);
  return { entity, where, upTo: upTo === undefined ? undefined : context.param(["total", "upTo"], readLimit, upTo) };
}

/** Which records a query is about: its filter and its search. */
export function parseRecords(
  context: ParseContext,
  entity: EntityModel,
  query: Record<string, unknown>,
  path: Path,
): Condition | undefined {
  const { where, search } = query;
  const condition = where === undefined ? undefined : parseWhere(context, entity, where, [...path, "where"]);
  const found = parseSearch(context, entity, search, [...path, "search"]);
  return allOf([condition, found].filter((one) => one !== undefined));
}

function allOf(of: readonly Condition[]): Condition | undefined {
  return of.length > 1 ? { kind: "all", of } : of[0];
}

function parseSearch(
  context: ParseContext,
  entity: EntityModel,
  search: unknown,
  path: Path,
): Extract<Condition, { kind: "search" }> | undefined {
  if (search === undefined) return undefined;
  if (!entity.search) context.problem(path, `cannot be used: '${entity.name}' has no field that says searchable: true`);
  return { kind: "search", entity, param: context.param(path, readSearch, search) };
}

function idCondition(context: ParseContext, entity: EntityModel, id: string): Condition {
  const field = entity.byName.get("id") as FieldModel;
  const operator = field.operators["eq"] as NonNullable<(typeof field.operators)[string]>;
  return { kind: "test", field, operator, word: "eq", param: context.param(["id"], (value) => value, id) };
}

/** Reads a limit. */
export function readLimit(value: unknown): number | Invalid {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= maxLimit
    ? value
    : new Invalid("LIMIT", `must be a whole number from 0 to ${maxLimit}, not ${describe(value)}`);
}

/** Refuses keys that a query does not have. */
export function knownKeys(
  context: ParseContext,
  query: Record<string, unknown>,
  keys: ReadonlySet<string>,
  path: Path,
): void {
  for (const key of Object.keys(query)) {
    if (keys.has(key)) continue;
    context.problem(
      [...path, printable(key)],
      `is no part of this query.${didYouMean(key, keys)} It takes ${[...keys].join(", ")}.`,
      "UNKNOWN_KEY",
    );
  }
}

function parseSelect(
  context: ParseContext,
  entity: EntityModel,
  select: unknown,
  path: Path,
  includes: readonly IncludePlan[],
): FieldModel[] {
  const hidden = new Set(includes.map((include) => include.name));
  const shown = (field: FieldModel) => field.stored && !hidden.has(field.name);
  if (select === undefined) return entity.stored.filter(shown);
  if (select === null || typeof select !== "object" || Array.isArray(select)) {
    context.problem(path, `must be an object of names, like { name: true }, not ${describe(select)}`);
    return [];
  }
  const chosen = new Set<string>();
  for (const [name, value] of Object.entries(select)) {
    const field = entity.byName.get(name);
    const at = [...path, printable(name)];
    if (!field)
      context.problem(at, `is no field of '${entity.name}'.${didYouMean(name, entity.byName.keys())}`, "UNKNOWN_FIELD");
    else if (!field.stored) context.problem(at, "leads to many records; name it in include");
    else if (value !== true)
      context.problem(at, `must be true, not ${describe(value)}; leave out what you do not want`);
    else chosen.add(name);
  }
  return entity.stored.filter((field) => chosen.has(field.name) && shown(field));
}

function parseIncludes(context: ParseContext, entity: EntityModel, include: unknown, path: Path): IncludePlan[] {
  if (include === undefined) return [];
  if (include === null || typeof include !== "object" || Array.isArray(include)) {
    context.problem(path, `must be an object of relations, like { account: true }, not ${describe(include)}`);
    return [];
  }
  const plans: IncludePlan[] = [];
  const relations = () =>
    entity.fields.filter(({ relation, parts }) => relation ?? (parts && targetsOf(parts))).map((field) => field.name);
  for (const [name, value] of Object.entries(include)) {
    const at = [...path, printable(name)];
    const field = entity.byName.get(name);
    const targets = field?.parts && targetsOf(field.parts);
    if (field && targets) {
      plans.push(...parseTargets(context, field, targets, value, at));
      continue;
    }
    if (!field?.relation) {
      const why = field ? "leads to no record" : `is no relation of '${entity.name}'`;
      context.problem(at, `${why}.${didYouMean(name, relations())}`, "UNKNOWN_FIELD");
      continue;
    }
    if (value !== true && (value === null || typeof value !== "object" || Array.isArray(value))) {
      context.problem(at, `must be true or a query, not ${describe(value)}`);
      continue;
    }
    const query = value === true ? {} : (value as Record<string, unknown>);
    if (query["search"] !== undefined && field.relation.type === "one")
      context.problem([...at, "search"], "looks among many records; this leads to one, use where");
    const plan = parseRead(context, field.relation.target, query, at, { keys: includeKeys });
    plans.push({ name, field, many: field.relation.type !== "one", plan, of: undefined });
  }
  return plans;
}

type Targets = ReadonlyMap<string, { readonly part: FieldModel; readonly target: EntityModel }>;

/** The targets of a lookup to one of several entities, by the names of its parts; undefined for any other field of parts. */
function targetsOf(parts: ReadonlyMap<string, FieldModel>): Targets | undefined {
  const targets = new Map<string, { part: FieldModel; target: EntityModel }>();
  for (const [name, part] of parts) {
    if (part.relation?.type !== "one") return undefined;
    targets.set(name, { part, target: part.relation.target });
  }
  return targets;
}

/** An include for each target of a lookup to one of several entities, or for those that are named. */
function parseTargets(
  context: ParseContext,
  field: FieldModel,
  targets: Targets,
  value: unknown,
  path: Path,
): IncludePlan[] {
  const named = value === true ? Object.fromEntries([...targets.keys()].map((name) => [name, true])) : value;
  if (named === null || typeof named !== "object" || Array.isArray(named) || Object.keys(named).length === 0) {
    const first = targets.keys().next().value;
    context.problem(path, `must be true or an object of entities, like { ${first}: true }, not ${describe(value)}`);
    return [];
  }
  return Object.entries(named).flatMap(([name, inner]): IncludePlan[] => {
    const at = [...path, printable(name)];
    const target = targets.get(name);
    if (!target) {
      const hint = didYouMean(name, targets.keys());
      context.problem(
        at,
        `is nothing that ${field.name} leads to.${hint} It leads to ${[...targets.keys()].join(", ")}`,
      );
      return [];
    }
    if (inner !== true && (inner === null || typeof inner !== "object" || Array.isArray(inner))) {
      context.problem(at, `must be true or a query, not ${describe(inner)}`);
      return [];
    }
    const query = inner === true ? {} : (inner as Record<string, unknown>);
    const plan = parseRead(context, target.target, query, at, { keys: includeKeys });
    return [{ name: field.name, field: target.part, many: false, plan, of: field }];
  });
}

/** A total order: what is written, then the id, in the direction of what comes before it, so that an index gives both, read from either end. */
export function parseOrder(context: ParseContext, entity: EntityModel, orderBy: unknown, path: Path): OrderKey[] {
  const order: OrderKey[] = [];
  const list = orderBy === undefined ? [] : Array.isArray(orderBy) ? orderBy : [orderBy];
  for (let i = 0; i < list.length; i++) {
    const at = Array.isArray(orderBy) ? [...path, i] : path;
    const key = parseOrderKey(context, entity.byName, entity.name, list[i], [], at);
    if (key) order.push(key);
  }
  checkJoins(context, order, path);
  const unique = order.findIndex((key) => key.path.length === 0 && key.field.name === "id");
  if (unique >= 0) return order.slice(0, unique + 1);
  const direction = order.at(-1)?.direction ?? "asc";
  return [...order, { path: [], field: entity.byName.get("id") as FieldModel, direction }];
}

function parseOrderKey(
  context: ParseContext,
  fields: ReadonlyMap<string, FieldModel>,
  entity: string,
  key: unknown,
  lookups: readonly FieldModel[],
  path: Path,
): OrderKey | undefined {
  const names = key !== null && typeof key === "object" && !Array.isArray(key) ? Object.keys(key) : [];
  if (names.length !== 1) {
    const why =
      names.length > 1
        ? `names ${names.length} fields; write several keys as a list, since an object's order can get lost`
        : "must name one field, like { name: 'asc' }";
    context.problem(path, why);
    return undefined;
  }
  const name = names[0] as string;
  const at = [...path, printable(name)];
  const value = (key as Record<string, unknown>)[name];
  const field = fields.get(name);
  if (!field) {
    context.problem(at, `is no field of '${entity}'.${didYouMean(name, fields.keys())}`, "UNKNOWN_FIELD");
    return undefined;
  }
  if (field.relation?.type === "one" && value !== null && typeof value === "object") {
    return parseOrderKey(
      context,
      field.relation.target.byName,
      field.relation.target.name,
      value,
      [...lookups, field],
      at,
    );
  }
  if (field.parts) return parseOrderKey(context, field.parts, `${entity}.${name}`, value, lookups, at);
  if (!field.stored || !field.type.compare) {
    context.problem(at, `cannot be sorted by: a field of kind ${field.type.kind} has no order`);
    return undefined;
  }
  if (value !== "asc" && value !== "desc") {
    context.problem(at, `must be 'asc' or 'desc', not ${describe(value)}`);
    return undefined;
  }
  return { path: lookups, field, direction: value };
}

/** A stored value in a cursor. It may be one that the declaration no longer takes, such as a choice that was retired: any text has its place. */
function readPlace({ type, def, columns }: FieldModel, given: unknown): unknown {
  const value = type.read(given, def);
  const text = typeof given === "string" && isStorable(given) && columns[0]?.type === "text";
  return value instanceof Invalid && text ? given : value;
}

/** Everything after the place at which a cursor stands. */
function placeCondition(context: ParseContext, order: readonly OrderKey[], values: readonly unknown[]): Condition {
  const place = order.map((key, i): PlaceKey => {
    const value = values[i] ?? null;
    if (value === null) return "null";
    return { param: context.param(["after"], (given) => readPlace(key.field, given), value) };
  });
  return { kind: "after", order, place };
}
