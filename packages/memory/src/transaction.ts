/** An open transaction: a pile of states over the committed one, a further one for each savepoint. */

import {
  type StorageSavepoint,
  type StorageTransaction,
  type WriteBatch,
  type WriteResult,
  XrmError,
} from "@kith/core";
import type { Release } from "./queue.ts";
import type { State } from "./state.ts";
import { applyBatch, type Entities } from "./write.ts";

/** The transaction of one writer. */
export class MemoryTransaction implements StorageTransaction {
  /** The transaction's own state, then one for each open savepoint. Empty when it has ended. */
  readonly #pile: State[];
  readonly #entities: Entities;
  readonly #release: Release;

  constructor(committed: State, entities: Entities, release: Release) {
    this.#pile = [committed.over()];
    this.#entities = entities;
    this.#release = release;
  }

  /** What this transaction sees. */
  get state(): State {
    const top = this.#pile.at(-1);
    if (!top) throw new XrmError("TX_CLOSED", "This transaction has ended; begin another one.");
    return top;
  }

  write(batch: WriteBatch): WriteResult[] {
    return applyBatch(this.state, batch, this.#entities);
  }

  nextNumber(sequence: string): number {
    return this.state.nextNumber(sequence);
  }

  savepoint(): StorageSavepoint {
    const below = this.state;
    const depth = this.#pile.push(below.over()) - 1;
    const open = () => this.#pile.length > depth;
    return {
      release: () => {
        while (open()) this.#pile.pop()?.merge();
      },
      rollback: () => {
        while (open()) this.#pile.pop();
      },
    };
  }

  commit(): void {
    if (this.state) while (this.#pile.length > 0) this.#pile.pop()?.merge();
    this.#release();
  }

  rollback(): void {
    this.#pile.length = 0;
    this.#release();
  }
}
