/** Putting a table in order where it cannot be altered: a new one is made beside it, filled from it, and takes its place. No row, index or trigger is lost. */

import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import { compareTable, isOwn, ofTableItself } from "./compare.ts";
import { addEmptyColumn, bareTable, createIndex, type TableOf } from "./ddl.ts";
import type { ColumnSpec, TableSpec } from "./desired.ts";
import type { DbColumn, DbIndex, DbTable } from "./introspect.ts";
import { command, type Operation, operation } from "./operations.ts";
import type { TableChanges } from "./table-changes.ts";
import type { TablePlan } from "./table-plan.ts";

/** Changing tables by making them anew. */
export const byRebuilding: TableChanges = {
  prepare: prepareTable,
  finish: finishTable,
  free: freeTable,
  drop: dropTable,
};

/** What brings a table into the form that new values can be made in: columns renamed, and added empty. */
function prepareTable(context: SqlContext, plan: TablePlan, tableOf: TableOf): Operation[] {
  return [
    ...[...plan.renames].map(([from, to]) =>
      operation(context, sql`alter table ${sql.table(plan.table)} rename column ${sql.ref(from)} to ${sql.ref(to)}`),
    ),
    ...plan.adds.map((spec) => addEmptyColumn(context, plan.table, spec, tableOf)),
  ];
}

/** What brings a table with all its values into its final form. `db` is how it stands then, its table names those of the new model. */
function finishTable(context: SqlContext, plan: TablePlan, db: DbTable, tableOf: TableOf): Operation[] {
  const now = preparedTable(context, plan, db, tableOf, true);
  const wanted = new Set([...plan.spec.columns, ...plan.kept].map(({ name }) => name));
  const leftover = now.columns.some(({ name }) => !wanted.has(name) && name !== context.dialect.rowKey?.name);
  const staged = plan.fields.some(({ columns }) => columns.some(({ from, spec }) => from !== spec.name));
  const differs = compareTable(context, now, plan.spec, plan.kept, tableOf).some(ofTableItself);
  return leftover || staged || differs ? rebuild(context, plan, now, tableOf) : indexes(context, plan, now);
}

/** The table after columns were renamed and added, with or without foreign keys of those. */
export function preparedTable(
  context: SqlContext,
  plan: TablePlan,
  db: DbTable,
  tableOf: TableOf,
  keyed: boolean,
): DbTable {
  const name = (column: string) => plan.renames.get(column) ?? column;
  const added = plan.adds.map(
    ({ name: column, type }): DbColumn => ({
      name: column,
      type: context.dialect.columns[type].sqlType,
      notNull: false,
    }),
  );
  const references = plan.adds.flatMap(({ name: column, references: entity }) =>
    entity === undefined || !keyed
      ? []
      : [{ column, table: context.table({ table: tableOf(entity) }), to: "id", onDelete: "no action", valid: true }],
  );
  return {
    ...db,
    name: plan.table,
    columns: [...db.columns.map((column) => ({ ...column, name: name(column.name) })), ...added],
    references: [...db.references.map((one) => ({ ...one, column: name(one.column) })), ...references],
    indexes: db.indexes.map((index) => ({
      ...index,
      columns: index.columns.map(name),
      ...(index.nullsFirst ? { nullsFirst: index.nullsFirst.map(name) } : {}),
    })),
  };
}

function indexes(context: SqlContext, { spec, table }: TablePlan, now: DbTable): Operation[] {
  const { db, own } = context;
  const wanted = new Map(spec.indexes.map((index) => [own(index.name), index]));
  const keeps = (index: DbIndex) => {
    const one = wanted.get(index.name);
    if (!one) return !isOwn(context, index.name);
    return index.valid && !index.special && index.unique === one.unique && index.columns.join() === one.columns.join();
  };
  const dropped = now.indexes.filter((index) => !keeps(index));
  const there = new Set(now.indexes.filter(keeps).map(({ name }) => name));
  return [
    ...dropped.map(({ name }) => command(db.schema.dropIndex(name).compile().sql)),
    ...[...wanted].filter(([name]) => !there.has(name)).map(([, index]) => createIndex(context, table, index, spec)),
  ];
}

/** A former entity's table keeps its rows, and nothing that other tables would notice. */
function freeTable(context: SqlContext, table: DbTable): Operation[] {
  const columns = table.columns.filter(({ name }) => name !== context.dialect.rowKey?.name);
  const kept = columns.filter(({ name }) => name !== "id").map((column) => ({ ...column, notNull: false }));
  const id: ColumnSpec = { name: "id", type: "uuid", required: true };
  const fresh = context.own(`kith_new_${table.name}`);
  return replaceTable(
    context,
    table,
    fresh,
    { columns: [id], checks: [] },
    kept,
    columns.map(({ name }) => ({ name, from: name })),
    () => "",
  );
}

function dropTable(context: SqlContext, table: string): Operation[] {
  return [operation(context, sql`drop table ${sql.table(table)}`)];
}

function rebuild(context: SqlContext, plan: TablePlan, now: DbTable, tableOf: TableOf): Operation[] {
  const { own } = context;
  const { spec, table, kept } = plan;
  const fresh = own(`kith_new_${spec.table}`);
  const from = new Map(plan.fields.flatMap(({ columns }) => columns.map((one) => [one.spec.name, one.from] as const)));
  const columns = [
    ...spec.columns.map(({ name }) => ({ name, from: from.get(name) ?? name })),
    ...kept.map(({ name }) => ({ name, from: name })),
  ];
  const foreign = now.indexes.filter(({ name }) => !isOwn(context, name));
  return [
    ...replaceTable(context, now, fresh, spec, kept, columns, tableOf),
    ...spec.indexes.map((index) => createIndex(context, table, index, spec)),
    // What somebody else put on the table stays.
    ...[...foreign, ...now.triggers].map(({ sql: text }) => command(text)),
  ];
}

function replaceTable(
  context: SqlContext,
  now: DbTable,
  fresh: string,
  spec: Pick<TableSpec, "columns" | "checks">,
  kept: readonly DbColumn[],
  copied: readonly { readonly name: string; readonly from: string }[],
  tableOf: TableOf,
): Operation[] {
  const { rowKey } = context.dialect;
  const { name: table } = now;
  // Rows keep their numbers, which a text index knows them by.
  const columns = rowKey ? [{ name: rowKey.name, from: rowNumber(now, rowKey.name) }, ...copied] : copied;
  const into = sql.join(columns.map(({ name }) => sql.ref(name)));
  const values = sql.join(columns.map((column) => sql.ref(column.from)));
  return [
    bareTable(context, fresh, spec, kept, tableOf),
    operation(context, sql`insert into ${sql.table(fresh)} (${into}) select ${values} from ${sql.table(table)}`),
    operation(context, sql`drop table ${sql.table(table)}`),
    // The old way of renaming looks at this table alone: references and views that name it have its new name already.
    command("pragma legacy_alter_table = on"),
    operation(context, sql`alter table ${sql.table(fresh)} rename to ${sql.ref(table)}`),
    command("pragma legacy_alter_table = off"),
  ];
}

/** The column that holds a row's number; format 1 had none of its own, but every table has the word for it that no column has. */
function rowNumber({ columns }: DbTable, key: string): string {
  const there = new Set(columns.map(({ name }) => name));
  return [key, "rowid", "_rowid_", "oid"].find((name, i) => there.has(name) === (i === 0)) ?? key;
}
