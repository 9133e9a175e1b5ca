/** What this package asks of a database driver. */

import type { MaybePromise } from "@kith/core";

/**
 * A statement's text, made once and run often. Sessions keep what their driver made of it in `native`, each under its own number, so that
 * finding the prepared statement costs one array access.
 */
export class Statement {
  readonly sql: string;
  readonly native: unknown[] = [];

  constructor(sql: string) {
    this.sql = sql;
  }
}

/** One line to the database: a connection, inside a transaction or not. Values are bindings that the dialect made. */
export interface SqlSession {
  /** Runs a statement that gives rows; each row is an array in the order of the selected columns. */
  all(statement: Statement, values: readonly unknown[]): MaybePromise<unknown[][]>;
  /** Runs a statement that gives none; the number of rows that it wrote. */
  run(statement: Statement, values: readonly unknown[]): MaybePromise<number>;
  /** There when the call is bounded: passes while it may go on. Asked in long work between statements. */
  readonly check?: () => void;
}
