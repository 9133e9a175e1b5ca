/** The application's transaction on one client, as far as work that is part of it must know of it. */

import { XrmError } from "@kith/core";
import type { Client } from "./line.ts";

/** A client of pg, which tells how its transaction stands: idle, open or failed; null before it has connected. */
export interface HostClient extends Client {
  readonly pipeline?: boolean;
  readonly getTransactionStatus?: () => "I" | "T" | "E" | null;
}

/** Somebody who wants to know whether what was done is kept. */
interface Waiting {
  undone: boolean;
  readonly tell: (kept: boolean) => void;
}

const known = new WeakMap<object, HostTransaction>();

/** What is known of the transaction on a client. */
export function hostTransaction(client: HostClient): HostTransaction {
  let found = known.get(client);
  if (!found) known.set(client, (found = new HostTransaction(client)));
  return found;
}

/** See the file. */
export class HostTransaction {
  readonly #client: HostClient;
  readonly #waiting = new Set<Waiting>();
  /** Part of it is under way: what the server says now is of that part. */
  #taken = false;

  constructor(client: HostClient) {
    this.#client = client;
  }

  /** Begins a part. Two at once would end each other's savepoints, and undo what the other has acknowledged. */
  enter(): void {
    if (this.#taken) {
      throw new XrmError(
        "TX_MISUSED",
        "transaction: another call is part of this client's transaction just now; await it before the next one joins.",
        { params: { option: "join" } },
      );
    }
    this.#taken = true;
  }

  leave(): void {
    this.#taken = false;
  }

  /** Throws when the application has ended its transaction under a part: a write would then be one of its own. */
  check(): void {
    if (this.#client.getTransactionStatus?.() !== "I") return;
    throw new XrmError(
      "TX_MISUSED",
      "The application ended its transaction while this call was part of it; end it when the call is done.",
    );
  }

  /** Whether what was done so far is kept, once that is decided: by what the server says of the application's own statements. */
  outcome(): Promise<boolean> {
    if (!this.#client.connection) return Promise.resolve(false);
    return new Promise((tell) => {
      this.#waiting.add({ undone: false, tell });
      if (this.#waiting.size === 1) this.#listen();
    });
  }

  #listen(): void {
    const { connection } = this.#client;
    const tell = (kept: boolean) => {
      for (const one of this.#waiting) one.tell(kept && !one.undone);
      this.#waiting.clear();
      connection?.removeListener("commandComplete", completed);
      connection?.removeListener("readyForQuery", ready);
      connection?.removeListener("end", ended);
    };
    const ended = () => tell(false);
    const completed = ({ text }: { text: string }) => {
      if (text === "COMMIT") tell(true);
      // Going back to a savepoint is told in the same word; what it undid is not.
      else if (text === "ROLLBACK" && !this.#taken) for (const one of this.#waiting) one.undone = true;
    };
    const ready = ({ status }: { status: string }) => {
      if (status === "I") ended();
    };
    connection?.on("commandComplete", completed);
    connection?.on("readyForQuery", ready);
    connection?.on("end", ended);
  }
}
