/** Waiting for another process's lock without stopping this one: SQLite is asked again and again, never made to wait. */

import type { MaybePromise } from "@kith/core";
import { rescue } from "@kith/sql";
import { isBusy } from "./sqlite-errors.ts";

const firstPause = 1;
const longestPause = 20;

/** Runs `work`, again while the database is locked, until `deadline` (of `performance.now()`); the first time at once. */
export function retrying<T>(
  deadline: number,
  late: (cause: unknown) => unknown,
  work: () => MaybePromise<T>,
): MaybePromise<T> {
  const failed = (error: unknown) => {
    if (!isBusy(error)) throw error;
    if (performance.now() >= deadline) throw late(error);
    return again(deadline, late, work);
  };
  return rescue(work, failed);
}

async function again<T>(deadline: number, late: (cause: unknown) => unknown, work: () => MaybePromise<T>): Promise<T> {
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
    // Not all at the same moment: several may be waiting for one lock.
    const ms = Math.min(pause * (0.5 + Math.random()), Math.max(0, deadline - performance.now()));
    await new Promise((resolve) => setTimeout(resolve, ms));
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= deadline) throw late(error);
    }
  }
}
