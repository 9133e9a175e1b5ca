/** Finding out what separates the cells of a CSV. */

const candidates = [",", ";", "\t"] as const;
const quote = 0x22;

/**
 * The candidate that the first row has most of, outside quotes; a comma when it has none. `undefined` when the bytes end before the row does, so that
 * more of them may tell.
 */
export function guessDelimiter(head: Buffer, complete: boolean): string | undefined {
  const counts = new Map<number, number>(candidates.map((one) => [one.charCodeAt(0), 0]));
  let quoted = false;
  let ended = complete;
  let begun = false;
  for (const byte of head) {
    if (byte === quote) quoted = !quoted;
    if (quoted) continue;
    if (byte === 0x0a || byte === 0x0d) {
      // Blank lines may come before the header.
      if (!begun) continue;
      ended = true;
      break;
    }
    begun = true;
    const count = counts.get(byte);
    if (count !== undefined) counts.set(byte, count + 1);
  }
  if (!ended) return undefined;
  let best: string = candidates[0];
  for (const one of candidates) {
    if ((counts.get(one.charCodeAt(0)) as number) > (counts.get(best.charCodeAt(0)) as number)) best = one;
  }
  return best;
}
