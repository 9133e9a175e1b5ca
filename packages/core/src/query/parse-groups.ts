/** What an aggregate groups by, from as written to the plan's keys. */

import { describe, didYouMean, isPlainObject, printable, type TimeBucket, timeZone } from "@kith/schema";
import type { FieldModel } from "../model/model.ts";
import type { BucketPlan, GroupKey } from "./ast.ts";
import type { ParseContext, Path } from "./parse-context.ts";
import { knownKeys } from "./parse-read.ts";

/** The keys under `groupBy`, at any depth. */
export function parseGroups(
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
