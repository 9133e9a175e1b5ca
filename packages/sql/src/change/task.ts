/** Long work written in one way for databases that answer at once and those that do not: a generator that yields what it waits for. */

import type { MaybePromise } from "@kith/core";

/** See the file. `yield* wait(value)` gives the value. */
export type Task<T> = Generator<unknown, T, unknown>;

/** The value, once it is there. */
export function* wait<T>(value: MaybePromise<T>): Task<T> {
  return (value instanceof Promise ? yield value : value) as T;
}

/** Runs a task: at once when nothing in it has to be waited for, so that embedded databases open without a promise. */
export function runTask<T>(task: Task<T>): MaybePromise<T> {
  const first = task.next();
  return first.done ? first.value : go(task, first.value);
}

async function go<T>(task: Task<T>, first: unknown): Promise<T> {
  let pending = first;
  for (;;) {
    let value: unknown;
    let failed = false;
    try {
      value = await pending;
    } catch (error) {
      failed = true;
      value = error;
    }
    const next = failed ? task.throw(value) : task.next(value);
    if (next.done) return next.value;
    pending = next.value;
  }
}
