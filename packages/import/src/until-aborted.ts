/** Reading until a signal says stop, even while waiting for a source that does not answer. */

/** Gives the items until the signal is aborted; an end, not a failure. */
export async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  if (!signal) {
    yield* items;
    return;
  }
  const iterator = items[Symbol.asyncIterator]();
  let waiting = false;
  try {
    while (!signal.aborted) {
      waiting = true;
      const next = await orAborted(iterator.next(), signal);
      if (!next) return;
      waiting = false;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // What is still waiting may never answer; whoever opened the source closes it.
    const returned = iterator.return?.();
    if (waiting) returned?.catch(() => undefined);
    else await returned;
  }
}

/** What a promise gives, or undefined once the signal is aborted. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    const done = () => signal.removeEventListener("abort", stop);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(done);
  });
}
