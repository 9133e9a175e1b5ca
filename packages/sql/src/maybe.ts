/** Working with values that may be promises: an embedded database answers at once, and nothing then waits. */

import type { MaybePromise } from "@kith/core";

/** `fn` of the value (not named `then`, which would make this module a promise to whoever imports it): at once when the value is there, else when it comes. */
export function chain<T, U>(value: MaybePromise<T>, fn: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(fn) : fn(value);
}

/** Runs `work`; when it throws or rejects, gives what `handle` gives (or throws). */
export function rescue<T>(work: () => MaybePromise<T>, handle: (error: unknown) => MaybePromise<T>): MaybePromise<T> {
  let value: MaybePromise<T>;
  try {
    value = work();
  } catch (error) {
    return handle(error);
  }
  return value instanceof Promise ? value.catch(handle) : value;
}

/** Runs `work`, then `after`, whatever became of it. */
export function lastly<T>(work: () => MaybePromise<T>, after: () => void): MaybePromise<T> {
  let value: MaybePromise<T>;
  try {
    value = work();
  } catch (error) {
    after();
    throw error;
  }
  if (value instanceof Promise) return value.finally(after);
  after();
  return value;
}

/** `fn` of each item, one after the other; the results in the items' order. */
export function inTurn<T, U>(items: readonly T[], fn: (item: T, index: number) => MaybePromise<U>): MaybePromise<U[]> {
  const results: U[] = new Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const value = fn(items[i] as T, i);
    if (value instanceof Promise) return value.then((first) => restInTurn(items, fn, results, i, first));
    results[i] = value;
  }
  return results;
}

async function restInTurn<T, U>(
  items: readonly T[],
  fn: (item: T, index: number) => MaybePromise<U>,
  results: U[],
  at: number,
  first: U,
): Promise<U[]> {
  results[at] = first;
  for (let i = at + 1; i < items.length; i++) results[i] = await fn(items[i] as T, i);
  return results;
}
