/** An open database in memory. */

import {
  type AggregatePlan,
  type Connection,
  type CountPlan,
  type MaybePromise,
  type Model,
  type Prepared,
  type ReadPlan,
  type ReadResult,
  type RunControl,
  type StorageOptions,
  type StorageTransaction,
  type WriteBatch,
  type WriteResult,
  XrmError,
} from "@kith/core";
import { aggregate } from "./aggregate.ts";
import { WriterQueue } from "./queue.ts";
import { matching, read } from "./read.ts";
import { Reader } from "./reader.ts";
import { State } from "./state.ts";
import { MemoryTransaction } from "./transaction.ts";

/** The committed state, and the queue of those who want to change it. */
export class MemoryConnection implements Connection {
  readonly #model: Model;
  readonly #waitMs: number;
  readonly #writers = new WriterQueue();
  #committed = new State();
  #closed = false;

  constructor(model: Model, options: StorageOptions) {
    this.#model = model;
    this.#waitMs = options.waitMs;
  }

  prepareRead(plan: ReadPlan): Prepared<ReadResult> {
    return this.#prepared((reader) => read(reader, plan));
  }

  prepareCount(plan: CountPlan): Prepared<number> {
    return this.#prepared((reader) => {
      const count = matching(reader, plan.entity, plan.where).length;
      return plan.upTo === undefined ? count : Math.min(count, reader.params[plan.upTo] as number);
    });
  }

  prepareAggregate(plan: AggregatePlan): Prepared<unknown[][]> {
    return this.#prepared((reader) => aggregate(reader, plan));
  }

  write(batch: WriteBatch): MaybePromise<WriteResult[]> {
    const run = (tx: MemoryTransaction) => {
      try {
        const results = tx.write(batch);
        tx.commit();
        return results;
      } catch (error) {
        tx.rollback();
        throw error;
      }
    };
    const begun = this.begin();
    return begun instanceof Promise ? begun.then(run) : run(begun);
  }

  begin(control?: RunControl): MaybePromise<MemoryTransaction> {
    this.#checkOpen();
    const place = this.#writers.take(this.#waitMs, control);
    const enter = (release: () => void) => new MemoryTransaction(this.#committed, this.#model.entities, release);
    return place instanceof Promise ? place.then(enter) : enter(place);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writers.take();
    this.#committed = new State();
  }

  #prepared<T>(answer: (reader: Reader) => T): Prepared<T> {
    return {
      run: (params: readonly unknown[], tx?: StorageTransaction, control?: RunControl) => {
        if (!tx) this.#checkOpen();
        control?.check();
        const state = tx ? (tx as MemoryTransaction).state : this.#committed;
        return answer(new Reader(state, params, control));
      },
    };
  }

  #checkOpen(): void {
    if (this.#closed) throw new XrmError("CLOSED", "The system was closed; open another one with createXrm.");
  }
}
