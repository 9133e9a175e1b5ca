/** Reading records: which, in which order, with what along. */

import type { Condition, EntityModel, FieldModel, IncludePlan, ReadPlan, ReadResult } from "@kith/core";
import { copyJson, type SearchWord } from "@kith/schema";
import { meets } from "./condition.ts";
import type { Rec } from "./copy.ts";
import { sorted } from "./order.ts";
import type { Reader } from "./reader.ts";
import { pointsOf } from "./search.ts";

/** The rows of a plan, and the place of the last one when more follow. */
export function read(reader: Reader, plan: ReadPlan): ReadResult {
  const found = inOrder(reader, plan, matching(reader, plan.entity, plan.where));
  const shown = limited(reader, plan, found);
  const last = shown.at(-1);
  const next =
    plan.page && last && found.length > shown.length
      ? plan.order.map(({ path, field }) => copyJson(reader.valueAlong(last, path, field)))
      : null;
  const rows = shown.map((row) => shape(reader, plan, row));
  return plan.ranked === undefined
    ? { rows, next }
    : { rows, next, points: shown.map((row) => points(reader, plan, row)) };
}

/** The records of an entity that meet a condition. */
export function matching(reader: Reader, entity: EntityModel, where: Condition | undefined): Rec[] {
  const id = wantedId(reader, where);
  const one = id === undefined ? undefined : reader.state.row(entity, id);
  const candidates = id === undefined ? reader.state.rows(entity) : one ? [one] : [];
  return where ? candidates.filter((row) => meets(reader, where, row)) : candidates;
}

/** Records in a plan's order: the best finds first where it says so. */
function inOrder(reader: Reader, plan: ReadPlan, rows: readonly Rec[]): Rec[] {
  const found = sorted(reader, rows, plan.order);
  if (plan.ranked === undefined) return found;
  const ranks = new Map(found.map((row) => [row, points(reader, plan, row)]));
  return found.sort((a, b) => (ranks.get(b) as number) - (ranks.get(a) as number));
}

function points(reader: Reader, plan: ReadPlan, row: Rec): number {
  return pointsOf(plan.entity, row, reader.params[plan.ranked as number] as readonly SearchWord[]);
}

/** The id that a condition demands, if it does: the one shortcut, so that `get` need not look at every record. */
function wantedId(reader: Reader, where: Condition | undefined): string | undefined {
  if (where?.kind === "all") {
    for (const part of where.of) {
      const id = wantedId(reader, part);
      if (id !== undefined) return id;
    }
  }
  const byId = where?.kind === "test" && where.word === "eq" && where.field.system && where.field.name === "id";
  return byId ? String(reader.params[where.param]) : undefined;
}

function limited(reader: Reader, plan: ReadPlan, rows: Rec[]): Rec[] {
  return plan.limit === undefined ? rows : rows.slice(0, reader.params[plan.limit] as number);
}

/** A record as a plan shows it: a fresh copy of its fields, then its includes. */
function shape(reader: Reader, plan: ReadPlan, row: Rec): Record<string, unknown> {
  reader.visit();
  const shown: Record<string, unknown> = {};
  for (const field of plan.fields) shown[field.name] = copyJson(reader.value(row, field));
  for (const include of plan.includes) {
    const { name, field, of } = include;
    if (!of) shown[name] = included(reader, include, row);
    else {
      const reference = (shown[name] ??= referenceIn(reader, row, of)) as Reference | null;
      if (reference && reader.value(row, field) !== null) reference.record = included(reader, include, row);
    }
  }
  return shown;
}

interface Reference {
  record: unknown;
}

/** Where a lookup to one of several entities leads, its record not yet looked for. */
function referenceIn(reader: Reader, row: Rec, lookup: FieldModel): Reference | null {
  const value = reader.value(row, lookup);
  return value === null ? null : { ...(copyJson(value) as object), record: null };
}

function included(reader: Reader, { field, many, plan }: IncludePlan, row: Rec): unknown {
  const fits = (other: Rec) => plan.where === undefined || meets(reader, plan.where, other);
  if (!many) {
    const target = reader.one(row, field);
    return target && fits(target) ? shape(reader, plan, target) : null;
  }
  const found = inOrder(reader, plan, reader.many(row, field).filter(fits));
  return limited(reader, plan, found).map((other) => shape(reader, plan, other));
}
