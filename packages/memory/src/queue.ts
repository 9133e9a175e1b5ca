/** One writer at a time, first come first served. */

import { type MaybePromise, XrmError } from "@kith/core";

/** Gives the writer's place back. */
export type Release = () => void;

/** The queue of those who want to write. */
export class WriterQueue {
  #taken = false;
  readonly #waiting: (() => void)[] = [];

  /**
   * Takes the writer's place, at once when it is free. Without a limit it waits as long as it takes.
   *
   * @throws {XrmError} BUSY when it is not free within `waitMs`
   */
  take(waitMs?: number): MaybePromise<Release> {
    if (!this.#taken) {
      this.#taken = true;
      return this.#release();
    }
    return new Promise<Release>((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const enter = () => {
        clearTimeout(timer);
        resolve(this.#release());
      };
      this.#waiting.push(enter);
      if (waitMs === undefined) return;
      timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        const message = `Another transaction has been writing for more than ${waitMs} ms; try again, or keep transactions short.`;
        reject(new XrmError("BUSY", message, { params: { waitMs } }));
      }, waitMs);
    });
  }

  #release(): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken = false;
    };
  }
}
