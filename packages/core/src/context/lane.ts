/** Taking turns: the commands and savepoints that one handle of a transaction is given run one after another, whoever calls them. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { TransactionScope } from "./scope.ts";

/** The innermost lane in which this flow runs, of whichever system. */
export const flow = new AsyncLocalStorage<Lane>();

/** The queue of a transaction's callback, or of a hook: what a hook calls is part of the command that has its turn in `outer`. */
export class Lane {
  readonly scope: TransactionScope;
  /** The lane whose turn what runs here is part of. */
  readonly outer: Lane | undefined;
  /** The hook is done: nothing may begin here any more. A callback's end is its scope's. */
  ended = false;
  /** Present while a savepoint has the turn: settles when it ends. Reads wait for that. */
  savepoint: Promise<void> | undefined;
  private taken = false;
  private readonly waiting: (() => void)[] = [];
  private idle: (() => void)[] = [];

  constructor(scope: TransactionScope, outer: Lane | undefined) {
    this.scope = scope;
    this.outer = outer;
  }

  /** Takes the turn: at once (undefined), or when those who came before have had theirs. Whoever has it must {@link leave}. */
  enter(): Promise<void> | undefined {
    if (this.taken) return new Promise((resolve) => this.waiting.push(resolve));
    this.taken = true;
    return undefined;
  }

  /** Hands the turn on. */
  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else {
      this.taken = false;
      for (const wake of this.idle.splice(0)) wake();
    }
  }

  /** Settles when nothing is under way or waiting here. */
  async untilIdle(): Promise<void> {
    while (this.taken) await new Promise<void>((resolve) => this.idle.push(resolve));
  }
}
