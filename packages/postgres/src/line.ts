/** One connection to the server as this package uses it: several statements in one trip, prepared once, rows as the text that came. */

import { createHash } from "node:crypto";
import type { Statement, Step, StepResult } from "@kith/sql";
import { type Wire, wire } from "./postgres-values.ts";

/** The wire, as pg has it below its queries. */
interface Wires {
  readonly stream: { cork?: () => void; uncork?: () => void };
  parse(message: { text: string; name: string }): void;
  bind(message: { statement: string; values: readonly Wire[] }): void;
  execute(message: object): void;
  close(message: { type: "S"; name: string }): void;
  sync(): void;
}

/** A client of pg, its own or a pool's. */
export interface Client {
  readonly connection?: {
    readonly stream: { destroy(): void };
    on(event: string, listener: (message: never) => void): unknown;
    removeListener(event: string, listener: (message: never) => void): unknown;
  };
  query(submittable: object): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
}

/** Statements that are kept prepared on one connection. */
const mostPrepared = 500;

/** What is prepared on a connection, by name; false while it is not known whether it still is. Shared by every copy of this package in the process. */
const key = Symbol.for("@kith/postgres.prepared");
type Prepared = Map<string, boolean>;

const nameOf = (statement: Statement): string =>
  ((statement.native as unknown[])[0] ??=
    `kith_${createHash("sha256").update(statement.sql).digest("base64url").slice(0, 22)}`) as string;

/** The server has lost a prepared statement, or its tables were changed since. */
export function isStale(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as { code?: unknown; routine?: unknown };
  return code === "26000" || (code === "0A000" && routine === "RevalidateCachedQuery");
}

/** See the file. */
export class Line {
  readonly client: Client;
  readonly #prepared: Prepared | undefined;

  constructor(client: Client, named: boolean) {
    this.client = client;
    if (!named) return;
    const holder = client as { [key]?: Prepared };
    if (!holder[key]) Object.defineProperty(holder, key, { value: new Map(), enumerable: false });
    this.#prepared = holder[key];
  }

  /** Runs statements one after another, with one wait for all; outside a transaction they are one. `again`: nothing is lost by trying a second time. */
  async trip(steps: readonly Step[], again: boolean): Promise<Told[]> {
    try {
      return await this.#send(steps);
    } catch (error) {
      if (!again || !isStale(error)) throw error;
      return this.#send(steps);
    }
  }

  #send(steps: readonly Step[]): Promise<Told[]> {
    return new Promise((resolve, reject) => {
      this.client.query(new Trip(steps, this.#prepared, resolve, reject));
    });
  }
}

/** What a step gave, and what the server calls what it did (`INSERT 0 1`, `ROLLBACK`). */
export interface Told extends StepResult {
  readonly tag: string;
}

/** What went wrong in a trip, at which step. */
const failedAt = Symbol("step");

/** The step at which a trip failed, counted from its first or from a later one. */
export function stepOf(error: unknown, from = 0): number {
  return Math.max(0, ((error as { [failedAt]?: number })[failedAt] ?? 0) - from);
}

/** A trip broke when all was done but told, or in its commit: what it wrote may have been kept. */
const unsure = Symbol("unsure");

/** Whether what a trip wrote may have been kept although it failed, as far as the server's own error tells. */
export function mayBeKept(error: unknown): boolean {
  return (error as { [unsure]?: boolean })[unsure] === true;
}

/** The messages of one trip, in the form in which pg takes other people's queries. */
class Trip {
  // pg calls it as a callback would be; everything is told by the handlers below.
  readonly callback = (error?: unknown) => {
    if (error) this.handleError(error);
  };
  readonly #steps: readonly Step[];
  readonly #prepared: Prepared | undefined;
  readonly #resolve: (results: Told[]) => void;
  readonly #reject: (error: unknown) => void;
  readonly #results: Told[] = [];
  /** Names that a step prepares or closes. */
  readonly #touched: { readonly name: string; readonly step: number }[] = [];
  #rows: unknown[][] = [];
  #failed = false;

  constructor(
    steps: readonly Step[],
    prepared: Prepared | undefined,
    resolve: (results: Told[]) => void,
    reject: (error: unknown) => void,
  ) {
    this.#steps = steps;
    this.#prepared = prepared;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Wires): Error | null {
    const { stream } = connection;
    let values: Wire[][];
    try {
      values = this.#steps.map((step) => step.values.map(wire));
    } catch (error) {
      return error as Error;
    }
    stream.cork?.();
    try {
      let last: string | undefined;
      for (let i = 0; i < this.#steps.length; i++) {
        const { statement } = this.#steps[i] as Step;
        const name = this.#prepared ? nameOf(statement) : "";
        if (this.#prepared) this.#prepare(connection, statement, name, this.#prepared, i);
        else if (statement.sql !== last) connection.parse({ text: statement.sql, name });
        last = statement.sql;
        connection.bind({ statement: name, values: values[i] as Wire[] });
        connection.execute({});
      }
      connection.sync();
    } finally {
      stream.uncork?.();
    }
    return null;
  }

  /** Sees that a statement is prepared; the one that has not been used for longest makes room. */
  #prepare(connection: Wires, statement: Statement, name: string, prepared: Prepared, step: number): void {
    const known = prepared.get(name);
    if (known !== undefined) prepared.delete(name);
    prepared.set(name, true);
    if (known === true) return;
    if (known === false) connection.close({ type: "S", name });
    connection.parse({ text: statement.sql, name });
    this.#touched.push({ name, step });
    while (prepared.size > mostPrepared) {
      const oldest = prepared.keys().next().value as string;
      prepared.delete(oldest);
      connection.close({ type: "S", name: oldest });
      this.#touched.push({ name: oldest, step });
    }
  }

  handleRowDescription(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}

  handleDataRow(message: { fields: unknown[] }): void {
    this.#rows.push(message.fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#results.push({ rows: this.#rows, count: Number(text.slice(text.lastIndexOf(" ") + 1)) || 0, tag: text });
    this.#rows = [];
  }

  handleReadyForQuery(): void {
    if (!this.#failed) this.#resolve(this.#results);
  }

  handleError(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    const step = this.#results.length;
    if (typeof error === "object" && error !== null) {
      const last = this.#steps.length - 1;
      const committing = step === last && this.#steps[last]?.statement.sql === "commit";
      Object.assign(error, { [failedAt]: step, [unsure]: step > last || committing });
    }
    // The server skips what stands behind a failure: what those steps would have prepared or closed may be there or not. What is stale is made anew.
    for (const touched of this.#touched) if (touched.step >= step) this.#prepared?.set(touched.name, false);
    if (isStale(error)) {
      for (const one of this.#prepared?.keys() ?? []) this.#prepared?.set(one, false);
    }
    this.#reject(error);
  }
}
