/** What faults are made of. */

import type { BucketPlan, Condition, FieldModel, GroupKey, OrderKey, ReadPlan } from "@kith/core";
import { compareCodePoints, type FieldType, type Operator, toUnits } from "@kith/schema";
import type { Rewrites } from "./rewrite.ts";

/** A condition by an operator. */
export type Test = Extract<Condition, { kind: "test" }>;

/** Changes the operators that go by one of these words. */
export function operator(
  words: readonly string[],
  change: (operator: Operator, test: Test) => Partial<Operator>,
): Rewrites {
  return {
    condition: (condition) =>
      condition.kind === "test" && words.includes(condition.word)
        ? { ...condition, operator: { ...condition.operator, ...change(condition.operator, condition) } }
        : condition,
  };
}

/** What the operator of another word does. */
export const other = (test: Test, word: string): Partial<Operator> => test.field.operators[word] ?? {};
/** What every record meets. */
export const always: Condition = { kind: "all", of: [] };

/** Sorts fields of some kinds as the text that they are. */
export function asText(kinds: readonly string[]): (key: OrderKey) => OrderKey {
  return (key) =>
    kinds.includes(key.field.type.kind) ? { ...key, field: retyped(key.field, { compare: compareCodePoints }) } : key;
}

/** A field whose type says something else. */
export function retyped(field: FieldModel, change: Partial<FieldType>): FieldModel {
  return { ...field, type: { ...field.type, ...change } };
}

/** Keeps the first so many included rows over all parents, not for each. */
export function limitAcrossParents(
  rows: readonly Record<string, unknown>[],
  plan: ReadPlan,
  params: readonly unknown[],
): void {
  for (const { name, many, plan: inner } of plan.includes) {
    if (!many || inner.limit === undefined) continue;
    let left = params[inner.limit] as number;
    for (const row of rows) {
      const own = row[name] as unknown[];
      row[name] = own.slice(0, left);
      left -= Math.min(left, own.length);
    }
  }
}

/** Puts rows without a value of the first sort key, which is descending, before all others. */
export function nullsFirst(rows: Record<string, unknown>[], { order, fields }: ReadPlan): Record<string, unknown>[] {
  const [key] = order;
  if (key?.direction !== "desc" || key.path.length > 0 || !fields.includes(key.field)) return rows;
  const missing = (row: Record<string, unknown>) => row[key.field.name] === null;
  return [...rows.filter(missing), ...rows.filter((row) => !missing(row))];
}

/** Changes the exact figures of an aggregate. */
export function figures(
  fn: "sum" | "avg",
  change: (text: string, scale: number) => string,
): NonNullable<Rewrites["groups"]> {
  return (rows, plan) =>
    rows.map((row) =>
      row.map((value, i) => {
        const measure = plan.measures[i - plan.groups.length];
        const exact = measure?.fn === fn && measure.field?.type.measure === "exact" && typeof value === "string";
        return exact ? change(value, measure.field?.type.scale?.(measure.field.def) ?? 0) : value;
      }),
    );
}

/** What LIKE does with a pattern that nobody escaped. */
export function like(pattern: string): RegExp {
  return new RegExp(
    pattern
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("_", ".")
      .replaceAll("%", ".*"),
    "isu",
  );
}

/** The record that a cursor stands at. */
export function same(after: Extract<Condition, { kind: "after" }>): Condition {
  const of = after.order.map((key, i): Condition => {
    const place = after.place[i];
    const operator = key.field.operators["eq"];
    if (key.path.length > 0 || place === undefined || !operator) return { kind: "any", of: [] };
    return place === "null"
      ? { kind: "null", field: key.field }
      : { kind: "test", field: key.field, operator, word: "eq", param: place.param };
  });
  return { kind: "all", of };
}

/** The field with one digit more after the point, so that an average shows what rounding would do. */
export function finer(field: FieldModel): FieldModel {
  const scale = field.type.scale?.(field.def) ?? 0;
  const encode = (value: string) => {
    const units = toUnits(value, scale);
    return ["units" in units ? `${units.units}0` : "0"];
  };
  return retyped(field, { scale: () => scale + 1, encode });
}

/** A group by another span of time, if it is by one. */
export function otherBucket(group: GroupKey, change: (bucket: BucketPlan) => Partial<BucketPlan>): GroupKey {
  return group.bucket ? { ...group, bucket: { ...group.bucket, ...change(group.bucket) } } : group;
}
