/**
 * What can be done to a table while others go on writing it with the old model: new columns beside the old ones, indexes, and constraints that are enforced
 * for new rows first and looked into for the others later. All of it has names of its own, so that it can be taken away again.
 */

import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import type { Sql } from "../dialect.ts";
import { stagedPrefix } from "../names.ts";
import { isOwn, sameIndex } from "./compare.ts";
import { createIndex, tellCheck } from "./ddl.ts";
import type { ColumnSpec } from "./desired.ts";
import { type Operation, operation } from "./operations.ts";
import type { TablePlan } from "./table-plan.ts";

/** What is done ahead, in this order. */
export interface Ahead {
  /** Quick, in one transaction. */
  readonly begin: readonly Operation[];
  /** Indexes, each with what takes an unfinished one away. */
  readonly indexes: readonly { readonly create: Operation; readonly drop: Operation }[];
  /** Long, and in nobody's way. */
  readonly validate: readonly Operation[];
}

/** Gives names that nothing else has. */
export type NewName = () => string;

/** What is done ahead to a table; `targetNow` gives the table of an entity as it is called now. */
export function aheadOf(
  context: SqlContext,
  plan: TablePlan,
  targetNow: (entity: string) => string | undefined,
  newName: NewName,
): Ahead {
  const names = new Map(
    plan.fields.flatMap(({ columns }) => columns.map((one) => [one.spec.name, one.now ?? one.from])),
  );
  const nameNow = (column: string) => names.get(column) ?? column;
  const table = context.at(plan.db.name);
  const alter = sql`alter table ${sql.table(table)}`;
  const held = constraints(context, plan, nameNow, targetNow).map((one) => ({ ...one, name: newName() }));
  return {
    begin: [
      ...plan.adds.map((column) => operation(context, sql`${alter} add column ${columnSql(context, plan, column)}`)),
      ...held.flatMap(({ name, text, check }) => [
        operation(context, sql`${alter} add constraint ${sql.id(name)} ${text} not valid`),
        ...(check === undefined ? [] : tellCheck(context, table, name, check)),
      ]),
    ],
    indexes: indexes(context, plan, nameNow, newName),
    validate: held.map(({ name }) => operation(context, sql`${alter} validate constraint ${sql.id(name)}`)),
  };
}

/** A column whose records all get one value is filled by its default, which costs nothing, and serves those that are written meanwhile. */
function columnSql({ dialect }: SqlContext, { given }: TablePlan, { name, type }: ColumnSpec): Sql {
  const value = given.get(name);
  const fallback = value === undefined ? sql`` : sql` default ${sql.lit(String(value))}`;
  return sql`${sql.ref(name)} ${sql.raw(dialect.columns[type].sqlType)}${fallback}`;
}

interface Held {
  readonly text: Sql;
  /** What a check says, for comparing. */
  readonly check?: string;
}

function constraints(
  context: SqlContext,
  plan: TablePlan,
  nameNow: (column: string) => string,
  targetNow: (entity: string) => string | undefined,
): Held[] {
  const { spec, db, given } = plan;
  const there = new Map(db.columns.map((column) => [column.name, column]));
  const held: Held[] = [];
  for (const { name, required, references } of spec.columns) {
    const now = nameNow(name);
    const column = there.get(now);
    const filled = column ? !column.notNull : given.has(now);
    // Others may still write records without a value into what they do not know.
    if (required && name !== "id" && filled) held.push({ text: sql`check (${sql.ref(now)} is not null)` });
    const target = references === undefined ? undefined : targetNow(references);
    const isHeld = db.references.some((one) => one.column === now && one.table === target && one.to === "id");
    if (target === undefined || isHeld) continue;
    const to = sql.table(context.at(target));
    held.push({ text: sql`foreign key (${sql.ref(now)}) references ${to} (${sql.ref("id")}) on delete no action` });
  }
  const known = new Map(db.checks.map((check) => [check.name, check.sql]));
  for (const { name, sql: text } of spec.checks ?? []) {
    if (known.get(context.own(name)) === text) continue;
    // What it looks at has another name as yet, or none.
    const later = spec.columns.some(
      (column) => nameNow(column.name) !== column.name && text.includes(`"${column.name}"`),
    );
    if (!later) held.push({ text: sql`check (${sql.raw(text)})`, check: text });
  }
  return held;
}

function indexes(
  context: SqlContext,
  { spec, db }: TablePlan,
  nameNow: (column: string) => string,
  newName: NewName,
): Ahead["indexes"] {
  const columns = spec.columns.map((column) => ({ ...column, name: nameNow(column.name) }));
  const own = db.indexes.filter(({ name }) => isOwn(context, name));
  return spec.indexes.flatMap((index) => {
    const wanted = { ...index, columns: index.columns.map(nameNow) };
    if (own.some((one) => sameIndex(context, one, wanted, { columns }))) return [];
    const name = newName();
    const create = createIndex(context, context.at(db.name), { ...wanted, name }, { columns }, true);
    return [{ create, drop: operation(context, sql`drop index if exists ${sql.table(context.at(name))}`) }];
  });
}

/** Makes names of what is done ahead. */
export function newNames({ own }: SqlContext): NewName {
  let made = 0;
  return () => own(`${stagedPrefix}${++made}`);
}
