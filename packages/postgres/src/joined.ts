/** A transaction that is part of one that the application began on its own client: a savepoint there, whose end the application decides. */

import { XrmError } from "@kith/core";
import type { Loan } from "./lender.ts";
import type { Client } from "./line.ts";
import { PostgresTransaction, type TransactionHost } from "./postgres-transaction.ts";

const savepoint = "kith_joined";

/** A client of pg in whose transaction work can be done. */
interface HostClient extends Client {
  readonly pipeline?: boolean;
  readonly getTransactionStatus?: () => "I" | "T" | "E" | null;
}

/**
 * What `transaction(…, { join })` was given, if it can be joined.
 *
 * @throws {XrmError} INVALID_OPTIONS, TX_MISUSED
 */
export function joinable(host: unknown, database: string): Client {
  const client = host as Partial<HostClient> | null;
  const params = { option: "join", database };
  if (typeof client?.query !== "function" || typeof client.connection !== "object") {
    const message =
      "transaction: join must be a client of pg, as pool.connect() gives it, on which 'begin' has been run.";
    throw new XrmError("INVALID_OPTIONS", message, { params });
  }
  if (client.pipeline === true) {
    const message = "transaction: the client to join must not have 'pipeline' switched on.";
    throw new XrmError("INVALID_OPTIONS", message, { params });
  }
  const status = client.getTransactionStatus?.();
  if (status === "I" || status === "E") {
    const why = status === "I" ? "has no transaction open; run 'begin' on it" : "has a transaction that failed; end it";
    throw new XrmError("TX_MISUSED", `transaction: the client to join ${why} first.`, { params });
  }
  return client as Client;
}

/** See the file. */
export class JoinedTransaction extends PostgresTransaction {
  readonly #client: Client;

  constructor(host: TransactionHost, loan: Loan) {
    super(host, loan, [`savepoint ${savepoint}`], {
      commit: [`release ${savepoint}`, "RELEASE"],
      rollback: [`rollback to ${savepoint}`, `release ${savepoint}`],
    });
    this.#client = loan.line.client;
  }

  /** Listens to what the server says of the application's own statements, until its transaction has ended. */
  outcome(): Promise<boolean> {
    const { connection } = this.#client;
    if (!connection) return Promise.resolve(false);
    return new Promise((resolve) => {
      let kept = false;
      let undone = false;
      const completed = ({ text }: { text: string }) => {
        if (text === "COMMIT") kept = true;
        // Going back to a savepoint is told in the same word; what it undid is not.
        else if (text === "ROLLBACK") undone = true;
      };
      const ended = () => {
        connection.removeListener("commandComplete", completed);
        connection.removeListener("readyForQuery", ready);
        connection.removeListener("end", ended);
        resolve(kept && !undone);
      };
      const ready = ({ status }: { status: string }) => {
        if (status === "I") ended();
      };
      connection.on("commandComplete", completed);
      connection.on("readyForQuery", ready);
      connection.on("end", ended);
    });
  }
}
