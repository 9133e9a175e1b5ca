/** Statements that make tables. */

import { type ColumnDefinitionBuilder, type CreateTableBuilder, sql } from "kysely";
import type { SqlContext } from "../context.ts";
import type { Sql } from "../dialect.ts";
import { foreignKeyName, journalTable, metaTable, sequenceTable } from "../names.ts";
import { createSearch } from "../search.ts";
import type { CheckSpec, ColumnSpec, IndexSpec, TableSpec } from "./desired.ts";
import type { DbColumn } from "./introspect.ts";
import { built, command, type Operation, operation } from "./operations.ts";

/** Gives the stored name of an entity's table, without the prefix. */
export type TableOf = (entity: string) => string;

/** What makes a table of an entity, and its indexes. */
export function createTable(context: SqlContext, spec: TableSpec, tableOf: TableOf): Operation[] {
  const table = context.table(spec);
  return [
    bareTable(context, table, spec, [], tableOf),
    ...(spec.checks ?? []).flatMap(({ name, sql: text }) => tellCheck(context, table, context.own(name), text)),
    ...spec.indexes.map((index) => createIndex(context, table, index, spec)),
    ...(spec.search ? createSearch(context, spec.table, spec.search) : []).map(({ sql: text }) => command(text)),
  ];
}

/** What makes a table without indexes, under a name of its own; `kept` are columns that no field has. */
export function bareTable(
  context: SqlContext,
  table: string,
  spec: Pick<TableSpec, "columns" | "checks">,
  kept: readonly DbColumn[],
  tableOf: TableOf,
): Operation {
  let create: CreateTableBuilder<any, any> = context.db.schema.createTable(table);
  const { rowKey } = context.dialect;
  if (rowKey) create = create.addColumn(rowKey.name, sql.raw(rowKey.sqlType) as never, (column) => column.primaryKey());
  for (const column of spec.columns) create = addColumn(context, create, column, tableOf);
  for (const { name, type, notNull, default: fallback } of kept) {
    create = create.addColumn(name, sql.raw(type) as never, (column) => {
      const plain = fallback === undefined ? column : column.defaultTo(sql.raw(fallback));
      return notNull ? plain.notNull() : plain;
    });
  }
  for (const check of spec.checks ?? [])
    create = create.addCheckConstraint(context.own(check.name), sql.raw(check.sql));
  return built(ended(context, create));
}

function addColumn(
  context: SqlContext,
  create: CreateTableBuilder<any, any>,
  spec: ColumnSpec,
  tableOf: TableOf,
): CreateTableBuilder<any, any> {
  const { name, type, required, references } = spec;
  return create.addColumn(name, sql.raw(context.dialect.columns[type].sqlType) as never, (column) => {
    const held = name === "id" ? keyed(context, column).notNull() : required ? column.notNull() : column;
    if (references === undefined) return held;
    if (context.dialect.foreignKeysLater) return held;
    return held.references(`${context.table({ table: tableOf(references) })}.id`).onDelete("no action");
  });
}

/** What adds the foreign keys of a new table when all tables are there, where a table cannot be made with them before. */
export function addForeignKeys(context: SqlContext, spec: TableSpec, tableOf: TableOf): Operation[] {
  const { dialect, own, table } = context;
  if (!dialect.foreignKeysLater) return [];
  return spec.columns.flatMap(({ name, references }) => {
    if (references === undefined) return [];
    const key = addForeignKey(own(foreignKeyName(spec.table, name)), name, table({ table: tableOf(references) }));
    return [operation(context, sql`alter table ${sql.table(table(spec))} ${key}`)];
  });
}

/** The part of a statement that adds a foreign key. */
export function addForeignKey(name: string, column: string, target: string): Sql {
  return sql`add constraint ${sql.id(name)} foreign key (${sql.ref(column)}) references ${sql.table(target)} (${sql.ref("id")}) on delete no action`;
}

/** What adds a check to a table that is there. */
export function addCheck(context: SqlContext, table: string, check: CheckSpec): Operation[] {
  const { name, sql: text } = check;
  const add = sql`alter table ${sql.table(table)} add constraint ${sql.id(context.own(name))} check (${sql.raw(text)})`;
  return [operation(context, add), ...tellCheck(context, table, context.own(name), text)];
}

/** Where a database spells a check in its own way, what it was made from stands in a comment, so that it can be compared. */
export function tellCheck(context: SqlContext, table: string, name: string, text: string): Operation[] {
  if (!context.dialect.alters) return [];
  const constraint = sql`constraint ${sql.id(name)} on ${sql.table(table)}`;
  return [operation(context, sql`comment on ${constraint} is ${sql.lit(text)}`)];
}

function keyed({ dialect }: SqlContext, column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return dialect.rowKey ? column.unique() : column.primaryKey();
}

/** What adds a column, empty. */
export function addEmptyColumn(context: SqlContext, table: string, spec: ColumnSpec, tableOf: TableOf): Operation {
  const { name, type, references } = spec;
  const sqlType = sql.raw(context.dialect.columns[type].sqlType) as never;
  return built(
    context.db.schema
      .alterTable(table)
      .addColumn(name, sqlType, (column) =>
        references === undefined
          ? column
          : column.references(`${context.table({ table: tableOf(references) })}.id`).onDelete("no action"),
      ),
  );
}

/** What makes an index; `concurrently` while others write. */
export function createIndex(
  context: SqlContext,
  table: string,
  { name, columns, unique }: IndexSpec,
  { columns: all }: Pick<TableSpec, "columns">,
  concurrently = false,
): Operation {
  const { own, dialect } = context;
  const nullable = new Set(all.filter((column) => column.name !== "id" && !column.required).map((one) => one.name));
  // An index serves an order only when its nulls stand where the order has them.
  const keys = columns.map((column) =>
    nullable.has(column) && !dialect.nullsSmallest ? sql`${sql.ref(column)} nulls first` : sql.ref(column),
  );
  const create = sql.raw(`create${unique ? " unique" : ""} index${concurrently ? " concurrently" : ""}`);
  return operation(context, sql`${create} ${sql.id(own(name))} on ${sql.table(table)} (${sql.join(keys)})`);
}

/** What makes Kith's own tables. */
export function createOwnTables(context: SqlContext): Operation[] {
  const { db, dialect, own } = context;
  const text = sql.raw(dialect.columns.text.sqlType) as never;
  const integer = sql.raw(dialect.columns.bigint.sqlType) as never;
  const meta = db.schema
    .createTable(own(metaTable))
    .ifNotExists()
    .addColumn("key", text, (column) => column.primaryKey().notNull())
    .addColumn("value", text, (column) => column.notNull());
  const sequence = db.schema
    .createTable(own(sequenceTable))
    .ifNotExists()
    .addColumn("name", text, (column) => column.primaryKey().notNull())
    .addColumn("value", integer, (column) => column.notNull());
  const journal = db.schema
    .createTable(own(journalTable))
    .ifNotExists()
    .addColumn("id", text, (column) => column.primaryKey().notNull())
    .addColumn("begun_at", text, (column) => column.notNull())
    .addColumn("ended_at", text)
    .addColumn("entry", text, (column) => column.notNull());
  return [meta, sequence, journal].map((table) => built(ended(context, table)));
}

function ended({ dialect }: SqlContext, create: CreateTableBuilder<any, any>): CreateTableBuilder<any, any> {
  return dialect.tableEnd ? create.modifyEnd(dialect.tableEnd) : create;
}
