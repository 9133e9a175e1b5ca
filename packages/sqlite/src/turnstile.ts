/** Who may use the one writing connection: one at a time, in the order of asking, each waiting up to a deadline. */

import type { RunControl } from "@kith/core";

/** How long to wait. */
export interface Wait {
  /** Milliseconds, after which it fails with what `late` gives; as long as it takes unless given. */
  readonly ms?: number;
  readonly late?: () => Error;
  /** Ends the wait with its error. */
  readonly control?: RunControl | undefined;
}

/** See the file. Whoever gets in must call {@link leave}. */
export class Turnstile {
  #taken = false;
  readonly #waiting = new Set<() => void>();

  /** Someone is in. */
  get taken(): boolean {
    return this.#taken;
  }

  /** Goes in when nobody is. */
  tryEnter(): boolean {
    if (this.#taken) return false;
    this.#taken = true;
    return true;
  }

  /** Waits for its turn. */
  enter({ ms, late, control }: Wait = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        unwatch?.();
        this.#waiting.delete(waiter);
      };
      const giveUp = (error: unknown) => {
        end();
        reject(error);
      };
      const waiter = () => {
        end();
        resolve();
      };
      this.#waiting.add(waiter);
      const timer = ms === undefined ? undefined : setTimeout(() => giveUp(late?.()), ms);
      const unwatch = control?.watch(giveUp);
    });
  }

  /** Lets the next one in. */
  leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#taken = false;
      return;
    }
    next();
  }
}
