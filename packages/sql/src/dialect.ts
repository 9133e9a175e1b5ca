/** What a database must say of itself. Everything that SQL engines do differently is one of these members; the rest of the package never asks which one it is. */

import type { MaybePromise } from "@kith/core";
import type { ColumnType, ColumnValue, JsonAt } from "@kith/schema";
import type { DialectAdapter, Expression, QueryCompiler } from "kysely";
import type { DbTable } from "./change/introspect.ts";
import type { SqlSession } from "./driver.ts";
import type { SearchDialect } from "./search.ts";

/** Any SQL expression. */
export type Sql = Expression<any>;

/** How a kind of column is kept and crosses the driver. */
export interface ColumnFacts {
  /** The column's type in DDL. */
  readonly sqlType: string;
  /** From a column value (never null) to a binding. Left out: the value itself. */
  readonly bind?: (value: ColumnValue) => unknown;
  /** How the column is selected. Left out: as it is. */
  readonly select?: (column: Sql) => Sql;
  /** From what the driver gives (never null) to the column value. Left out: as it comes. */
  readonly read?: (value: never) => ColumnValue;
}

/** A column, or a term of a sort order, as SQL. */
export interface Term {
  readonly sql: Sql;
  /** `rank` for a small whole number that counts declared values. */
  readonly type: ColumnType | "rank";
  /** The column that it is, unless it is computed. */
  readonly column: string | undefined;
}

/** The least or greatest of a group along several terms, as one expression, and how the value's columns are got from it. */
export interface Extreme {
  /** Computed per group. */
  readonly sql: Sql;
  /** What is selected of it. Left out: itself. */
  readonly select?: (value: Sql) => Sql;
  /** The expression sorts as the values do. */
  readonly sorts: boolean;
  /** From what the driver gives to the columns of the value, as the driver gives them. */
  readonly read: (value: never) => readonly unknown[];
}

/** What moments are grouped by: the day, the week, the month, or the number of the month (12 times the year and the months since January). */
export type SpanUnit = "day" | "week" | "month" | "months";

/** Which constraint or limit of the database a write broke, as far as the driver's error tells. */
export type ConstraintFailure =
  | { readonly kind: "unique"; readonly columns?: readonly string[]; readonly constraint?: string }
  /** With its name, and the id that was not found: otherwise the database is asked, which a transaction that fails on errors would not answer. */
  | { readonly kind: "reference"; readonly constraint?: string; readonly id?: string }
  | { readonly kind: "check"; readonly constraint?: string }
  /** A row is larger than the database takes, or its values longer than an index does, which `constraint` then names. `says` is the database's own text. */
  | { readonly kind: "size"; readonly constraint?: string; readonly says: string };

/** A database's ways. */
export interface Dialect {
  /** A short name for messages. */
  readonly name: string;
  readonly adapter: () => DialectAdapter;
  readonly compiler: () => QueryCompiler;
  readonly columns: Readonly<Record<ColumnType, ColumnFacts>>;
  /** How many tables one SELECT may join, and how many columns it may give. */
  readonly limits: { readonly tables: number; readonly columns: number };
  /** Nulls already sort smallest; otherwise the order says so for each term. */
  readonly nullsSmallest: boolean;
  /** Rows can be locked one by one (`for update`); otherwise a transaction that can write already excludes the others. */
  readonly rowLocks: boolean;
  /**
   * Where a running statement cannot be stopped from outside: a condition that is true while the session's time limit lasts, and fails after. It is
   * put first among the conditions of each SELECT on a table. Undefined where the database or its driver can stop a statement.
   */
  readonly inTime: Sql | undefined;
  /** A column that every table gets as its key, with its definition; ids are then unique beside it. Undefined where ids are the key. */
  readonly rowKey: { readonly name: string; readonly sqlType: string } | undefined;
  /** Its text indexes. */
  readonly search: SearchDialect;
  /** Foreign keys are added when all tables are there; otherwise they are part of a table's definition, which may name tables to come. */
  readonly foreignKeysLater: boolean;
  /** What stands after a table's definition (`strict`). */
  readonly tableEnd: Sql | undefined;

  /** The name under which an entity's table is kept, where its own is taken by the database. */
  readonly tableName: (stored: string) => string;
  /** A parameter in an expression. `value` is what Kysely collects; it must appear exactly once. */
  readonly parameter: (value: unknown, type: ColumnType) => Sql;
  /** Whether a column's value is one of the list that one parameter holds, or (`negated`) none of it. Null for a column that is null. */
  readonly among: (column: Sql, list: unknown, type: ColumnType, negated?: boolean) => Sql;
  /** The binding of such a list; its values are already bindings' sources (column values). */
  readonly bindList: (values: readonly ColumnValue[], type: ColumnType) => unknown;
  /** A query that gives the values of such a list, under a name. */
  readonly listed: (list: unknown, type: ColumnType, as: string) => Sql;
  /** A derived table can look at the tables before it. */
  readonly lateral: boolean;
  /** True when two values differ, null being a value like others. */
  readonly differs: (a: Sql, b: Sql) => Sql;
  /**
   * Whether a text column holds, begins or ends with a parameter, character by character. `operand` gives the parameter, and one made from its text;
   * each call is one more binding.
   */
  readonly match: (
    kind: "contains" | "startsWith" | "endsWith",
    column: Sql,
    operand: (made?: (text: string) => unknown) => Sql,
  ) => Sql;
  /**
   * What stands at a path in a json column, null unless it is of that type: text, a float, a boolean, or 1 for whatever is not null. A text step is
   * the key of an object, a number the place in a list.
   */
  readonly jsonAt: (column: Sql, path: JsonAt["path"], as: JsonAt["as"]) => Sql;
  /** Whether a column's JSON list has the parameter, a string, as an element. */
  readonly element: (column: Sql, parameter: Sql) => Sql;
  /** Whether a column's JSON list has one of the strings that one parameter holds, or all of them; not true where the column is null. */
  readonly elements: (column: Sql, list: unknown, all: boolean) => Sql;
  /**
   * The day, week or month that a date, or an instant at an offset (in seconds), falls into. Something that groups, sorts along time, and is cheap to
   * work out for every record; {@link Dialect.spanText} makes what the driver gives of it.
   */
  readonly span: (moment: Sql, type: "date" | "instant", unit: SpanUnit, offset: number) => Sql;
  /** The same of a day that is known (`YYYY-MM-DD`). */
  readonly spanOf: (day: string, unit: SpanUnit) => Sql;
  /** A span's value out of it, once for each group: the day, the week's Monday (`YYYY-MM-DD`), the month (`YYYY-MM`), a whole number of months. */
  readonly spanText: (span: Sql, unit: SpanUnit) => Sql;
  /** An instant that is known, to compare a column with. */
  readonly instant: (iso: string) => Sql;
  /** An instant as ISO text in UTC with milliseconds. */
  readonly instantText: (column: Sql) => Sql;
  /** A number out of an expression that the driver might give as text or lose digits of: exact text. */
  readonly exactText: (value: Sql) => Sql;
  /** The least or greatest value of a group along terms; `value` are the columns that make up the value. */
  readonly extreme: (fn: "min" | "max", terms: readonly Term[], value: readonly Term[]) => Extreme;
  /** Several columns as one value that can be counted distinctly; null when all are null. */
  readonly tuple: (columns: readonly Sql[]) => Sql;
  /** The quotient of a whole sum and a count, both columns, rounded half away from zero. */
  readonly quotient: (sum: Sql, count: Sql) => Sql;
  /** The two halves of a 64-bit column whose sums cannot overflow: `high * 2^32 + low`. */
  readonly halves: (column: Sql) => { readonly high: Sql; readonly low: Sql };
  /**
   * A float column as an exact number, whose sums cannot overflow. Left out where sums of floats do not fail but become infinite; given, an
   * aggregate that adds floats may fail first and be asked again this way.
   */
  readonly exactFloat?: (column: Sql) => Sql;
  /** Whether the driver's error says that a sum left the range of its type. */
  readonly isOverflow: (error: unknown) => boolean;
  /** Which constraint the driver's error speaks of, if any. */
  readonly constraint: (error: unknown) => ConstraintFailure | undefined;
  /** The rows that one parameter for each column holds, as a list, for INSERT. Left out where inserting row by row is as fast. */
  readonly rowsOf?: (columns: readonly { readonly list: unknown; readonly type: ColumnType }[]) => Sql;
  /** Lists the names that tables cannot have because something else has them: one column, lower case. */
  readonly takenNames: Sql;
  /** Lists the names of a table's columns: one column. */
  readonly columnNames: (table: string) => Sql;
  /** Reads which tables there are and what they are made of, those of others too. */
  readonly introspect: (session: SqlSession) => MaybePromise<readonly DbTable[]>;
  /** What gathers statistics about a table; each is a statement that may give rows. */
  readonly analyze: (table: string) => readonly Sql[];
  /** Tables can be altered in every way; otherwise they are made anew. */
  readonly alters: boolean;
  /**
   * Lists rows that name others that are not there (table, column, other table, row), where foreign keys are not held while tables change. Undefined where
   * they always are.
   */
  readonly brokenReferences: Sql | undefined;
}
