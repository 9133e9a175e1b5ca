/** Lending connections: from a pool, each for as long as a call or a transaction takes, with a deadline for getting one. */

import { type RunControl, XrmError } from "@kith/core";
import { Statement } from "@kith/sql";
import type { Pool, PoolClient } from "pg";
import { type Client, Line } from "./line.ts";
import { isBroken, translate } from "./postgres-errors.ts";

/** A connection that somebody has. */
export interface Loan {
  readonly line: Line;
  /** Gives it back; after an error that broke it, it is thrown away. */
  readonly release: (error?: unknown) => void;
  /** Breaks it off; whatever waits for it fails. */
  readonly destroy: () => void;
}

/** Settings of a {@link Lender}. */
export interface LenderSettings {
  readonly pool: Pool;
  /** The pool is this storage's, and ends with it. */
  readonly own: boolean;
  readonly named: boolean;
  /** What each new connection is told first. */
  readonly settings: string | undefined;
  readonly waitMs: number;
  /** The database's name, for messages. */
  readonly database: string;
}

const seen = new WeakSet<object>();

/** A connection that breaks while nobody waits for it must not end the process; whoever uses it next is told. */
function hearErrors(client: Client): void {
  if (seen.has(client)) return;
  seen.add(client);
  client.on("error", () => undefined);
}

/** See the file. */
export class Lender {
  readonly #settings: LenderSettings;
  readonly #lines = new WeakMap<object, Line>();
  /** Connections that have been given their settings. */
  readonly #told = new WeakSet<object>();
  #lent = 0;
  #idle: (() => void) | undefined;

  constructor(settings: LenderSettings) {
    this.#settings = settings;
    if (settings.own) settings.pool.on("error", () => undefined);
  }

  /**
   * Gets a connection.
   *
   * @throws {XrmError} BUSY when all are in use for too long, UNREACHABLE and its like when there is none to be had
   */
  lend(control?: RunControl): Promise<Loan> {
    const { pool, waitMs } = this.#settings;
    this.#lent++;
    return new Promise((resolve, reject) => {
      let late = false;
      const giveUp = (error: XrmError) => {
        late = true;
        this.#back();
        end?.();
        clearTimeout(timer);
        reject(error);
      };
      const timer = pool.idleCount > 0 ? undefined : setTimeout(() => giveUp(this.#late()), waitMs);
      const end = control?.watch(giveUp);
      pool.connect((error, client, release) => {
        clearTimeout(timer);
        end?.();
        if (late) return client ? release() : undefined;
        if (error || !client) {
          this.#back();
          return reject(translate(error, this.#settings.database));
        }
        const loan = this.#loan(client, release);
        const { settings } = this.#settings;
        if (settings === undefined || this.#told.has(client)) return resolve(loan);
        loan.line.trip([{ statement: new Statement(settings), values: [] }], false).then(
          () => {
            this.#told.add(client);
            resolve(loan);
          },
          (failure: unknown) => {
            loan.release(failure);
            reject(translate(failure, this.#settings.database));
          },
        );
      });
    });
  }

  /** A connection that the host lends, for as long as it likes. */
  line(client: Client): Line {
    hearErrors(client);
    let line = this.#lines.get(client);
    if (!line) this.#lines.set(client, (line = new Line(client, this.#settings.named)));
    return line;
  }

  /** Waits until all connections are back, and ends the pool if it is this storage's. */
  async close(): Promise<void> {
    if (this.#lent > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    if (this.#settings.own) await this.#settings.pool.end();
  }

  #loan(client: PoolClient, release: (error?: Error | boolean) => void): Loan {
    return {
      line: this.line(client as unknown as Client),
      destroy: () => (client as unknown as Client).connection?.stream.destroy(),
      release: (error) => {
        release(error !== undefined && isBroken(error));
        this.#back();
      },
    };
  }

  #back(): void {
    if (--this.#lent === 0) this.#idle?.();
  }

  #late(): XrmError {
    const { pool, waitMs, database } = this.#settings;
    const params = { database, waitMs };
    if (pool.waitingCount > 0) {
      return new XrmError(
        "BUSY",
        `All ${pool.totalCount} connections to '${database}' were in use for longer than ${waitMs} ms; try again, or give the pool more.`,
        { params },
      );
    }
    return new XrmError("UNREACHABLE", `The database '${database}' did not answer for ${waitMs} ms.`, { params });
  }
}
