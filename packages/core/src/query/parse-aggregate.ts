/** From an aggregate as written to its plan. */

import { describe, didYouMean, printable } from "@kith/schema";
import type { EntityModel } from "../model/model.ts";
import type { AggregatePlan, GroupKey, MeasurePlan } from "./ast.ts";
import type { ConversionPlan, ConvertedPlan } from "./convert.ts";
import { figureEntity } from "./figures.ts";
import type { ParseContext, Path } from "./parse-context.ts";
import { parseGroups } from "./parse-groups.ts";
import { checkCurrencies, type FigureModel, parseMeasures } from "./parse-measures.ts";
import { checkJoins, knownKeys, parseRecords, readLimit } from "./parse-read.ts";
import { parseWhere } from "./parse-where.ts";

/** The keys of an aggregate. */
export const aggregateKeys: ReadonlySet<string> = new Set([
  "where",
  "search",
  "groupBy",
  "measures",
  "having",
  "orderBy",
  "limit",
]);

/** The plan of an aggregate. Parameters are numbered in the order in which `scanAggregate` collects values. */
export function parseAggregate(
  context: ParseContext,
  entity: EntityModel,
  query: Record<string, unknown>,
  model: FigureModel,
): ConvertedPlan {
  knownKeys(context, query, aggregateKeys, []);
  const where = parseRecords(context, entity, query, []);
  const groups: GroupKey[] = [];
  if (query["groupBy"] !== undefined)
    parseGroups(context, entity.byName, entity.name, query["groupBy"], [], [], ["groupBy"], groups);
  const conversions = new Map<number, ConversionPlan>();
  const measures = parseMeasures(context, entity, query["measures"], model, conversions);
  for (const measure of measures) {
    if (groups.some((group) => group.name[0] === measure.name))
      context.problem(["measures", measure.name], "is the name of a group too; choose another");
  }
  checkJoins(context, [...groups, ...measures], ["groupBy"]);
  checkCurrencies(context, measures, groups, { where: query["where"], measures: query["measures"] }, conversions);
  const having =
    query["having"] === undefined
      ? undefined
      : parseWhere(context, figureEntity(groups, measures), query["having"], ["having"]);
  const order = parseOrder(context, query["orderBy"], groups, measures);
  const limit = query["limit"] === undefined ? undefined : context.param(["limit"], readLimit, query["limit"]);
  return { plan: { entity, where, groups, measures, having, order, limit }, conversions };
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
