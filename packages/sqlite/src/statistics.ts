/** The planner's statistics: after a bulk load SQLite would still plan as if tables were small, or their indexes useless. */

import type { EntityModel, WriteBatch } from "@kith/core";
import { Growth, type Inserted, type SqlContext, sql } from "@kith/sql";
import type { SqliteSession } from "./sqlite-session.ts";

/** Rows looked at per index, so that gathering takes milliseconds whatever the size. */
const sample = 400;

/** See the file. */
export class Statistics {
  readonly #context: SqlContext;
  readonly #session: SqliteSession;
  readonly #growth = new Growth();

  constructor(context: SqlContext, session: SqliteSession) {
    this.#context = context;
    this.#session = session;
  }

  /** Is told of every commit; true when statistics were gathered because of it. */
  committed(inserted: Inserted): boolean {
    let gathered = false;
    for (const [entity, rows] of inserted) gathered = this.#count(entity, rows) || gathered;
    return gathered;
  }

  /** The same, of a batch that was a transaction by itself. */
  wrote(batch: WriteBatch): boolean {
    let gathered = false;
    for (const write of batch) {
      if (write.type === "insert") gathered = this.#count(write.entity, write.rows.length) || gathered;
    }
    return gathered;
  }

  #count(entity: EntityModel, rows: number): boolean {
    if (!this.#growth.add(entity, rows)) return false;
    const { sql: text } = sql`analyze ${sql.table(this.#context.table(entity))}`.compile(this.#context.db);
    return this.#gather(text);
  }

  /** Gathers what SQLite thinks is worth it before a connection closes. */
  leave(): void {
    this.#gather("pragma optimize");
  }

  #gather(command: string): boolean {
    const { db } = this.#session;
    try {
      db.pragma(`analysis_limit = ${sample}`);
      db.exec(command);
      return true;
    } catch {
      // Statistics are a help, no more; another process that holds the lock may gather them.
      return false;
    }
  }
}
