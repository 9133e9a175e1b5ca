/** A transaction that is part of one that the application began on its own client: a savepoint there, whose end the application decides. */

import { XrmError } from "@kith/core";
import { type HostClient, type HostTransaction, hostTransaction } from "./host-transaction.ts";
import type { Loan } from "./lender.ts";
import { PostgresTransaction, type TransactionHost } from "./postgres-transaction.ts";

const savepoint = "kith_joined";

/** Why a client cannot be joined, by how its transaction stands. */
const refusals: Readonly<Record<string, string>> = {
  null: "is not connected; connect it and run 'begin' on it",
  I: "has no transaction open; run 'begin' on it",
  E: "has a transaction that failed; end it",
};

/**
 * What `transaction(…, { join })` was given, if it can be joined.
 *
 * @throws {XrmError} INVALID_OPTIONS, TX_MISUSED
 */
export function joinable(host: unknown, database: string): HostClient {
  const client = host as Partial<HostClient> | null;
  const params = { option: "join", database };
  if (
    typeof client?.query !== "function" ||
    typeof client.on !== "function" ||
    typeof client.connection?.on !== "function"
  ) {
    const message =
      "transaction: join must be a client of pg, as pool.connect() gives it, on which 'begin' has been run.";
    throw new XrmError("INVALID_OPTIONS", message, { params });
  }
  if (client.pipeline === true) {
    const message = "transaction: the client to join must not have 'pipeline' switched on.";
    throw new XrmError("INVALID_OPTIONS", message, { params });
  }
  const status = client.getTransactionStatus?.();
  const why = status === undefined ? undefined : refusals[`${status}`];
  if (why !== undefined) {
    throw new XrmError("TX_MISUSED", `transaction: the client to join ${why} first.`, { params });
  }
  return client as HostClient;
}

/** See the file. */
export class JoinedTransaction extends PostgresTransaction {
  readonly #host: HostTransaction;
  #left = false;

  /** `settings`: what Kith's statements need to be set, by name. The application's own are as before when the part has ended. */
  constructor(host: TransactionHost, loan: Loan, client: HostClient, settings: Readonly<Record<string, string>>) {
    const transaction = hostTransaction(client);
    transaction.enter();
    const names = Object.keys(settings);
    const set = (value: (name: string) => string, to = (name: string) => name) =>
      `select ${names.map((name) => `pg_catalog.set_config('${to(name)}', ${value(name)}, true)`).join(", ")}`;
    // Kept on the server, so that no trip is needed to ask for them. What is undone to a savepoint takes its settings along.
    const theirs = (name: string) => `kith.host_${name.toLowerCase()}`;
    const begin = [
      `savepoint ${savepoint}`,
      set((name) => `pg_catalog.current_setting('${name}')`, theirs),
      set((name) => `'${settings[name]}'`),
    ];
    super({ ...host, check: () => transaction.check() }, loan, begin, {
      before: [`release ${savepoint}`],
      commit: [set((name) => `pg_catalog.current_setting('${theirs(name)}')`), "SELECT 1"],
      rollback: [`rollback to ${savepoint}`, `release ${savepoint}`],
    });
    this.#host = transaction;
  }

  override async commit(): Promise<void> {
    try {
      await super.commit();
    } finally {
      this.#leave();
    }
  }

  override async rollback(): Promise<void> {
    await super.rollback();
    this.#leave();
  }

  #leave(): void {
    // Once: the turn may be somebody else's by now.
    if (!this.#left) this.#host.leave();
    this.#left = true;
  }

  outcome(): Promise<boolean> {
    return this.#host.outcome();
  }
}
