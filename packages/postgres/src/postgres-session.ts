/** A line to the server as the shared SQL code sees it, and commands that go along with the next trip instead of making one of their own. */

import type { RunControl } from "@kith/core";
import { type SqlSession, Statement, type Step, type StepResult } from "@kith/sql";
import { type Line, stepOf, type Told } from "./line.ts";
import { isBroken } from "./postgres-errors.ts";

const commands = new Map<string, Statement>();

/** The statement of a command without parameters, like `commit`. */
export function command(sql: string): Statement {
  let statement = commands.get(sql);
  if (!statement) {
    statement = new Statement(sql);
    // Savepoints have a number each; those of any sane depth are kept.
    if (commands.size < 100) commands.set(sql, statement);
  }
  return statement;
}

const none: readonly unknown[] = [];

/** See the file. Calls take turns, in the order in which they were made. */
export class PostgresSession implements SqlSession {
  readonly #line: Line;
  /** In a transaction, a failed statement is not tried a second time: it has undone the transaction. */
  readonly #inTransaction: boolean;
  readonly check?: () => void;
  #ahead: Step[] = [];
  #last: Promise<unknown> | undefined;

  constructor(line: Line, inTransaction: boolean, control?: RunControl) {
    this.#line = line;
    this.#inTransaction = inTransaction;
    if (control) this.check = () => control.check();
  }

  async all(statement: Statement, values: readonly unknown[]): Promise<unknown[][]> {
    const results = await this.#trip([{ statement, values }]);
    return (results.at(-1) as StepResult).rows;
  }

  async run(statement: Statement, values: readonly unknown[]): Promise<number> {
    const results = await this.#trip([{ statement, values }]);
    return (results.at(-1) as StepResult).count;
  }

  async many(steps: readonly Step[], failed: (error: unknown, step: number) => unknown): Promise<StepResult[]> {
    const results = await this.#trip(steps, failed);
    return results.slice(results.length - steps.length);
  }

  async attempt<T>(work: (session: SqlSession) => T | Promise<T>, control?: RunControl): Promise<T> {
    if (!this.#inTransaction) return work(this);
    return this.#alone(async () => {
      const inner = new PostgresSession(this.#line, true, control);
      inner.#ahead = this.#ahead;
      this.#ahead = [];
      inner.ahead("savepoint kith_attempt");
      try {
        return await work(inner);
      } catch (error) {
        inner.ahead("rollback to kith_attempt");
        throw error;
      } finally {
        inner.ahead("release kith_attempt");
        this.#ahead = inner.#ahead;
      }
    });
  }

  /** Runs work in a transaction that begins with these commands. What fails undoes it, and is what the caller hears. */
  async transaction<T>(begin: readonly string[], work: (session: PostgresSession) => T | Promise<T>): Promise<T> {
    for (const sql of begin) this.ahead(sql);
    try {
      const result = await work(this);
      await this.command("commit");
      return result;
    } catch (error) {
      this.forget();
      // On a connection that is gone there is nothing to undo; should it go now, the server undoes it.
      if (!isBroken(error)) await this.command("rollback").catch(() => undefined);
      throw error;
    }
  }

  /** Sends a command along with the next trip. */
  ahead(sql: string, values: readonly unknown[] = none): void {
    this.#ahead.push({ statement: command(sql), values });
  }

  /** Takes back what was to go along, from a command on; false when that one has already gone. */
  takeBack(sql: string): boolean {
    const at = this.#ahead.findLastIndex(({ statement }) => statement.sql === sql);
    if (at < 0) return false;
    this.#ahead.length = at;
    return true;
  }

  /** Forgets what was to go along. */
  forget(): void {
    this.#ahead = [];
  }

  /** Runs a command without parameters; gives what the server calls what it did. */
  async command(sql: string): Promise<string> {
    const results = await this.#trip([{ statement: command(sql), values: none }]);
    return (results.at(-1) as Told).tag;
  }

  #trip(steps: readonly Step[], failed?: (error: unknown, step: number) => unknown): Promise<Told[]> {
    const go = async () => {
      const ahead = this.#ahead;
      this.#ahead = [];
      try {
        return await this.#line.trip(ahead.length === 0 ? steps : [...ahead, ...steps], !this.#inTransaction);
      } catch (error) {
        throw failed ? failed(error, stepOf(error, ahead.length)) : error;
      }
    };
    return this.#inTransaction ? this.#alone(go) : go();
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last ? this.#last.then(work, work) : work();
    this.#last = mine;
    const done = () => {
      if (this.#last === mine) this.#last = undefined;
    };
    mine.then(done, done);
    return mine;
  }
}
