/** Finding the records that stand in the way of a change. */

import type { EntityModel, FieldModel, Offender } from "@kith/core";
import { describe, Invalid } from "@kith/schema";
import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import type { Sql } from "../dialect.ts";
import type { SqlSession } from "../driver.ts";
import type { FieldPlan } from "./fields.ts";
import { brokenChecks, columnValues, type PassRow, type PassTable, passOver } from "./pass.ts";
import { rowsOf } from "./query.ts";
import type { Task } from "./task.ts";

/** The records that stand in the way of one step: the first of them, and how many there are. */
export class Offenders {
  static readonly listed = 20;
  readonly first: Offender[] = [];
  count = 0;

  add(offender: Offender): void {
    this.count++;
    if (this.first.length < Offenders.listed) this.first.push(offender);
  }
}

/** Those of two kinds in one step. */
export function together(some: Offenders | undefined, others: Offenders | undefined): Offenders | undefined {
  if (!some || !others) return some ?? others;
  const all = new Offenders();
  for (const one of [...some.first, ...others.first]) all.add(one);
  all.count = some.count + others.count;
  return all;
}

/** What is to be looked for in one pass. */
export interface Search {
  /** Fields whose values are made or must be within new limits. */
  readonly fields: ReadonlySet<FieldPlan>;
  /** Sets of fields that must be unique, and of which one is made anew. */
  readonly uniques: readonly {
    readonly key: string;
    readonly fields: readonly FieldModel[];
    readonly columns: readonly string[];
  }[];
  /** Lookups that are made anew, with the full name of the table that their targets stand in now; undefined when it is not there. */
  readonly references: readonly {
    readonly key: string;
    readonly field: FieldModel;
    readonly column: string;
    readonly table: string | undefined;
  }[];
  /** Names of checks that are new or whose values are. */
  readonly checks: ReadonlySet<string>;
}

/** What was found, by what was looked for: a field's name, or a key that the search gave. */
export type Found = Map<string, Offenders>;

/** Goes over the records once. */
export function* searchRecords(
  context: SqlContext,
  session: SqlSession,
  table: PassTable,
  search: Search,
): Task<Found> {
  const { found, visit } = look(context, table, search);
  yield* passOver(context, session, table, search.fields, (rows) => visit(rows, session));
  return new Map([...found].filter(([, { count }]) => count > 0));
}

/** Looks at the records of a pass, batch by batch. */
export function look(
  context: SqlContext,
  table: Pick<PassTable, "entity">,
  search: Search,
): { readonly found: Found; readonly visit: (rows: readonly PassRow[], session: SqlSession) => Task<void> } {
  const found: Found = new Map();
  const at = (key: string) => {
    let offenders = found.get(key);
    if (!offenders) found.set(key, (offenders = new Offenders()));
    return offenders;
  };
  const seen = new Map(search.uniques.map(({ key }) => [key, new Map<string, string>()]));
  function* visit(rows: readonly PassRow[], session: SqlSession): Task<void> {
    for (const row of rows) {
      for (const { field, old } of search.fields) {
        const value = row.record[field.name];
        if (!(value instanceof Invalid)) continue;
        const was = old ? row.before[old.name] : null;
        const message = `${field.name} ${value.message}`;
        at(value.code === "REQUIRED" ? `required ${field.name}` : field.name).add({
          id: row.id,
          values: { [old?.name ?? field.name]: was ?? null },
          message,
        });
      }
      for (const unique of search.uniques) {
        const values = uniqueValues(unique, row);
        const keys = seen.get(unique.key) as Map<string, string>;
        const key = values && JSON.stringify(values);
        const other = key === undefined ? undefined : keys.get(key);
        if (key === undefined) continue;
        if (other === undefined) keys.set(key, row.id);
        else at(unique.key).add(duplicate(row.id, other, shown(unique.fields, row)));
      }
      for (const name of search.checks.size > 0 ? brokenChecks(table.entity, row) : []) {
        if (search.checks.has(name))
          at(`check ${name}`).add({ id: row.id, values: row.before, message: `breaks the check '${name}'` });
      }
    }
    for (const reference of search.references) yield* findOrphans(context, session, reference, rows, at(reference.key));
  }
  return { found, visit };
}

function uniqueValues({ fields, columns }: Search["uniques"][number], row: PassRow): unknown[] | undefined {
  const values: unknown[] = [];
  for (const field of fields) {
    const encoded = columnValues(field, row.record);
    if (!encoded) return undefined;
    for (const [i, { name }] of field.columns.entries()) if (columns.includes(name)) values.push(encoded[i]);
  }
  return values.includes(null) ? undefined : values;
}

const shown = (fields: readonly FieldModel[], { record }: PassRow) =>
  Object.fromEntries(fields.map(({ name }) => [name, record[name] ?? null]));

function duplicate(id: string, other: string, values: Readonly<Record<string, unknown>>): Offender {
  const told = Object.entries(values).map(([name, value]) => `${name} ${describe(value)}`);
  return { id, values, message: `has the same ${told.join(", ")} as record ${other}` };
}

function* findOrphans(
  context: SqlContext,
  session: SqlSession,
  { field, column, table }: Search["references"][number],
  rows: readonly PassRow[],
  offenders: Offenders,
): Task<void> {
  const owner =
    [...(field.parts?.values() ?? [field])].find((part) => part.columns.some(({ name }) => name === column)) ?? field;
  const idOf = (row: PassRow): string | undefined => {
    const whole = row.record[field.name];
    const record =
      owner === field ? row.record : ((whole instanceof Invalid ? null : whole) as Record<string, unknown> | null);
    const value = record?.[owner.name];
    return typeof value === "string" ? value : undefined;
  };
  const ids = new Set(rows.map(idOf).filter((id) => id !== undefined));
  if (ids.size === 0) return;
  const there = table === undefined ? [] : yield* rowsOf(context, session, existing(context, table, [...ids]));
  const known = new Set(there.map((row) => String(row[0])));
  for (const row of rows) {
    const id = idOf(row);
    // A record may look up to itself; ids stay.
    if (id !== undefined && !known.has(id))
      offenders.add({
        id: row.id,
        values: { [field.name]: id },
        message: `${field.name} names ${id}, which is not there`,
      });
  }
}

function existing({ dialect }: SqlContext, table: string, ids: readonly string[]): Sql {
  return sql`select ${sql.ref("id")} from ${sql.table(table)} where ${dialect.among(sql.ref("id"), dialect.bindList(ids, "uuid"), "uuid")}`;
}

/** Records that share values with others, in columns that are there. */
export function* duplicates(
  context: SqlContext,
  session: SqlSession,
  table: string,
  columns: readonly string[],
): Task<Offenders> {
  const offenders = new Offenders();
  const names = columns.map((column) => sql.ref(column));
  const present = sql.join(
    names.map((name) => sql`${name} is not null`),
    sql` and `,
  );
  const groups = sql`select ${sql.join(names)} from ${sql.table(table)} where ${present} group by ${sql.join(names)} having count(*) > 1`;
  const same = sql.join(
    columns.map((column) => sql`${sql.ref(`t.${column}`)} = ${sql.ref(`g.${column}`)}`),
    sql` and `,
  );
  const rows = yield* rowsOf(
    context,
    session,
    sql`select ${sql.ref("t.id")}, ${sql.join(columns.map((column) => sql.ref(`t.${column}`)))} from ${sql.table(table)} as ${sql.ref("t")}
      join (${groups}) as ${sql.ref("g")} on ${same} order by ${sql.join(columns.map((column) => sql.ref(`t.${column}`)))}, ${sql.ref("t.id")} limit 1001`,
  );
  let last = "";
  let first = "";
  for (const [id, ...values] of rows) {
    const key = JSON.stringify(values.map(String));
    if (key === last) {
      const told = Object.fromEntries(columns.map((column, i) => [column, plain(values[i])]));
      offenders.add(duplicate(String(id), first, told));
    } else first = String(id);
    last = key;
  }
  return offenders;
}

/** Records whose column names a record that is not in a table; `target` is undefined when the table is not there. */
export function* orphans(
  context: SqlContext,
  session: SqlSession,
  table: string,
  column: string,
  target: string | undefined,
): Task<Offenders> {
  const name = sql.ref(`t.${column}`);
  const missing =
    target === undefined
      ? sql``
      : sql` and not exists (select 1 from ${sql.table(target)} as ${sql.ref("o")} where ${sql.ref("o.id")} = ${name})`;
  return yield* listed(
    context,
    session,
    table,
    column,
    sql`${name} is not null${missing}`,
    (value) => `${column} names ${String(value)}, which is not there`,
  );
}

/** Records without a value in any of the columns of a field. */
export function* withoutValue(
  context: SqlContext,
  session: SqlSession,
  table: string,
  columns: readonly string[],
  field: string,
): Task<Offenders> {
  const empty = columns.map((column) => sql`${sql.ref(`t.${column}`)} is null`);
  return yield* listed(
    context,
    session,
    table,
    columns[0] as string,
    sql.join(empty, sql` and `),
    () => `${field} is required, and has no value`,
  );
}

/** The records of a table, none of which has a value for a field that is new; `count` of them. */
export function* everyRecord(
  context: SqlContext,
  session: SqlSession,
  table: string,
  field: string,
  count: number,
): Task<Offenders> {
  const offenders = new Offenders();
  const id = sql.ref("id");
  const first = sql`select ${id} from ${sql.table(table)} order by ${id} limit ${sql.lit(Offenders.listed)}`;
  for (const [one] of yield* rowsOf(context, session, first)) {
    const message = `${field} is required, and there is nothing to fill it with`;
    offenders.add({ id: String(one), values: { [field]: null }, message });
  }
  offenders.count = count;
  return offenders;
}

function* listed(
  context: SqlContext,
  session: SqlSession,
  table: string,
  column: string,
  condition: Sql,
  message: (value: unknown) => string,
): Task<Offenders> {
  const offenders = new Offenders();
  const from = sql`from ${sql.table(table)} as ${sql.ref("t")} where ${condition}`;
  const [row] = yield* rowsOf(context, session, sql`select count(*) ${from}`);
  const count = Number(row?.[0]);
  if (count === 0) return offenders;
  const rows = yield* rowsOf(
    context,
    session,
    sql`select ${sql.ref("t.id")}, ${sql.ref(`t.${column}`)} ${from} order by ${sql.ref("t.id")} limit ${sql.lit(Offenders.listed)}`,
  );
  for (const [id, value] of rows)
    offenders.add({ id: String(id), values: { [column]: plain(value) }, message: message(value) });
  offenders.count = count;
  return offenders;
}

const plain = (value: unknown) => (typeof value === "bigint" ? String(value) : (value ?? null));

/** How many records a table has. */
export function* countRows(context: SqlContext, session: SqlSession, table: string): Task<number> {
  const [row] = yield* rowsOf(context, session, sql`select count(*) from ${sql.table(table)}`);
  return Number(row?.[0]);
}

/** The entity whose records these are, for messages. */
export type OffenderOwner = Pick<EntityModel, "name">;
