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

/** One of several statements that go to the database together. */
export interface Step {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/** What a step gave: its rows, and how many rows it gave or wrote. */
export interface StepResult {
  readonly rows: unknown[][];
  readonly count: number;
}

/** One line to the database: a connection, inside a transaction or not. Values are bindings that the dialect made. */
export interface SqlSession {
  /** Runs a statement that gives rows; each row is an array in the order of the selected columns. */
  all(statement: Statement, values: readonly unknown[]): MaybePromise<unknown[][]>;
  /** Runs a statement that gives none; the number of rows that it wrote. */
  run(statement: Statement, values: readonly unknown[]): MaybePromise<number>;
  /** There when the call is bounded: passes while it may go on. Asked in long work between statements. */
  readonly check?: () => void;
  /**
   * Runs several statements in one trip, all of them or (outside a transaction) none. Fails with what `failed` makes of the error and of the
   * number of the step that met it. Left out where a trip costs nothing.
   */
  many?(steps: readonly Step[], failed: (error: unknown, step: number) => unknown): Promise<StepResult[]>;
  /** Runs work so that the transaction can go on when it fails. Left out where a failed statement does no harm. */
  attempt?<T>(work: (session: SqlSession) => MaybePromise<T>): Promise<T>;
}
