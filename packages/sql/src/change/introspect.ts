/** A database as it is, as plain data: what its own catalogues say, in words that databases share. */

import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { type Task, wait } from "./task.ts";

/** A table that is there. */
export interface DbTable {
  readonly name: string;
  readonly columns: readonly DbColumn[];
  /** The columns of its primary key. */
  readonly key: readonly string[];
  /** The columns of its unique constraints; unique indexes are not among them. */
  readonly uniques: readonly (readonly string[])[];
  readonly references: readonly DbReference[];
  readonly indexes: readonly DbIndex[];
  readonly checks: readonly DbCheck[];
  readonly triggers: readonly { readonly name: string; readonly sql: string }[];
}

/** A column that is there. */
export interface DbColumn {
  readonly name: string;
  /** As {@link ColumnFacts.sqlType} says it, so that the two can be compared. */
  readonly type: string;
  readonly notNull: boolean;
  /** The expression of its default. */
  readonly default?: string;
  /** A collation that its type does not say. */
  readonly collation?: string;
}

/** A foreign key of one column that is there. */
export interface DbReference {
  readonly column: string;
  readonly table: string;
  readonly to: string;
  readonly onDelete: string;
  /** The constraint's name, where the database has names for them. */
  readonly name?: string;
  /** Every row was checked. */
  readonly valid: boolean;
}

/** An index that is there; those behind the primary key and unique constraints are not among them. */
export interface DbIndex {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** It is complete and used. */
  readonly valid: boolean;
  /** The columns whose nulls come first, where an index has to say so. */
  readonly nullsFirst?: readonly string[];
  /** Over some rows only, over expressions, or in another order or collation: nothing that Kith makes. */
  readonly special: boolean;
  /** The statement that made it. */
  readonly sql: string;
}

/** A check constraint that is there. */
export interface DbCheck {
  readonly name: string;
  readonly sql: string;
  readonly valid: boolean;
}

/** What a database is: its tables by name. */
export type DbState = ReadonlyMap<string, DbTable>;

/** Reads the database. */
export function* introspect(context: SqlContext, session: SqlSession): Task<DbState> {
  const tables = yield* wait(context.dialect.introspect(session));
  return new Map(tables.map((table) => [table.name, table]));
}

/** The columns of a table as a map. */
export function columnsByName(table: Pick<DbTable, "columns">): ReadonlyMap<string, DbColumn> {
  return new Map(table.columns.map((column) => [column.name, column]));
}
