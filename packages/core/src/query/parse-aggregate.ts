/** From an aggregate as written to its plan. */

import { describe, didYouMean, isPlainObject, printable, type TimeBucket, timeZone } from "@kith/schema";
import type { EntityModel, FieldModel } from "../model/model.ts";
import type { AggregatePlan, BucketPlan, GroupKey, MeasurePlan } from "./ast.ts";
import type { ParseContext, Path } from "./parse-context.ts";
import { knownKeys, parseRecords, readLimit } from "./parse-read.ts";

/** The keys of an aggregate. */
export const aggregateKeys: ReadonlySet<string> = new Set([
  "where",
  "search",
  "groupBy",
  "measures",
  "orderBy",
  "limit",
]);
const functions = ["countDistinct", "sum", "avg", "min", "max"] as const;

/** The plan of an aggregate. Parameters are numbered in the order in which `scanAggregate` collects values. */
export function parseAggregate(
  context: ParseContext,
  entity: EntityModel,
  query: Record<string, unknown>,
): AggregatePlan {
  knownKeys(context, query, aggregateKeys, []);
  const where = parseRecords(context, entity, query, []);
  const groups: GroupKey[] = [];
  if (query["groupBy"] !== undefined)
    parseGroups(context, entity.byName, entity.name, query["groupBy"], [], [], ["groupBy"], groups);
  const measures = parseMeasures(context, entity, query["measures"]);
  for (const measure of measures) {
    if (groups.some((group) => group.name[0] === measure.name))
      context.problem(["measures", measure.name], "is the name of a group too; choose another");
  }
  checkCurrencies(context, measures, groups, query["where"]);
  const order = parseOrder(context, query["orderBy"], groups, measures);
  const limit = query["limit"] === undefined ? undefined : context.param(["limit"], readLimit, query["limit"]);
  return { entity, where, groups, measures, order, limit };
}

function parseGroups(
  context: ParseContext,
  fields: ReadonlyMap<string, FieldModel>,
  entity: string,
  groupBy: unknown,
  name: readonly string[],
  lookups: readonly FieldModel[],
  path: Path,
  groups: GroupKey[],
): void {
  if (groupBy === null || typeof groupBy !== "object" || Array.isArray(groupBy) || Object.keys(groupBy).length === 0) {
    context.problem(
      path,
      `must be an object of fields, like { stage: true, closedOn: 'month' }, not ${describe(groupBy)}`,
    );
    return;
  }
  for (const [key, value] of Object.entries(groupBy)) {
    const at = [...path, printable(key)];
    const field = fields.get(key);
    const inner = value !== null && typeof value === "object";
    if (!field) context.problem(at, `is no field of '${entity}'.${didYouMean(key, fields.keys())}`, "UNKNOWN_FIELD");
    else if (field.relation?.type === "one" && inner) {
      const { target } = field.relation;
      parseGroups(context, target.byName, target.name, value, [...name, key], [...lookups, field], at, groups);
    } else if (field.parts && (inner || !field.type.compare)) {
      parseGroups(context, field.parts, `${entity}.${key}`, value, [...name, key], lookups, at, groups);
    } else if (!field.stored || !field.type.compare)
      context.problem(at, `cannot be grouped by: a field of kind ${field.type.kind} has no order`);
    else if (value === true) groups.push({ name: [...name, key], path: lookups, field, bucket: undefined });
    else {
      const bucket = parseBucket(context, field, value, at);
      if (bucket) groups.push({ name: [...name, key], path: lookups, field, bucket });
    }
  }
}

/** The keys of a bucket with its zone. */
export const bucketKeys: ReadonlySet<string> = new Set(["bucket", "timeZone"]);

/** `'week'`, or `{ bucket: 'week', timeZone: 'America/Sao_Paulo' }`. */
function parseBucket(context: ParseContext, field: FieldModel, value: unknown, path: Path): BucketPlan | undefined {
  const { buckets } = field.type;
  const written = isPlainObject(value) ? value : { bucket: value };
  const { bucket, timeZone: given } = written as { bucket?: unknown; timeZone?: unknown };
  if (!buckets?.includes(bucket as TimeBucket)) {
    const hint = typeof bucket === "string" && buckets ? didYouMean(bucket, buckets) : "";
    const words = buckets ? ` or one of ${buckets.join(", ")}` : "";
    context.problem(path, `must be true${words}, not ${describe(value)}.${hint}`);
    return undefined;
  }
  knownKeys(context, written, bucketKeys, path);
  const { fiscalYearStart } = context.operands;
  const plan = { bucket: bucket as TimeBucket, fiscalYearStart };
  if (field.columns[0]?.type !== "instant") {
    if (given !== undefined)
      context.problem([...path, "timeZone"], `has no place here: ${field.name} is a date, the same day everywhere`);
    return { ...plan, zone: undefined };
  }
  const name = given ?? context.operands.timeZone;
  const zone = typeof name === "string" ? timeZone(name) : undefined;
  if (!zone)
    context.problem(
      [...path, "timeZone"],
      `must be the name of a time zone, like 'America/Sao_Paulo' or 'UTC', not ${printable(name)}`,
    );
  return { ...plan, zone };
}

function parseMeasures(context: ParseContext, entity: EntityModel, measures: unknown): MeasurePlan[] {
  if (
    measures === null ||
    typeof measures !== "object" ||
    Array.isArray(measures) ||
    Object.keys(measures).length === 0
  ) {
    context.problem(["measures"], "must name at least one figure, like { count: 'count', total: { sum: 'amount' } }");
    return [];
  }
  const plans: MeasurePlan[] = [];
  for (const [name, value] of Object.entries(measures)) {
    const at = ["measures", printable(name)];
    if (!/^[A-Za-z][A-Za-z0-9]{0,39}$/.test(name) || name in Object.prototype)
      context.problem(at, "must be a name of letters and digits");
    else if (value === "count") plans.push({ name, fn: "count", field: undefined });
    else {
      const plan = parseMeasure(context, entity, name, value, at);
      if (plan) plans.push(plan);
    }
  }
  return plans;
}

function parseMeasure(
  context: ParseContext,
  entity: EntityModel,
  name: string,
  value: unknown,
  path: Path,
): MeasurePlan | undefined {
  const words = value !== null && typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : [];
  const [fn, fieldName] = words[0] ?? [];
  if (words.length !== 1 || !functions.includes(fn as never) || typeof fieldName !== "string") {
    const hint = typeof fn === "string" && words.length === 1 ? didYouMean(fn, functions) : "";
    context.problem(
      path,
      `must be 'count' or one of ${functions.join(", ")} with a field's name, like { sum: 'amount' }.${hint}`,
    );
    return undefined;
  }
  const field = entity.byName.get(fieldName);
  if (!field) {
    context.problem(
      [...path, fn as string],
      `'${printable(fieldName)}' is no field of '${entity.name}'.${didYouMean(fieldName, entity.byName.keys())}`,
      "UNKNOWN_FIELD",
    );
    return undefined;
  }
  const { measure, kind } = field.type;
  const adds = measure === "number" || measure === "exact";
  const suits =
    fn === "countDistinct"
      ? field.stored
      : fn === "sum" || fn === "avg"
        ? adds
        : measure !== "plain" && measure !== "parts";
  if (!suits) {
    context.problem([...path, fn as string], `cannot be taken of '${fieldName}', a field of kind ${kind}`);
    return undefined;
  }
  return { name, fn: fn as MeasurePlan["fn"], field };
}

/** Amounts whose currency stands in a sibling field can only be computed with within one currency. */
function checkCurrencies(
  context: ParseContext,
  measures: readonly MeasurePlan[],
  groups: readonly GroupKey[],
  where: unknown,
): void {
  for (const { name, fn, field } of measures) {
    const currency = field?.type.currency?.(field.def);
    if (!field || !currency || !("field" in currency) || fn === "countDistinct") continue;
    const grouped = groups.some((group) => group.name.join(".") === currency.field);
    if (grouped || fixesOne(where, currency.field)) continue;
    context.problem(
      ["measures", name],
      `would mix currencies: group by '${currency.field}' too, or filter on one, like where: { ${currency.field}: 'BRL' }`,
      "MIXED_CURRENCIES",
    );
  }
}

/** Whether a filter lets one value of a field through at the most. */
function fixesOne(where: unknown, field: string): boolean {
  if (where === null || typeof where !== "object") return false;
  const { [field]: value, and } = where as Record<string, unknown>;
  if (value !== null && value !== undefined && typeof value !== "object") return true;
  if (value !== null && typeof value === "object" && typeof (value as { eq?: unknown }).eq === "string") return true;
  return Array.isArray(and) && and.some((item) => fixesOne(item, field));
}

function parseOrder(
  context: ParseContext,
  orderBy: unknown,
  groups: readonly GroupKey[],
  measures: readonly MeasurePlan[],
): AggregatePlan["order"] {
  const order: { by: "group" | "measure"; index: number; direction: "asc" | "desc" }[] = [];
  const list = orderBy === undefined ? [] : Array.isArray(orderBy) ? orderBy : [orderBy];
  list.forEach((key, i) => {
    const at: Path = Array.isArray(orderBy) ? ["orderBy", i] : ["orderBy"];
    const found = findOrdered(context, key, at);
    if (!found) return;
    const measure = measures.findIndex((one) => found.name.length === 1 && one.name === found.name[0]);
    const group = groups.findIndex((one) => one.name.join(".") === found.name.join("."));
    if (measure >= 0) order.push({ by: "measure", index: measure, direction: found.direction });
    else if (group >= 0) order.push({ by: "group", index: group, direction: found.direction });
    else {
      const known = [...groups.map((one) => one.name.join(".")), ...measures.map((one) => one.name)];
      context.problem(
        at,
        `'${printable(found.name.join("."))}' is neither a group nor a measure here.${didYouMean(found.name.join("."), known)}`,
        "UNKNOWN_FIELD",
      );
    }
  });
  groups.forEach((_, index) => {
    if (!order.some((key) => key.by === "group" && key.index === index))
      order.push({ by: "group", index, direction: "asc" });
  });
  return order;
}

function findOrdered(
  context: ParseContext,
  key: unknown,
  path: Path,
): { name: string[]; direction: "asc" | "desc" } | undefined {
  const name: string[] = [];
  let at = key;
  while (at !== null && typeof at === "object" && !Array.isArray(at) && name.length < 24) {
    const entries = Object.entries(at);
    if (entries.length !== 1) {
      context.problem(
        path,
        entries.length === 0 ? "must name a group or a measure" : "names several; write several keys as a list",
      );
      return undefined;
    }
    name.push((entries[0] as [string, unknown])[0]);
    at = (entries[0] as [string, unknown])[1];
  }
  if (at === "asc" || at === "desc") return { name, direction: at };
  context.problem(path, `must be 'asc' or 'desc', not ${describe(at)}`);
  return undefined;
}
