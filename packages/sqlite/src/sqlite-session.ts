/** One connection of better-sqlite3 as the shared SQL code sees it. Everything answers at once. */

import type { RunControl } from "@kith/core";
import type { SqlSession, Statement } from "@kith/sql";
import type { Database, Statement as Native } from "better-sqlite3";

/** How many rows are visited, or given, between two looks at the clock. */
const stride = 128;

/** See the file. Values are spread: the driver takes arguments faster than the elements of an array. */
export class SqliteSession implements SqlSession {
  readonly db: Database;
  /** Where statements keep what this connection made of them. */
  readonly #slot: number;
  readonly #commands = new Map<string, Native>();
  /** What bounds the statement that is running, when something does. */
  #control: RunControl | undefined;
  #visited = 0;

  constructor(db: Database, slot: number) {
    this.db = db;
    this.#slot = slot;
    // What a function throws ends the statement, and comes out of it.
    db.function("kith_in_time", { deterministic: false }, () => {
      if (++this.#visited % stride === 0) this.#control?.check();
      return 1;
    });
  }

  all(statement: Statement, values: readonly unknown[]): unknown[][] {
    let native = statement.native[this.#slot] as Native | undefined;
    if (native === undefined) statement.native[this.#slot] = native = this.db.prepare(statement.sql).raw();
    return native.all(...values) as unknown[][];
  }

  /** The same, for a call that is bounded: it stops within a statement that carries the guard, and between its rows. */
  allWithin(statement: Statement, values: readonly unknown[], control: RunControl): unknown[][] {
    if (control.deadline === undefined) return this.all(statement, values);
    let native = statement.native[this.#slot] as Native | undefined;
    if (native === undefined) statement.native[this.#slot] = native = this.db.prepare(statement.sql).raw();
    const rows: unknown[][] = [];
    this.#control = control;
    try {
      for (const row of native.iterate(...values)) if (rows.push(row as unknown[]) % stride === 0) control.check();
    } finally {
      this.#control = undefined;
    }
    return rows;
  }

  run(statement: Statement, values: readonly unknown[]): number {
    let native = statement.native[this.#slot] as Native | undefined;
    if (native === undefined) statement.native[this.#slot] = native = this.db.prepare(statement.sql);
    return native.run(...values).changes;
  }

  /** Runs a command without parameters and rows, like `commit`. */
  command(sql: string): void {
    let native = this.#commands.get(sql);
    if (!native) {
      native = this.db.prepare(sql);
      // Savepoints have a number each; those of any sane depth are kept.
      if (this.#commands.size < 100) this.#commands.set(sql, native);
    }
    native.run();
  }
}
