/** A transaction on the writing connection, and its savepoints. */

import {
  type RunControl,
  type StorageSavepoint,
  type StorageTransaction,
  type WriteBatch,
  type WriteResult,
  XrmError,
} from "@kith/core";
import { type Compiled, countInserted, type Inserted, type Writer } from "@kith/sql";
import { BoundedSession } from "./bounded-session.ts";
import type { SqliteSession } from "./sqlite-session.ts";
import type { Turnstile } from "./turnstile.ts";

/** What a transaction needs of the connection that began it. */
export interface TransactionHost {
  readonly writer: Writer;
  readonly turnstile: Turnstile;
  readonly translate: (error: unknown) => unknown;
  readonly committed: (inserted: Inserted) => void;
}

/** See the file. */
export class SqliteTransaction implements StorageTransaction {
  readonly #host: TransactionHost;
  readonly #session: SqliteSession;
  #ended = false;
  /** What SQLite rolled the whole transaction back for, by itself. */
  #lost: unknown;
  #savepoints = 0;
  readonly #inserted: Inserted = new Map();

  constructor(host: TransactionHost, session: SqliteSession) {
    this.#host = host;
    this.#session = session;
  }

  write(batch: WriteBatch): WriteResult[] {
    countInserted(this.#inserted, batch);
    return this.#guarded(() => this.#host.writer.write(this.#session, batch) as WriteResult[]);
  }

  nextNumber(sequence: string): number {
    return this.#guarded(() => this.#host.writer.nextNumber(this.#session, sequence) as number);
  }

  read<T>(compiled: Compiled<T>, params: readonly unknown[], control?: RunControl): T {
    // Without a pause between statements: what else this transaction does must not come between them.
    const session = control ? new BoundedSession(this.#session, control, false) : this.#session;
    return this.#guarded(() => compiled.run(session, params) as T);
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
      throw this.#host.translate(error);
    } finally {
      this.#end();
    }
    this.#host.committed(this.#inserted);
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
    this.#host.turnstile.leave();
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
      const known = this.#host.translate(error);
      if (!this.#session.db.inTransaction) this.#lost = known;
      throw known;
    }
  }
}
