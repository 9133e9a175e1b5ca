/** Rows and other items in batches. */

import { AsyncLocalStorage } from "node:async_hooks";

/** Gathers items, up to a number and a weight. */
export async function* batchesOf<T>(
  items: AsyncIterable<T>,
  size: number,
  weight: (item: T) => number = () => 0,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let total = 0;
  for await (const item of items) {
    batch.push(item);
    total += weight(item);
    if (batch.length < size && total < most) continue;
    yield batch;
    batch = [];
    total = 0;
  }
  if (batch.length > 0) yield batch;
}

/**
 * Gives the items, each asked for as if from here: what a source does is not part of a transaction that is open where the items are used, so that it
 * may read the same system.
 */
export function askedForFromHere<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const here = AsyncLocalStorage.snapshot();
  const iterator = items[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => here(() => iterator.next()),
      return: async (value) => here(async () => (await iterator.return?.(value)) ?? { done: true, value }),
    }),
  };
}
