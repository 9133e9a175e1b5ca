/** A session for one call that is bounded: statements stop at its time limit, and its signal is heard between them. */

import type { MaybePromise, RunControl } from "@kith/core";
import type { SqlSession, Statement } from "@kith/sql";
import type { SqliteSession } from "./sqlite-session.ts";

/** See the file. */
export class BoundedSession implements SqlSession {
  readonly #session: SqliteSession;
  readonly #control: RunControl;
  readonly #pauses: boolean;
  #begun = false;
  readonly check: () => void;

  /** With `pauses` the event loop turns between statements, so that a signal can be heard; nothing else may use the session meanwhile. */
  constructor(session: SqliteSession, control: RunControl, pauses: boolean) {
    this.#session = session;
    this.#control = control;
    this.#pauses = pauses;
    this.check = () => control.check();
  }

  all(statement: Statement, values: readonly unknown[]): MaybePromise<unknown[][]> {
    if (!this.#pauses || !this.#begun) return this.#now(statement, values);
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#now(statement, values));
  }

  run(): never {
    throw new TypeError("A bounded session only reads.");
  }

  #now(statement: Statement, values: readonly unknown[]): unknown[][] {
    this.#begun = true;
    this.#control.check();
    return this.#session.allWithin(statement, values, this.#control);
  }
}
