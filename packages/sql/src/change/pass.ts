/** Going over the records of a table once: what is wrong with them, and what their fields become. */

import { conversionOf, type EntityModel, evaluate, type FieldModel, type MaybePromise, XrmError } from "@kith/core";
import { encodeValue, Invalid } from "@kith/schema";
import { sql } from "kysely";
import { columnsOf, type FieldReader, fieldReader, valueColumns } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import type { Sql } from "../dialect.ts";
import type { SqlSession } from "../driver.ts";
import type { FieldPlan } from "./fields.ts";
import { rowsOf } from "./query.ts";
import { runTask, type Task, wait } from "./task.ts";

/** Records that are read together. */
const batchSize = 1_000;

/** What a pass needs to know of a table. */
export interface PassTable {
  readonly entity: EntityModel;
  /** Its full name now. */
  readonly table: string;
  readonly fields: readonly FieldPlan[];
  /** The name that a column has now, by the name that it had when the plan was made. */
  readonly columnNow: (name: string) => string;
  /** The value of the next number of a counter, at an instant. */
  readonly number: (field: FieldModel, record: Readonly<Record<string, unknown>>) => unknown;
}

/** A record on its way. */
export interface PassRow {
  readonly id: string;
  /** As it will be: values by field. What is wrong is an {@link Invalid}. */
  readonly record: Readonly<Record<string, unknown>>;
  /** As it was, for messages. */
  readonly before: Readonly<Record<string, unknown>>;
}

/** Runs work in a transaction of its own. */
export type Apart = <T>(work: (session: SqlSession) => MaybePromise<T>) => MaybePromise<T>;

/** Which records a pass goes over, and how. */
export interface PassWay {
  /** Leaves records out. */
  readonly where?: Sql;
  /** Runs each batch in a transaction of its own, which keeps others from writing its records. */
  readonly apart?: Apart;
}

/** Reads all records in batches and makes their new values; `wanted` are the fields to make, the others are there as they are. */
export function* passOver(
  context: SqlContext,
  session: SqlSession,
  table: PassTable,
  wanted: ReadonlySet<FieldPlan>,
  visit: (rows: readonly PassRow[], session: SqlSession) => Task<void>,
  { where, apart }: PassWay = {},
): Task<void> {
  const columns: Sql[] = [sql.ref("id")];
  const readers = new Map<FieldPlan, FieldReader>();
  for (const plan of table.fields) {
    // What is copied reads as the new declaration says: its columns have that form already.
    const model = plan.mode === "copy" ? plan.field : plan.old?.model;
    const held = plan.old?.model;
    if (!model || !held) continue;
    const names = valueColumns(held).map(({ name }) => name);
    const at = valueColumns(model).map((column, i) => {
      const name = sql.ref(table.columnNow(names[i] as string));
      const { select } = context.dialect.columns[column.type];
      return columns.push(select ? select(name) : name) - 1;
    });
    readers.set(plan, fieldReader(context.dialect, model, at));
  }
  const makers = table.fields.map((plan) => maker(plan, readers.get(plan), wanted.has(plan)));
  makers.sort((a, b) => Number(a.last) - Number(b.last));
  const from = sql.table(table.table);
  const held = apart ? sql` for update` : sql``;
  let after: unknown;
  function* batch(line: SqlSession): Task<boolean> {
    const conditions = [
      ...(after === undefined ? [] : [sql`${sql.ref("id")} > ${after}`]),
      ...(where ? [sql`(${where})`] : []),
    ];
    const chosen = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
    const rows = yield* rowsOf(
      context,
      line,
      sql`select ${sql.join(columns)} from ${from} ${chosen} order by ${sql.ref("id")} limit ${sql.lit(batchSize)}${held}`,
    );
    const made: PassRow[] = [];
    for (const row of rows) {
      const record: Record<string, unknown> = {};
      const before: Record<string, unknown> = {};
      for (const one of makers) {
        const old = one.read(row);
        if (one.plan.old) before[one.plan.old.name] = old;
        const value = one.make(old, record);
        record[one.plan.field.name] = value === asNumber ? table.number(one.plan.field, record) : value;
      }
      made.push({ id: String(row[0]), record, before });
    }
    if (made.length > 0) yield* visit(made, line);
    after = rows.at(-1)?.[0];
    return rows.length === batchSize;
  }
  for (;;) {
    const more = apart ? yield* wait(apart((line) => runTask(batch(line)))) : yield* batch(session);
    if (!more) return;
  }
}

const asNumber = Symbol("number");

interface Maker {
  readonly plan: FieldPlan;
  /** Made from what the others give. */
  readonly last: boolean;
  readonly read: (row: readonly unknown[]) => unknown;
  readonly make: (old: unknown, record: Readonly<Record<string, unknown>>) => unknown;
}

function maker(plan: FieldPlan, reader: FieldReader | undefined, wanted: boolean): Maker {
  const { field, filler, conversion } = plan;
  const read = reader ? reader.read : () => null;
  const derived = field.type.derive !== undefined;
  if (!wanted) return { plan, last: false, read, make: (old) => old };
  const own = conversionOf(field, field).convert;
  const given = (record: Readonly<Record<string, unknown>>): unknown => {
    if (!filler) return null;
    if (filler.kind === "number") return asNumber;
    const value = filler.kind === "value" ? filler.value : made(field, filler.make, record);
    return value === null || value === undefined ? null : own(value);
  };
  const fills = derived || plan.lacking || (plan.mode === "add" && filler?.kind === "number");
  const make = (old: unknown, record: Readonly<Record<string, unknown>>): unknown => {
    if (derived) return given(record);
    if (old !== null && old !== undefined) return conversion ? conversion.convert(old) : old;
    const value = fills ? given(record) : null;
    return value === null && field.required ? new Invalid("REQUIRED", "is required, and has no value") : value;
  };
  return { plan, last: derived || filler?.kind === "each" || filler?.kind === "number", read, make };
}

/** What a function of the application's gives for a record. */
function made(
  field: FieldModel,
  make: (record: Readonly<Record<string, unknown>>) => unknown,
  record: Readonly<Record<string, unknown>>,
): unknown {
  try {
    return make(record);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new XrmError(
      "INVALID_RECORD",
      `The function that fills '${field.entity}.${field.name}' failed: ${why}. Nothing was changed.`,
      { entity: field.entity, field: field.name, cause },
    );
  }
}

/** The column values of a field of a record; undefined where it has none. */
export function columnValues(
  field: FieldModel,
  record: Readonly<Record<string, unknown>>,
): readonly unknown[] | undefined {
  const value = record[field.name];
  if (value === null || value === undefined || value instanceof Invalid) return undefined;
  return field.parts ? undefined : encodeValue(field.type, value, field.def);
}

/** What a record breaks of the entity's checks. */
export function brokenChecks(entity: EntityModel, { record }: PassRow): readonly string[] {
  if (Object.values(record).some((value) => value instanceof Invalid)) return [];
  return entity.checks.filter((check) => !evaluate(check.condition, record, check.params)).map(({ name }) => name);
}

/** How many columns a field has. */
export const widthOf = (field: FieldModel): number => columnsOf(field).length;
