/** A transaction on the writing connection, and its savepoints. */

import { type StorageSavepoint, type StorageTransaction, type WriteBatch, type WriteResult, XrmError } from "@kith/core";
import type { Compiled } from "@kith/sql";
import { insertedBy } from "./batch.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** See the file. */
export class SqliteTransaction implements StorageTransaction {
  readonly #connection: SqliteConnection;
  readonly #session: SqliteSession;
  #ended = false;
  /** What SQLite rolled the whole transaction back for, by itself. */
  #lost: unknown;
  #savepoints = 0;
  #inserted = 0;

  constructor(connection: SqliteConnection, session: SqliteSession) {
    this.#connection = connection;
    this.#session = session;
  }

  write(batch: WriteBatch): WriteResult[] {
    this.#inserted += insertedBy(batch);
    return this.#guarded(() => this.#connection.writer.write(this.#session, batch) as WriteResult[]);
  }

  nextNumber(sequence: string): number {
    return this.#guarded(() => this.#connection.writer.nextNumber(this.#session, sequence) as number);
  }

  read<T>(compiled: Compiled<T>, params: readonly unknown[]): T {
    return this.#guarded(() => compiled.run(this.#session, params) as T);
  }

  savepoint(): StorageSavepoint {
    const name = `kith_${++this.#savepoints}`;
    this.#guarded(() => this.#session.command(`savepoint ${name}`));
    return {
      release: () => this.#guarded(() => this.#session.command(`release ${name}`)),
      rollback: () => {
        if (this.#ended || this.#lost !== undefined) return;
        this.#guarded(() => {
          this.#session.command(`rollback to ${name}`);
          this.#session.command(`release ${name}`);
        });
      },
    };
  }

  commit(): void {
    this.#check();
    try {
      this.#session.command("commit");
    } catch (error) {
      // A commit that fails leaves its transaction open; the next one must not find it.
      this.#undo();
      throw this.#connection.translate(error);
    } finally {
      this.#end();
    }
    this.#connection.committed(this.#inserted);
  }

  rollback(): void {
    if (this.#ended) return;
    try {
      this.#undo();
    } finally {
      this.#end();
    }
  }

  #undo(): void {
    if (this.#session.db.inTransaction) this.#session.command("rollback");
  }

  #end(): void {
    this.#ended = true;
    this.#connection.turnstile.leave();
  }

  #check(): void {
    if (this.#ended) throw new XrmError("TX_CLOSED", "The transaction has ended; begin another.");
    if (this.#lost !== undefined) throw this.#lost;
  }

  /** After some errors (a full disk) SQLite has rolled everything back; what came next would be written outside of any transaction. */
  #guarded<T>(work: () => T): T {
    this.#check();
    try {
      return work();
    } catch (error) {
      const known = this.#connection.translate(error);
      if (!this.#session.db.inTransaction) this.#lost = known;
      throw known;
    }
  }
}
