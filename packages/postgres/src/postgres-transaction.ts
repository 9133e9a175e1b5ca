/** A transaction on a connection of its own, and its savepoints. Commands that only open or close something go along with the next statement. */

import {
  type RunControl,
  type StorageSavepoint,
  type StorageTransaction,
  type WriteBatch,
  type WriteResult,
  XrmError,
} from "@kith/core";
import { type Compiled, countInserted, type Inserted, type Writer } from "@kith/sql";
import { bounded } from "./bounded.ts";
import type { Loan } from "./lender.ts";
import { isBroken, type Moment } from "./postgres-errors.ts";
import { PostgresSession } from "./postgres-session.ts";

/** What a transaction needs of the connection that began it. */
export interface TransactionHost {
  readonly writer: Writer;
  readonly translate: (error: unknown, moment?: Moment) => unknown;
  /** Ends a statement that is still running on a connection. */
  readonly cancel: (loan: Loan) => Promise<void>;
  /** Is told of every commit, with the rows that it inserted; what it begins holds the connection, not the caller. */
  readonly committed: (inserted: Inserted, loan: Loan) => Promise<unknown> | undefined;
  /** Throws when nothing may be sent any more. */
  readonly check?: () => void;
}

/** The commands that end a transaction. */
export interface TransactionEnds {
  /** Go along with the commit, before it. */
  readonly before?: readonly string[];
  /** With what the server calls it when it is done. */
  readonly commit: readonly [command: string, done: string];
  readonly rollback: readonly string[];
}

const ordinary: TransactionEnds = { commit: ["commit", "COMMIT"], rollback: ["rollback"] };

/** How long a rollback may take before its connection is given up. */
const patience = 5_000;

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Connection terminated: it did not answer to a rollback")), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** See the file. */
export class PostgresTransaction implements StorageTransaction {
  readonly #host: TransactionHost;
  readonly #loan: Loan;
  readonly #session: PostgresSession;
  readonly #ends: TransactionEnds;
  #ended = false;
  /** Something has been sent, so that there is something to end. */
  #begun = false;
  #running = 0;
  /** What broke the connection. */
  #lost: unknown;
  #savepoints = 0;
  readonly #inserted: Inserted = new Map();

  constructor(host: TransactionHost, loan: Loan, begin: readonly string[], ends: TransactionEnds = ordinary) {
    this.#host = host;
    this.#loan = loan;
    this.#ends = ends;
    this.#session = new PostgresSession(loan.line, true);
    for (const sql of begin) this.#session.ahead(sql);
  }

  write(batch: WriteBatch): Promise<WriteResult[]> {
    countInserted(this.#inserted, batch);
    return this.#guarded(async () => this.#host.writer.write(this.#session, batch));
  }

  nextNumber(sequence: string): Promise<number> {
    return this.#guarded(async () => this.#host.writer.nextNumber(this.#session, sequence));
  }

  /** A read that may fail or be stopped leaves the transaction as it was. */
  read<T>(compiled: Compiled<T>, params: readonly unknown[], control?: RunControl): Promise<T> {
    const apart = () => this.#session.attempt(async (session) => compiled.run(session, params), control);
    return this.#guarded(async () => {
      if (control) return bounded(control, this.#loan, apart);
      return compiled.mayFail ? apart() : compiled.run(this.#session, params);
    });
  }

  savepoint(): StorageSavepoint {
    this.#check();
    const name = `kith_${++this.#savepoints}`;
    this.#session.ahead(`savepoint ${name}`);
    return {
      release: () => {
        this.#check();
        this.#session.ahead(`release ${name}`);
      },
      rollback: async () => {
        if (this.#ended || this.#lost !== undefined) return;
        if (this.#session.takeBack(`savepoint ${name}`)) return;
        await this.#guarded(async () => {
          this.#session.ahead(`rollback to ${name}`);
          await this.#session.command(`release ${name}`);
        });
      },
    };
  }

  async commit(): Promise<void> {
    this.#check();
    this.#ended = true;
    let broken: unknown;
    let after: Promise<unknown> | undefined;
    try {
      if (!this.#begun) return;
      this.#host.check?.();
      const {
        before = [],
        commit: [commit, done],
      } = this.#ends;
      for (const sql of before) this.#session.ahead(sql);
      // A transaction in which a statement failed is rolled back by its commit, without a word.
      if ((await this.#session.command(commit)) !== done) {
        throw new XrmError(
          "TX_ROLLBACK_ONLY",
          "A statement of this transaction failed, so that it was rolled back; nothing was kept.",
        );
      }
      if (this.#inserted.size > 0) after = this.#host.committed(this.#inserted, this.#loan);
    } catch (error) {
      broken = error;
      throw this.#host.translate(error, "committing");
    } finally {
      if (after) after.then(() => this.#loan.release(), this.#loan.release);
      else this.#loan.release(broken);
    }
  }

  async rollback(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    let broken = this.#lost;
    try {
      this.#session.forget();
      if (!this.#begun || broken !== undefined) return;
      if (this.#running > 0) await this.#host.cancel(this.#loan);
      const [last, ...ahead] = this.#ends.rollback.toReversed();
      for (const sql of ahead.toReversed()) this.#session.ahead(sql);
      await within(patience, this.#session.command(last as string));
    } catch (error) {
      // The server rolls back what a connection leaves behind.
      broken = error;
    } finally {
      this.#loan.release(broken);
    }
  }

  #check(): void {
    if (this.#ended) throw new XrmError("TX_CLOSED", "The transaction has ended; begin another.");
    if (this.#lost !== undefined) throw this.#host.translate(this.#lost);
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    this.#check();
    this.#host.check?.();
    this.#begun = true;
    this.#running++;
    try {
      return await work();
    } catch (error) {
      if (isBroken(error)) this.#lost = error;
      throw this.#host.translate(error);
    } finally {
      this.#running--;
    }
  }
}
