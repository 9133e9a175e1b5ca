/** A further reading connection, for reads of several statements between which the event loop turns: other calls must not see their snapshot. */

import type { MaybePromise, RunControl } from "@kith/core";
import { lastly } from "@kith/sql";
import type { SqliteSession } from "./sqlite-session.ts";
import { Turnstile } from "./turnstile.ts";

/** See the file. Opened when first needed; reads take turns on it. */
export class SideReader {
  readonly #open: () => SqliteSession;
  readonly #turnstile = new Turnstile();
  #session: SqliteSession | undefined;
  #stale = false;

  constructor(open: () => SqliteSession) {
    this.#open = open;
  }

  /** Runs work in a read transaction of its own, so that all of it sees one state. */
  async run<T>(control: RunControl, work: (session: SqliteSession) => MaybePromise<T>): Promise<T> {
    if (!this.#turnstile.tryEnter()) await this.#turnstile.enter({ control });
    return lastly(
      () => this.#inTransaction(work),
      () => this.#turnstile.leave(),
    );
  }

  /** The next read opens the connection anew: statistics are read when a connection opens. */
  renew(): void {
    this.#stale = true;
  }

  /** Waits for what is under way, and closes. */
  close(): MaybePromise<void> {
    const end = () => {
      this.#session?.db.close();
      this.#session = undefined;
      this.#turnstile.leave();
    };
    return this.#turnstile.tryEnter() ? end() : this.#turnstile.enter().then(end);
  }

  #inTransaction<T>(work: (session: SqliteSession) => MaybePromise<T>): MaybePromise<T> {
    if (this.#stale) {
      this.#session?.db.close();
      this.#session = undefined;
      this.#stale = false;
    }
    this.#session ??= this.#open();
    const session = this.#session;
    session.command("begin");
    return lastly(
      () => work(session),
      () => {
        if (session.db.inTransaction) session.command("commit");
      },
    );
  }
}
