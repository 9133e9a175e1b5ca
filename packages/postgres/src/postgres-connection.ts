/** An open PostgreSQL database: connections are lent to calls and transactions; what needs no transaction is one trip. */

import {
  type AggregatePlan,
  type Connection,
  type CountPlan,
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
  compileAggregate,
  compileCount,
  compileRead,
  countInserted,
  type Inserted,
  type ModelWatch,
  type SqlContext,
  type Writer,
} from "@kith/sql";
import { bounded } from "./bounded.ts";
import { cancelOn } from "./cancel.ts";
import { JoinedTransaction, joinable } from "./joined.ts";
import type { Lender, Loan } from "./lender.ts";
import { isBroken, type Moment, translate } from "./postgres-errors.ts";
import { PostgresSession } from "./postgres-session.ts";
import { PostgresTransaction } from "./postgres-transaction.ts";
import { Statistics } from "./statistics.ts";

/** What a connection is made of. */
export interface PostgresParts {
  readonly lender: Lender;
  readonly context: SqlContext;
  readonly writer: Writer;
  readonly database: string;
  /** Settings that each transaction is given along with its first statement, where connections cannot keep them. */
  readonly settings: string | undefined;
  /** Settings that a transaction of the application is given while work is part of it. */
  readonly needed: Readonly<Record<string, string>>;
  /** Notices that another process changed the model. */
  readonly watch: ModelWatch;
}

/** See the file. */
export class PostgresConnection implements Connection {
  readonly #parts: PostgresParts;
  readonly #statistics: Statistics;
  #closed: Promise<void> | undefined;

  constructor(parts: PostgresParts) {
    this.#parts = parts;
    this.#statistics = new Statistics(parts.context);
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

  async write(batch: WriteBatch): Promise<WriteResult[]> {
    const { writer, settings, watch } = this.#parts;
    if (writer.isSingle(batch, true)) {
      return this.#lent("committing", undefined, async ({ line }) => {
        const session = new PostgresSession(line, false);
        if (watch.due) await watch.look(session);
        if (settings !== undefined) session.ahead(settings);
        const result = await writer.write(session, batch);
        const inserted: Inserted = new Map();
        countInserted(inserted, batch);
        const after = inserted.size > 0 ? this.#statistics.committed(inserted, line) : undefined;
        return after ? { result, after } : { result };
      });
    }
    const tx = await this.begin();
    try {
      const results = await tx.write(batch);
      await tx.commit();
      return results;
    } catch (error) {
      await tx.rollback();
      throw error;
    }
  }

  async begin(control?: RunControl): Promise<StorageTransaction> {
    this.#check();
    const { lender, writer, settings } = this.#parts;
    const loan = await lender.lend(control);
    await this.#lookAtModel(loan);
    const committed = (inserted: Inserted, { line }: Loan) => this.#statistics.committed(inserted, line);
    const host = { writer, cancel: cancelOn, translate: this.#translate, committed };
    const tx = new PostgresTransaction(host, loan, [
      "begin isolation level read committed",
      ...(settings === undefined ? [] : [settings]),
    ]);
    return tx;
  }

  /** Begins a part of the transaction that the application has begun on a client of pg. */
  join(host: unknown): StorageTransaction {
    this.#check();
    const { lender, writer, database, needed } = this.#parts;
    const client = joinable(host, database);
    const line = lender.line(client);
    const loan: Loan = { line, release: () => undefined, destroy: () => client.connection?.stream.destroy() };
    // Only the application knows when it commits.
    const committed = () => undefined;
    return new JoinedTransaction(
      { writer, cancel: cancelOn, translate: this.#translate, committed },
      loan,
      client,
      needed,
    );
  }

  /** Refuses to write for a model that the database no longer has; looks now and then. */
  async #lookAtModel(loan: Loan): Promise<void> {
    const { watch } = this.#parts;
    if (!watch.due) return;
    try {
      await watch.look(new PostgresSession(loan.line, false));
    } catch (error) {
      // As the driver gave it: only that tells whether the connection is broken.
      loan.release(error);
      throw this.#translate(error);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#parts.lender.close();
    return this.#closed;
  }

  readonly #translate = (error: unknown, moment?: Moment) => {
    const known = translate(error, this.#parts.database, moment);
    // A table or column that is missing: another process has changed the model, as the next write will find.
    if (known instanceof XrmError && known.code === "MODEL_CHANGED") this.#parts.watch.suspect();
    return known;
  };

  #prepared<T>(compiled: Compiled<T>): Prepared<T> {
    return {
      run: (params, tx, control) => {
        if (tx !== undefined) return (tx as PostgresTransaction).read(compiled, params, control);
        return compiled.statements === 1
          ? this.#readAlone(compiled, params, control)
          : this.#readTogether(compiled, params, control);
      },
    };
  }

  #readAlone<T>(compiled: Compiled<T>, params: readonly unknown[], control?: RunControl): Promise<T> {
    return this.#lent("before", control, async (loan) => {
      const session = new PostgresSession(loan.line, false, control);
      return { result: await compiled.run(session, params) };
    });
  }

  /** Statements that belong together read one state of the database. */
  #readTogether<T>(compiled: Compiled<T>, params: readonly unknown[], control?: RunControl): Promise<T> {
    return this.#lent("before", control, async (loan) => {
      const session = new PostgresSession(loan.line, true, control);
      session.ahead("begin isolation level repeatable read read only");
      try {
        return { result: await compiled.run(session, params), after: session.command("commit") };
      } catch (error) {
        session.forget();
        if (!isBroken(error)) await session.command("rollback").catch(() => undefined);
        throw error;
      }
    });
  }

  /** Runs work on a connection. What it leaves to be done after holds the connection, not the caller. */
  async #lent<T>(
    moment: Moment,
    control: RunControl | undefined,
    work: (loan: Loan) => Promise<{ readonly result: T; readonly after?: Promise<unknown> }>,
  ): Promise<T> {
    this.#check();
    control?.check();
    const loan = await this.#parts.lender.lend(control);
    let after: Promise<unknown> | undefined;
    let broken: unknown;
    try {
      const done = await (control ? bounded(control, loan, () => work(loan)) : work(loan));
      after = done.after;
      return done.result;
    } catch (error) {
      broken = error;
      throw this.#translate(error, moment);
    } finally {
      if (after) after.then(() => loan.release(), loan.release);
      else loan.release(broken);
    }
  }

  #check(): void {
    if (this.#closed) throw new XrmError("CLOSED", "The database was closed; open it anew.");
  }
}
