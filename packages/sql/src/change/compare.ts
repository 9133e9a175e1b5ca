/** A table as it is beside a table as it should be. */

import type { DriftKind } from "@kith/core";
import type { SqlContext } from "../context.ts";
import { stagedPrefix } from "../names.ts";
import type { TableOf } from "./ddl.ts";
import type { IndexSpec, TableSpec } from "./desired.ts";
import type { DbColumn, DbIndex, DbTable } from "./introspect.ts";

/** One difference. */
export interface Difference {
  readonly kind: DriftKind;
  readonly name: string;
  readonly message: string;
}

/** How a table differs from what it should be; `kept` are columns that no field has and that may be there. */
export function compareTable(
  context: SqlContext,
  db: DbTable,
  spec: TableSpec,
  kept: readonly DbColumn[],
  tableOf: TableOf,
): Difference[] {
  return [
    ...compareColumns(context, db, spec, kept),
    ...compareReferences(context, db, spec, tableOf),
    ...compareIndexes(context, db, spec),
    ...compareChecks(context, db, spec),
    ...db.triggers.map(({ name }) => ({
      kind: "trigger.extra" as const,
      name,
      message: `the trigger '${name}' is not Kith's`,
    })),
  ];
}

function compareColumns(context: SqlContext, db: DbTable, spec: TableSpec, kept: readonly DbColumn[]): Difference[] {
  const found: Difference[] = [];
  const there = new Map(db.columns.map((column) => [column.name, column]));
  const tell = (kind: DriftKind, name: string, message: string) =>
    found.push({ kind, name, message: `the column '${name}' ${message}` });
  const one = (name: string, type: string, notNull: boolean, fallback: string | undefined) => {
    const column = there.get(name);
    if (!column) return tell("column.missing", name, "is not there");
    if (column.type !== type) tell("column.type", name, `is ${column.type || "untyped"}, and should be ${type}`);
    if (column.notNull !== notNull)
      tell("column.nullable", name, notNull ? "may be null, and should not" : "may not be null, and should");
    if (column.default !== fallback)
      tell(
        "column.default",
        name,
        `has the default ${column.default ?? "none"}, and should have ${fallback ?? "none"}`,
      );
    if (column.collation !== undefined)
      tell("column.collation", name, `has the collation ${column.collation}, and should have its type's own`);
  };
  for (const { name, type, required } of spec.columns)
    one(name, context.dialect.columns[type].sqlType, name === "id" || required, undefined);
  for (const { name, type, notNull, default: fallback } of kept) one(name, type, notNull, fallback);
  const known = new Set([...spec.columns, ...kept].map(({ name }) => name));
  const { rowKey } = context.dialect;
  const key = rowKey?.name ?? "id";
  if (rowKey) known.add(rowKey.name);
  for (const { name } of db.columns) if (!known.has(name)) tell("column.extra", name, "is not Kith's");
  if (db.key.join() !== key)
    found.push({ kind: "key.missing", name: key, message: `the primary key is not on '${key}'` });
  const unique = !rowKey || db.uniques.some((columns) => columns.join() === "id");
  if (!unique) found.push({ kind: "key.missing", name: "id", message: "the column 'id' is not unique" });
  return found;
}

function compareReferences(context: SqlContext, db: DbTable, spec: TableSpec, tableOf: TableOf): Difference[] {
  const found: Difference[] = [];
  const wanted = new Map(
    spec.columns.flatMap(({ name, references }) =>
      references === undefined ? [] : [[name, context.table({ table: tableOf(references) })] as const],
    ),
  );
  const right = new Set<string>();
  for (const { column, table, to, onDelete, valid } of db.references) {
    const good = wanted.get(column) === table && to === "id" && onDelete === "no action" && !right.has(column);
    if (!good)
      found.push({
        kind: "reference.extra",
        name: column,
        message: `the column '${column}' has a foreign key to ${table}.${to} (on delete ${onDelete}), which is not Kith's`,
      });
    else if (!valid)
      found.push({
        kind: "reference.unvalidated",
        name: column,
        message: `the foreign key of '${column}' was never checked for all rows`,
      });
    if (good) right.add(column);
  }
  for (const [column, table] of wanted) {
    if (!right.has(column))
      found.push({
        kind: "reference.missing",
        name: column,
        message: `the column '${column}' has no foreign key to ${table}`,
      });
  }
  return found;
}

/** Indexes of Kith's names, and those that are wanted. */
export function compareIndexes(context: SqlContext, db: DbTable, spec: TableSpec): Difference[] {
  const { own } = context;
  const found: Difference[] = [];
  const there = new Map(db.indexes.map((index) => [index.name, index]));
  const tell = (kind: DriftKind, name: string, message: string) =>
    found.push({ kind, name, message: `the index '${name}' ${message}` });
  for (const wanted of spec.indexes) {
    const { columns, unique } = wanted;
    const name = own(wanted.name);
    const index = there.get(name);
    there.delete(name);
    if (!index) tell("index.missing", name, `on ${columns.join(", ")} is not there`);
    else if (!index.valid) tell("index.invalid", name, "was never finished");
    else if (!sameColumns(context, index, wanted, spec)) {
      tell(
        "index.columns",
        name,
        `is on ${index.columns.join(", ")}${index.special ? " in another way" : ""}, and should be on ${columns.join(", ")}`,
      );
    } else if (index.unique !== unique)
      tell("index.unique", name, unique ? "is not unique, and should be" : "is unique, and should not be");
  }
  for (const name of there.keys()) tell("index.extra", name, "is not one that the model asks for");
  return found;
}

/** Whether an index is one that is asked for, whatever its name. */
export function sameIndex(
  context: SqlContext,
  index: DbIndex,
  wanted: IndexSpec,
  spec: Pick<TableSpec, "columns">,
): boolean {
  return index.valid && index.unique === wanted.unique && sameColumns(context, index, wanted, spec);
}

function sameColumns(
  { dialect }: SqlContext,
  index: DbIndex,
  { columns }: IndexSpec,
  spec: Pick<TableSpec, "columns">,
): boolean {
  if (index.special || index.columns.join() !== columns.join()) return false;
  if (dialect.nullsSmallest) return true;
  const nullable = new Set(
    spec.columns.filter(({ name, required }) => name !== "id" && !required).map(({ name }) => name),
  );
  return columns.filter((column) => nullable.has(column)).join() === (index.nullsFirst ?? []).join();
}

function compareChecks({ own }: SqlContext, db: DbTable, spec: TableSpec): Difference[] {
  const found: Difference[] = [];
  const there = new Map(db.checks.map((check) => [check.name, check]));
  const tell = (kind: DriftKind, name: string, message: string) =>
    found.push({ kind, name, message: `the check '${name}' ${message}` });
  for (const { name: short, sql } of spec.checks ?? []) {
    const name = own(short);
    const check = there.get(name);
    there.delete(name);
    if (!check) tell("check.missing", name, "is not there");
    else if (!sameCheck(check.sql, sql)) tell("check.changed", name, "says something else");
    else if (!check.valid) tell("check.unvalidated", name, "was never checked for all rows");
  }
  for (const name of there.keys()) tell("check.extra", name, "is not Kith's");
  return found;
}

/** Databases tell a check in their own spelling; only what they keep as it was written can be compared. */
function sameCheck(there: string, wanted: string): boolean {
  const plain = (text: string) => text.replace(/\s+/g, " ").trim();
  return plain(there) === plain(wanted);
}

/** Differences that only a new table (or a change of this one) mends; indexes are made and dropped by themselves. */
export function ofTableItself({ kind }: Difference): boolean {
  return !kind.startsWith("index.") && !kind.startsWith("trigger.") && kind !== "column.extra";
}

/** Whether Kith gives indexes such names. */
export function isOwn({ own }: SqlContext, name: string): boolean {
  return ["kith_index_", "kith_unique_", stagedPrefix].some((prefix) => name.startsWith(own(prefix)));
}
