/** An open SQLite database: one connection that writes, one that reads what is committed while a transaction is open. */

import {
  type AggregatePlan,
  type BackupOptions,
  type BackupResult,
  type Connection,
  type CountPlan,
  type MaybePromise,
  type Prepared,
  type ReadPlan,
  type ReadResult,
  type RunControl,
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
  type Inserted,
  lastly,
  type ModelWatch,
  rescue,
  type SqlContext,
  type SqlSession,
  seeksOne,
  timed,
  type Writer,
} from "@kith/sql";
import { BoundedSession } from "./bounded-session.ts";
import { retrying } from "./retry.ts";
import { SideReader } from "./side-reader.ts";
import { Backups, snapshot } from "./sqlite-backup.ts";
import { busy, isBusy, translate } from "./sqlite-errors.ts";
import type { SqliteSession } from "./sqlite-session.ts";
import { SqliteTransaction } from "./sqlite-transaction.ts";
import { Statistics } from "./statistics.ts";
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
  /** Notices that another process changed the model; none for a database in memory, which has no other. */
  readonly watch?: ModelWatch | undefined;
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
  /** For reads of a file between whose statements the event loop turns. */
  readonly #side: SideReader;
  readonly #backups = new Backups();
  #closed: MaybePromise<void> = undefined;
  #closing = false;

  constructor(parts: SqliteParts) {
    this.#parts = parts;
    this.writer = parts.writer;
    this.writing = parts.writing;
    this.reading = parts.openReading?.() ?? parts.writing;
    this.#inMemory = parts.openReading === undefined;
    this.#side = new SideReader(() => (parts.openReading as () => SqliteSession)());
    this.#statistics = new Statistics(parts.context, parts.writing);
  }

  prepareRead(plan: ReadPlan): Prepared<ReadResult> {
    const { context } = this.#parts;
    const compiled = compileRead(context, plan);
    return this.#prepared(compiled, () => (seeksOne(plan) ? compiled : compileRead(timed(context), plan)));
  }

  prepareCount(plan: CountPlan): Prepared<number> {
    const { context } = this.#parts;
    return this.#prepared(compileCount(context, plan), () => compileCount(timed(context), plan));
  }

  prepareAggregate(plan: AggregatePlan): Prepared<unknown[][]> {
    const { context } = this.#parts;
    return this.#prepared(compileAggregate(context, plan), () => compileAggregate(timed(context), plan));
  }

  write(batch: WriteBatch): MaybePromise<WriteResult[]> {
    this.#check();
    if (!this.turnstile.tryEnter()) return this.#alone((deadline) => this.#writeRetrying(deadline, batch));
    let locked = false;
    try {
      return this.#wrote(batch, this.#writeNow(batch));
    } catch (error) {
      if (!isBusy(error)) throw this.translate(error);
      locked = true;
    } finally {
      if (!locked) this.turnstile.leave();
    }
    return this.#inside(() => this.#writeRetrying(performance.now() + this.#parts.waitMs, batch));
  }

  #writeRetrying(deadline: number, batch: WriteBatch): MaybePromise<WriteResult[]> {
    return chain(
      this.#retrying(deadline, () => this.#writeNow(batch)),
      (results) => this.#wrote(batch, results),
    );
  }

  #wrote(batch: WriteBatch, results: WriteResult[]): WriteResult[] {
    if (this.#statistics.wrote(batch)) this.#renew();
    return results;
  }

  begin(control?: RunControl): MaybePromise<StorageTransaction> {
    this.#check();
    const begin = () => {
      control?.check();
      this.writing.command("begin immediate");
      try {
        this.#lookAtModel();
      } catch (error) {
        this.writing.command("rollback");
        throw error;
      }
    };
    return this.#entered(
      (deadline) =>
        rescue(
          () => chain(this.#retrying(deadline, begin), () => new SqliteTransaction(this, this.writing)),
          (error) => {
            this.turnstile.leave();
            throw this.translate(error);
          },
        ),
      control,
    );
  }

  async backup(file: string, options: BackupOptions): Promise<BackupResult> {
    this.#check();
    const { openReading } = this.#parts;
    try {
      return await this.#backups.make(file, options, (copy) =>
        openReading ? snapshot(openReading(), copy) : this.#alone(() => copy(this.writing), options.control),
      );
    } catch (error) {
      throw this.translate(error);
    }
  }

  close(): MaybePromise<void> {
    if (this.#closing) return this.#closed;
    this.#closing = true;
    const { turnstile } = this;
    const alone = turnstile.tryEnter() ? undefined : turnstile.enter();
    const idle = chain(alone, () => chain(this.#backups.idle(), () => this.#side.close()));
    this.#closed = chain(idle, () => this.#disconnect());
    return this.#closed;
  }

  /** The error that callers get for one of the driver's. */
  translate(error: unknown): unknown {
    const { watch, file } = this.#parts;
    // A table or column that is missing: perhaps the model is another one by now.
    if (watch && (error as { code?: unknown } | null)?.code === "SQLITE_ERROR") {
      try {
        watch.look(this.writing);
      } catch (changed) {
        // Should the look itself fail, what failed first is what the caller hears.
        if (changed instanceof XrmError) return changed;
      }
    }
    return translate(error, file);
  }

  /** Is told of every commit, with the rows that it inserted. */
  committed(inserted: Inserted): void {
    if (inserted.size > 0 && this.#statistics.committed(inserted)) this.#renew();
  }

  /** Statistics are read when a connection opens. */
  #renew(): void {
    const { openReading } = this.#parts;
    if (!openReading) return;
    this.#side.renew();
    const before = this.reading;
    try {
      this.reading = openReading();
    } catch {
      // The connection that there is serves as well, with plans for smaller tables; what was written is kept either way.
      return;
    }
    before.db.close();
  }

  /** `timed` compiles the plan with a guard in it; that is done when the first call with a time limit comes. */
  #prepared<T>(compiled: Compiled<T>, timed: () => Compiled<T>): Prepared<T> {
    let guarded: Compiled<T> | undefined;
    return {
      run: (params, tx, control) => {
        if (control === undefined)
          return tx === undefined ? this.#read(compiled, params) : (tx as SqliteTransaction).read(compiled, params);
        if (control.deadline !== undefined) guarded ??= timed();
        const bounded = control.deadline === undefined ? compiled : (guarded as Compiled<T>);
        return tx === undefined
          ? this.#readBounded(bounded, params, control)
          : (tx as SqliteTransaction).read(bounded, params, control);
      },
    };
  }

  #readBounded<T>(compiled: Compiled<T>, params: readonly unknown[], control: RunControl): MaybePromise<T> {
    this.#check();
    control.check();
    // Only where the event loop turns can a signal be heard.
    const pauses = control.signal !== undefined && compiled.statements > 1;
    const fail = (error: unknown): never => {
      throw this.translate(error);
    };
    if (this.#inMemory) {
      const read = () => compiled.run(new BoundedSession(this.writing, control, pauses), params);
      return pauses || this.turnstile.taken ? this.#alone(read, control) : rescue(read, fail);
    }
    const work = (): MaybePromise<T> => {
      if (pauses)
        return this.#side.run(control, (session) => compiled.run(new BoundedSession(session, control, true), params));
      control.check();
      return this.#readNow(compiled, params, new BoundedSession(this.reading, control, false));
    };
    return rescue(() => this.#retrying(performance.now() + this.#parts.waitMs, work), fail);
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
  #readNow<T>(compiled: Compiled<T>, params: readonly unknown[], session: SqlSession = this.reading): T {
    const { reading } = this;
    if (compiled.statements === 1 || this.#inMemory) return compiled.run(session, params) as T;
    reading.command("begin");
    try {
      return compiled.run(session, params) as T;
    } finally {
      if (reading.db.inTransaction) reading.command("commit");
    }
  }

  #writeNow(batch: WriteBatch): WriteResult[] {
    const { writing, writer } = this;
    this.#lookAtModel();
    // One statement is a transaction by itself.
    if (writer.isSingle(batch)) return writer.write(writing, batch) as WriteResult[];
    writing.command("begin immediate");
    try {
      const results = writer.write(writing, batch) as WriteResult[];
      writing.command("commit");
      return results;
    } catch (error) {
      if (writing.db.inTransaction) writing.command("rollback");
      throw error;
    }
  }

  /** Refuses to write for a model that the database no longer has; looks now and then. */
  #lookAtModel(): void {
    const { watch } = this.#parts;
    if (watch?.due) watch.look(this.writing);
  }

  /** Runs work while nobody else uses the writing connection. */
  #alone<T>(work: (deadline: number) => MaybePromise<T>, control?: RunControl): MaybePromise<T> {
    return this.#entered((deadline) => this.#inside(() => work(deadline)), control);
  }

  /** Runs work of whoever has the turn, and hands it on. */
  #inside<T>(work: () => MaybePromise<T>): MaybePromise<T> {
    const leave = () => this.turnstile.leave();
    const fail = (error: unknown): never => {
      throw this.translate(error);
    };
    return lastly(() => rescue(work, fail), leave);
  }

  #entered<T>(work: (deadline: number) => MaybePromise<T>, control?: RunControl): MaybePromise<T> {
    const { waitMs, file } = this.#parts;
    const deadline = performance.now() + waitMs;
    if (this.turnstile.tryEnter()) return work(deadline);
    const late = () =>
      new XrmError(
        "BUSY",
        `Another transaction of this process kept the database '${file}' for longer than ${waitMs} ms; try again, or raise waitMs.`,
        { params: { file, waitMs } },
      );
    return this.turnstile.enter({ ms: waitMs, late, control }).then(() => work(deadline));
  }

  #retrying<T>(deadline: number, work: () => MaybePromise<T>): MaybePromise<T> {
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
