/** Who may use the one writing connection: one at a time, in the order of asking, each waiting up to a deadline. */

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

  /** Waits for its turn, up to `ms` milliseconds when given; then fails with what `late` gives. */
  enter(ms?: number, late?: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.delete(waiter);
        reject(late?.());
      };
      const timer = ms === undefined ? undefined : setTimeout(giveUp, ms);
      const waiter = () => {
        clearTimeout(timer);
        resolve();
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
    next();
  }
}
