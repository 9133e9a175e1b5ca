/** One writer at a time, first come first served. */

import { type MaybePromise, type RunControl, XrmError } from "@kith/core";

/** Gives the writer's place back. */
export type Release = () => void;

/** The queue of those who want to write. */
export class WriterQueue {
  #taken = false;
  readonly #waiting: (() => void)[] = [];

  /**
   * Takes the writer's place, at once when it is free. Without a limit it waits as long as it takes.
   *
   * @throws {XrmError} BUSY when it is not free within `waitMs`, and what `control` says
   */
  take(waitMs?: number, control?: RunControl): MaybePromise<Release> {
    if (!this.#taken) {
      this.#taken = true;
      return this.#release();
    }
    return new Promise<Release>((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const enter = () => {
        clearTimeout(timer);
        unwatch?.();
        resolve(this.#release());
      };
      const giveUp = (error: XrmError) => {
        clearTimeout(timer);
        unwatch?.();
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(error);
      };
      this.#waiting.push(enter);
      const unwatch = control?.watch(giveUp);
      if (waitMs === undefined) return;
      timer = setTimeout(() => {
        const message = `Another transaction has been writing for more than ${waitMs} ms; try again, or keep transactions short.`;
        giveUp(new XrmError("BUSY", message, { params: { waitMs } }));
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
