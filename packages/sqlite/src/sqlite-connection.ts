/** An open SQLite database: one connection that writes, one that reads what is committed while a transaction is open. */

import {
  type AggregatePlan,
  type Connection,
  type CountPlan,
  type MaybePromise,
  type Prepared,
  type ReadPlan,
  type ReadResult,
  type StorageTransaction,
  type WriteBatch,
  type WriteResult,
  XrmError,
} from "@kith/core";
import {
  type Compiled,
  compileAggregate,
  compileCount,
  compileRead,
  lastly,
  rescue,
  type SqlContext,
  chain,
  type Writer,
} from "@kith/sql";
import { insertedBy } from "./batch.ts";
import { retrying } from "./retry.ts";
import { busy, translate } from "./sqlite-errors.ts";
import type { SqliteSession } from "./sqlite-session.ts";
import { SqliteTransaction } from "./sqlite-transaction.ts";
import { Turnstile } from "./turnstile.ts";

/** What a connection is made of. */
export interface SqliteParts {
  readonly file: string;
  readonly context: SqlContext;
  readonly writer: Writer;
  /** The connection that writes. */
  readonly writing: SqliteSession;
  /** The connection that reads; the same one for a database in memory. */
  readonly reading: SqliteSession;
  readonly waitMs: number;
}

/** Rows inserted before the planner's statistics are looked after, at first. */
const firstTending = 2_000;

/** See the file. */
export class SqliteConnection implements Connection {
  readonly writer: Writer;
  readonly turnstile = new Turnstile();
  readonly #parts: SqliteParts;
  readonly #shared: boolean;
  #closing: MaybePromise<void> | undefined | false = false;
  #inserted = 0;
  #tendAt = firstTending;

  /** The connection that writes. */
  get writing(): SqliteSession {
    return this.#parts.writing;
  }

  /** The connection that reads what is committed. */
  get reading(): SqliteSession {
    return this.#parts.reading;
  }

  constructor(parts: SqliteParts) {
    this.#parts = parts;
    this.writer = parts.writer;
    this.#shared = parts.reading === parts.writing;
  }

  prepareRead(plan: ReadPlan): Prepared<ReadResult> {
    return this.#prepared(compileRead(this.#parts.context, plan));
  }

  prepareCount(plan: CountPlan): Prepared<number> {
    return this.#prepared(compileCount(this.#parts.context, plan));
  }

  prepareAggregate(plan: AggregatePlan): Prepared<unknown[][]> {
    return this.#prepared(compileAggregate(this.#parts.context, plan));
  }

  write(batch: WriteBatch): MaybePromise<WriteResult[]> {
    this.#check();
    return this.#alone((deadline) => this.#writeAlone(batch, deadline));
  }

  begin(): MaybePromise<StorageTransaction> {
    this.#check();
    const { writing } = this.#parts;
    return this.#entered((deadline) =>
      rescue(
        () =>
          chain(
            this.#retrying(deadline, () => writing.command("begin immediate")),
            () => new SqliteTransaction(this, writing),
          ),
        (error) => {
          this.turnstile.leave();
          throw this.translate(error);
        },
      ),
    );
  }

  close(): MaybePromise<void> {
    if (this.#closing === false) {
      this.#closing = undefined;
      this.#closing = this.turnstile.tryEnter()
        ? this.#disconnect()
        : this.turnstile.enter(Number.POSITIVE_INFINITY, () => new Error("never")).then(() => this.#disconnect());
    }
    return this.#closing;
  }

  /** The error that callers get for one of the driver's. */
  translate(error: unknown): unknown {
    return translate(error, this.#parts.file);
  }

  /** Looks after the planner's statistics once much has been written: after a bulk load it would still plan for small tables. */
  committed(inserted = 0): void {
    this.#inserted += inserted;
    if (this.#inserted < this.#tendAt) return;
    this.#tendAt = this.#inserted * 2;
    this.#tend();
  }

  #tend(): void {
    try {
      this.#parts.writing.db.pragma("analysis_limit = 400");
      this.#parts.writing.db.pragma("optimize = 0x10002");
    } catch {
      // Statistics are a help; whoever holds the lock may gather them.
    }
  }

  #prepared<T>(compiled: Compiled<T>): Prepared<T> {
    return {
      run: (params, tx) =>
        tx === undefined ? this.#read(compiled, params) : (tx as SqliteTransaction).read(compiled, params),
    };
  }

  #read<T>(compiled: Compiled<T>, params: readonly unknown[]): MaybePromise<T> {
    this.#check();
    // A database in memory has one connection: what an open transaction wrote must not be seen before it is committed.
    if (this.#shared && this.turnstile.taken) return this.#alone(() => this.#readNow(compiled, params));
    const deadline = performance.now() + this.#parts.waitMs;
    return rescue(
      () => this.#retrying(deadline, () => this.#readNow(compiled, params)),
      (error) => {
        throw this.translate(error);
      },
    );
  }

  /** Statements that belong together read one state of the database. */
  #readNow<T>(compiled: Compiled<T>, params: readonly unknown[]): T {
    const { reading } = this.#parts;
    if (compiled.statements === 1 || this.#shared) return compiled.run(reading, params) as T;
    reading.command("begin");
    try {
      return compiled.run(reading, params) as T;
    } finally {
      if (reading.db.inTransaction) reading.command("commit");
    }
  }

  #writeAlone(batch: WriteBatch, deadline: number): MaybePromise<WriteResult[]> {
    const { writing } = this.#parts;
    const write = () => this.writer.write(writing, batch) as WriteResult[];
    const results = this.#retrying(deadline, () => {
      // One statement is a transaction by itself.
      if (this.writer.isSingle(batch)) return write();
      writing.command("begin immediate");
      try {
        const written = write();
        writing.command("commit");
        return written;
      } catch (error) {
        if (writing.db.inTransaction) writing.command("rollback");
        throw error;
      }
    });
    return chain(results, (written) => {
      this.committed(insertedBy(batch));
      return written;
    });
  }

  /** Runs work while nobody else uses the writing connection. */
  #alone<T>(work: (deadline: number) => MaybePromise<T>): MaybePromise<T> {
    return this.#entered((deadline) =>
      lastly(
        () =>
          rescue(
            () => work(deadline),
            (error) => {
              throw this.translate(error);
            },
          ),
        () => this.turnstile.leave(),
      ),
    );
  }

  #entered<T>(work: (deadline: number) => MaybePromise<T>): MaybePromise<T> {
    const { waitMs, file } = this.#parts;
    const deadline = performance.now() + waitMs;
    if (this.turnstile.tryEnter()) return work(deadline);
    const late = () =>
      new XrmError("BUSY", `Another transaction of this process kept the database '${file}' for longer than ${waitMs} ms; try again, or raise waitMs.`, {
        params: { file, waitMs },
      });
    return this.turnstile.enter(waitMs, late).then(() => work(deadline));
  }

  #retrying<T>(deadline: number, work: () => T): MaybePromise<T> {
    const { file, waitMs } = this.#parts;
    return retrying(deadline, (cause) => busy(file, waitMs, cause), work);
  }

  #check(): void {
    if (this.#closing !== false) throw new XrmError("CLOSED", "The database was closed; open it anew.");
  }

  #disconnect(): void {
    const { reading, writing } = this.#parts;
    if (!this.#shared) {
      reading.db.close();
      try {
        writing.db.pragma("analysis_limit = 400");
        writing.db.pragma("optimize");
      } catch {
        // As above.
      }
    }
    writing.db.close();
    this.turnstile.leave();
  }
}
