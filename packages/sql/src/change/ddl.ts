/** Statements that make tables. */

import { type ColumnDefinitionBuilder, type CreateTableBuilder, sql } from "kysely";
import type { SqlContext } from "../context.ts";
import { journalTable, metaTable, sequenceTable } from "../names.ts";
import { createSearch } from "../search.ts";
import type { ColumnSpec, IndexSpec, TableSpec } from "./desired.ts";
import type { DbColumn } from "./introspect.ts";
import { built, command, type Operation } from "./operations.ts";

/** Gives the stored name of an entity's table, without the prefix. */
export type TableOf = (entity: string) => string;

/** What makes a table of an entity, and its indexes. */
export function createTable(context: SqlContext, spec: TableSpec, tableOf: TableOf): Operation[] {
  const table = context.table(spec);
  return [
    bareTable(context, table, spec, [], tableOf),
    ...spec.indexes.map((index) => createIndex(context, table, index)),
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
    return held.references(`${context.table({ table: tableOf(references) })}.id`).onDelete("no action");
  });
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

/** What makes an index. */
export function createIndex({ db, own }: SqlContext, table: string, { name, columns, unique }: IndexSpec): Operation {
  const index = db.schema
    .createIndex(own(name))
    .on(table)
    .columns([...columns]);
  return built(unique ? index.unique() : index);
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
