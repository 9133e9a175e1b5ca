/** Questions about many records at once. */

import { type AggregatePlan, type GroupKey, havingTest, type MeasurePlan } from "@kith/core";
import { bucketLabel, canonicalText, compareBuckets, copyJson, localDay } from "@kith/schema";
import type { Rec } from "./copy.ts";
import { Beyond, compareMeasures, measure } from "./measure.ts";
import { compareAlong, compareNullable, directed } from "./order.ts";
import { matching } from "./read.ts";
import type { Reader } from "./reader.ts";

/** One row per group: the group's values, then the measures. */
export function aggregate(reader: Reader, plan: AggregatePlan): unknown[][] {
  const groups = new Map<string, { readonly key: unknown[]; readonly rows: Rec[] }>();
  if (plan.groups.length === 0) groups.set("[]", { key: [], rows: [] });
  for (const row of matching(reader, plan.entity, plan.where)) {
    const key = plan.groups.map((group) => groupValue(reader, group, row));
    const text = canonicalText(key);
    const group = groups.get(text);
    if (group) group.rows.push(row);
    else groups.set(text, { key, rows: [row] });
  }
  const having = havingTest(plan);
  const answer = [...groups.values()]
    .map(({ key, rows }) => [...key, ...plan.measures.map((figure) => measure(reader, figure, rows))])
    .filter((row) => !having || having(row.map(comparable), reader.params));
  answer.sort((a, b) => compareRows(plan, a, b));
  const shown = plan.limit === undefined ? answer : answer.slice(0, reader.params[plan.limit] as number);
  return shown.map((row) => row.map(given));
}

/** A value that filters can compare: of a figure that no number can hold, its size. */
function comparable(value: unknown): unknown {
  return value instanceof Beyond ? value.figure : value;
}

/** A value of the answer, unless no number can hold it. */
function given(value: unknown): unknown {
  if (value instanceof Beyond) throw value.error;
  return copyJson(value);
}

function groupValue(reader: Reader, { path, field, bucket }: GroupKey, row: Rec): unknown {
  const value = reader.valueAlong(row, path, field);
  if (value === null || bucket === undefined) return value;
  const day = bucket.zone ? localDay(String(value), bucket.zone) : String(value);
  return bucketLabel(day, bucket.bucket, bucket.fiscalYearStart);
}

function compareRows(plan: AggregatePlan, a: readonly unknown[], b: readonly unknown[]): number {
  for (const { by, index, direction } of plan.order) {
    const at = by === "group" ? index : plan.groups.length + index;
    const difference =
      by === "group"
        ? compareGroups(plan.groups[index] as GroupKey, a[at], b[at])
        : compareMeasures(plan.measures[index] as MeasurePlan, a[at], b[at]);
    if (difference !== 0) return directed(direction, difference);
  }
  return 0;
}

function compareGroups({ field, bucket }: GroupKey, a: unknown, b: unknown): number {
  if (bucket === undefined) return compareAlong(field, a, b);
  return compareNullable(a, b, (x, y) => compareBuckets(String(x), String(y)));
}
