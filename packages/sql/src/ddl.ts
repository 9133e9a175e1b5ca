/** Statements that make tables. */

import { type CreateTableBuilder, sql } from "kysely";
import type { SqlContext } from "./context.ts";
import { Statement } from "./driver.ts";
import { metaTable, sequenceTable } from "./names.ts";
import { createSearch } from "./search.ts";
import type { ColumnSpec, TableSpec } from "./tables.ts";

/** The statements that make a table of an entity and its indexes. `tableOf` gives the stored name of another entity's table. */
export function createTable(context: SqlContext, spec: TableSpec, tableOf: (entity: string) => string): Statement[] {
  const { db, own } = context;
  const table = context.table(spec);
  let create: CreateTableBuilder<any, any> = db.schema.createTable(table);
  const { rowKey } = context.dialect;
  if (rowKey) create = create.addColumn(rowKey.name, sql.raw(rowKey.sqlType) as never, (column) => column.primaryKey());
  for (const column of spec.columns) create = addColumn(context, create, column, tableOf);
  const indexes = spec.indexes.map(({ name, columns, unique }) => {
    const index = db.schema
      .createIndex(own(name))
      .on(table)
      .columns([...columns]);
    return new Statement((unique ? index.unique() : index).compile().sql);
  });
  const search = spec.search ? createSearch(context, spec.table, spec.search) : [];
  return [new Statement(ended(context, create).compile().sql), ...indexes, ...search];
}

function addColumn(
  { dialect, table }: SqlContext,
  create: CreateTableBuilder<any, any>,
  { name, type, required, references }: ColumnSpec,
  tableOf: (entity: string) => string,
): CreateTableBuilder<any, any> {
  return create.addColumn(name, sql.raw(dialect.columns[type].sqlType) as never, (column) => {
    let built =
      name === "id"
        ? (dialect.rowKey ? column.unique() : column.primaryKey()).notNull()
        : required
          ? column.notNull()
          : column;
    if (references !== undefined) {
      built = built.references(`${table({ table: tableOf(references) })}.id`).onDelete("no action");
    }
    return built;
  });
}

/** The statements that make Kith's own tables. */
export function createOwnTables(context: SqlContext): Statement[] {
  const { db, dialect, own } = context;
  const text = sql.raw(dialect.columns.text.sqlType) as never;
  const integer = sql.raw(dialect.columns.bigint.sqlType) as never;
  const meta = db.schema
    .createTable(own(metaTable))
    .addColumn("key", text, (column) => column.primaryKey().notNull())
    .addColumn("value", text, (column) => column.notNull());
  const sequence = db.schema
    .createTable(own(sequenceTable))
    .addColumn("name", text, (column) => column.primaryKey().notNull())
    .addColumn("value", integer, (column) => column.notNull());
  return [meta, sequence].map((table) => new Statement(ended(context, table).compile().sql));
}

function ended({ dialect }: SqlContext, create: CreateTableBuilder<any, any>): CreateTableBuilder<any, any> {
  return dialect.tableEnd ? create.modifyEnd(dialect.tableEnd) : create;
}
