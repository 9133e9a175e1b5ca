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
  chain,
  compileAggregate,
  compileCount,
  compileRead,
  lastly,
  rescue,
  type SqlContext,
  type Writer,
} from "@kith/sql";
import { retrying } from "./retry.ts";
import { busy, isBusy, translate } from "./sqlite-errors.ts";
import type { SqliteSession } from "./sqlite-session.ts";
import { SqliteTransaction } from "./sqlite-transaction.ts";
import { countInserted, type Inserted, Statistics } from "./statistics.ts";
import { Turnstile } from "./turnstile.ts";

/** What a connection is made of. */
export interface SqliteParts {
  readonly file: string;
  readonly context: SqlContext;
  readonly writer: Writer;
  /** The connection that writes. */
  readonly writing: SqliteSession;
  /** Opens the connection that reads; none for a database in memory, which has one connection. */
  readonly openReading: (() => SqliteSession) | undefined;
  readonly waitMs: number;
}

/** See the file. */
export class SqliteConnection implements Connection {
  readonly writer: Writer;
  readonly turnstile = new Turnstile();
  /** The connection that writes. */
  readonly writing: SqliteSession;
  /** The connection that reads what is committed; the same one for a database in memory. */
  reading: SqliteSession;
  readonly #parts: SqliteParts;
  readonly #inMemory: boolean;
  readonly #statistics: Statistics;
  #closed: MaybePromise<void> = undefined;
  #closing = false;

  constructor(parts: SqliteParts) {
    this.#parts = parts;
    this.writer = parts.writer;
    this.writing = parts.writing;
    this.reading = parts.openReading?.() ?? parts.writing;
    this.#inMemory = parts.openReading === undefined;
    this.#statistics = new Statistics(parts.context, parts.writing);
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
    return this.#alone((deadline) =>
      chain(
        this.#retrying(deadline, () => this.#writeNow(batch)),
        (results) => {
          const inserted: Inserted = new Map();
          countInserted(inserted, batch);
          this.committed(inserted);
          return results;
        },
      ),
    );
  }

  begin(): MaybePromise<StorageTransaction> {
    this.#check();
    return this.#entered((deadline) =>
      rescue(
        () =>
          chain(
            this.#retrying(deadline, () => this.writing.command("begin immediate")),
            () => new SqliteTransaction(this, this.writing),
          ),
        (error) => {
          this.turnstile.leave();
          throw this.translate(error);
        },
      ),
    );
  }

  close(): MaybePromise<void> {
    if (this.#closing) return this.#closed;
    this.#closing = true;
    const { turnstile } = this;
    this.#closed = turnstile.tryEnter() ? this.#disconnect() : turnstile.enter().then(() => this.#disconnect());
    return this.#closed;
  }

  /** The error that callers get for one of the driver's. */
  translate(error: unknown): unknown {
    return translate(error, this.#parts.file);
  }

  /** Is told of every commit, with the rows that it inserted. */
  committed(inserted: Inserted): void {
    if (inserted.size === 0 || !this.#statistics.committed(inserted)) return;
    // Statistics are read when a connection opens.
    const { openReading } = this.#parts;
    if (!openReading) return;
    const before = this.reading;
    try {
      this.reading = openReading();
    } catch {
      return;
    }
    before.db.close();
  }

  #prepared<T>(compiled: Compiled<T>): Prepared<T> {
    return {
      run: (params, tx) =>
        tx === undefined ? this.#read(compiled, params) : (tx as SqliteTransaction).read(compiled, params),
    };
  }

  #read<T>(compiled: Compiled<T>, params: readonly unknown[]): MaybePromise<T> {
    this.#check();
    const { waitMs } = this.#parts;
    // What an open transaction wrote must not be seen before it is committed, and in memory there is no other connection.
    if (this.#inMemory && this.turnstile.taken) return this.#alone(() => this.#readNow(compiled, params));
    try {
      return this.#readNow(compiled, params);
    } catch (error) {
      if (!isBusy(error)) throw this.translate(error);
      return rescue(
        () => this.#retrying(performance.now() + waitMs, () => this.#readNow(compiled, params)),
        (late) => {
          throw this.translate(late);
        },
      );
    }
  }

  /** Statements that belong together read one state of the database. */
  #readNow<T>(compiled: Compiled<T>, params: readonly unknown[]): T {
    const { reading } = this;
    if (compiled.statements === 1 || this.#inMemory) return compiled.run(reading, params) as T;
    reading.command("begin");
    try {
      return compiled.run(reading, params) as T;
    } finally {
      if (reading.db.inTransaction) reading.command("commit");
    }
  }

  #writeNow(batch: WriteBatch): WriteResult[] {
    const { writing, writer } = this;
    const write = () => writer.write(writing, batch) as WriteResult[];
    // One statement is a transaction by itself.
    if (writer.isSingle(batch)) return write();
    writing.command("begin immediate");
    try {
      const results = write();
      writing.command("commit");
      return results;
    } catch (error) {
      if (writing.db.inTransaction) writing.command("rollback");
      throw error;
    }
  }

  /** Runs work while nobody else uses the writing connection. */
  #alone<T>(work: (deadline: number) => MaybePromise<T>): MaybePromise<T> {
    const leave = () => this.turnstile.leave();
    const fail = (error: unknown): never => {
      throw this.translate(error);
    };
    return this.#entered((deadline) => lastly(() => rescue(() => work(deadline), fail), leave));
  }

  #entered<T>(work: (deadline: number) => MaybePromise<T>): MaybePromise<T> {
    const { waitMs, file } = this.#parts;
    const deadline = performance.now() + waitMs;
    if (this.turnstile.tryEnter()) return work(deadline);
    const late = () =>
      new XrmError(
        "BUSY",
        `Another transaction of this process kept the database '${file}' for longer than ${waitMs} ms; try again, or raise waitMs.`,
        { params: { file, waitMs } },
      );
    return this.turnstile.enter(waitMs, late).then(() => work(deadline));
  }

  #retrying<T>(deadline: number, work: () => T): MaybePromise<T> {
    const { file, waitMs } = this.#parts;
    return retrying(deadline, (cause) => busy(file, waitMs, cause), work);
  }

  #check(): void {
    if (this.#closing) throw new XrmError("CLOSED", "The database was closed; open it anew.");
  }

  #disconnect(): void {
    if (!this.#inMemory) {
      this.reading.db.close();
      this.#statistics.leave();
    }
    this.writing.db.close();
    this.turnstile.leave();
  }
}
