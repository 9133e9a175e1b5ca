/** Names of things that this package makes in a database. */

import { fittingName } from "@kith/schema";

/** The table that says what the database was made for. */
export const metaTable = "kith_meta";
/** The table of the counters behind autonumbers. */
export const sequenceTable = "kith_sequence";
/**
 * The form of what `kith_meta` holds, and of how tables are kept. 2: rows of SQLite have an explicit rowid. 3: what the model no longer has is written
 * down, changes have a journal, and checks are constraints. 4: text indexes of SQLite keep the words that they were given.
 */
export const metaFormat = 4;
/** The first format whose text indexes are as they are made now. */
export const searchFormat = 4;
/** The table of what changes of the model did, and of one that is not finished. */
export const journalTable = "kith_journal";
/** What a column is called while its values are made. */
export const stagedPrefix = "kith_new_";

/** The text index of an entity. No table that it brings along with it (`…_search_data`) has the name of another one. */
export function searchTable(table: string): string {
  return `kith_${table}_search`;
}

/** The name of the foreign key on a column. */
export function foreignKeyName(table: string, column: string): string {
  return fittingName(`kith_fk_${table}__${column}`);
}

/**
 * A name for an index that no table can have (entities' names cannot begin with kith) and that fits databases with short names: what is too long is
 * cut and ends in a mark of the whole. Two underscores stand between names, which themselves hold single ones: indexes share one space of names, and
 * `order_line.name` is not `order.line_name`.
 */
export function indexName(kind: "unique" | "index", table: string, columns: readonly string[]): string {
  return constraintName(kind, table, columns);
}

/** The same for anything that has a name beside tables. */
export function constraintName(kind: string, table: string, columns: readonly string[]): string {
  return fittingName(`kith_${kind}_${table}__${columns.join("__")}`);
}
