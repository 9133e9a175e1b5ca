/** Who may use the one writing connection: one at a time, in the order of asking, each waiting up to a deadline. */

interface Waiter {
  readonly enter: () => void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** See the file. Whoever gets in must call {@link leave}. */
export class Turnstile {
  #taken = false;
  readonly #waiting = new Set<Waiter>();

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

  /** Waits for its turn, up to `ms` milliseconds; then fails with what `late` gives. */
  enter(ms: number, late: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        enter: () => {
          clearTimeout(waiter.timer);
          resolve();
        },
        timer: Number.isFinite(ms)
          ? setTimeout(() => {
              this.#waiting.delete(waiter);
              reject(late());
            }, ms)
          : undefined,
      };
      this.#waiting.add(waiter);
    });
  }

  /** Lets the next one in. */
  leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#taken = false;
      return;
    }
    this.#waiting.delete(next);
    next.enter();
  }
}
