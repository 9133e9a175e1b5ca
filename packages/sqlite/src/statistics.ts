/** The planner's statistics: after a bulk load SQLite would still plan as if tables were small, or their indexes useless. */

import type { EntityModel, WriteBatch } from "@kith/core";
import { type SqlContext, sql } from "@kith/sql";
import type { SqliteSession } from "./sqlite-session.ts";

/** Rows that a table gets before its statistics are gathered; each next time at twice as many. */
const first = 2_000;
/** Rows looked at per index, so that gathering takes milliseconds whatever the size. */
const sample = 400;

/** How many rows were inserted, by entity. */
export type Inserted = Map<EntityModel, number>;

/** Counts what a batch inserts. */
export function countInserted(into: Inserted, batch: WriteBatch): void {
  for (const write of batch) {
    if (write.type === "insert") into.set(write.entity, (into.get(write.entity) ?? 0) + write.rows.length);
  }
}

/** See the file. */
export class Statistics {
  readonly #context: SqlContext;
  readonly #session: SqliteSession;
  readonly #tables = new Map<EntityModel, { rows: number; next: number }>();

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
    let table = this.#tables.get(entity);
    if (!table) this.#tables.set(entity, (table = { rows: 0, next: first }));
    table.rows += rows;
    if (table.rows < table.next) return false;
    table.next = table.rows * 2;
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
