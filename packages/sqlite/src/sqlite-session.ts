/** One connection of better-sqlite3 as the shared SQL code sees it. Everything answers at once. */

import type { SqlSession, Statement } from "@kith/sql";
import type { Database, Statement as Native } from "better-sqlite3";

/** See the file. Values are spread: the driver takes arguments faster than the elements of an array. */
export class SqliteSession implements SqlSession {
  readonly db: Database;
  /** Where statements keep what this connection made of them. */
  readonly #slot: number;
  readonly #commands = new Map<string, Native>();

  constructor(db: Database, slot: number) {
    this.db = db;
    this.#slot = slot;
  }

  all(statement: Statement, values: readonly unknown[]): unknown[][] {
    let native = statement.native[this.#slot] as Native | undefined;
    if (native === undefined) statement.native[this.#slot] = native = this.db.prepare(statement.sql).raw();
    return native.all(...values) as unknown[][];
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
