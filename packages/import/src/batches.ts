/** Rows and other items in batches. */

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
