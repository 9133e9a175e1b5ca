/** A bounded cache that keeps what is used: two generations, so that a hit costs one look-up and nothing is moved. */

/** What the keys of `size` entries may take on average, in characters: what hangs on a long key is as long, so that the longest do not fill the memory. */
const keyLength = 1_000;

/** Keeps at least the last `size` used entries (fewer where their keys are very long), and at most twice as many. */
export class Cache<V> {
  private fresh = new Map<string, V>();
  private stale = new Map<string, V>();
  private freshKeys = 0;
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  get(key: string): V | undefined {
    const value = this.fresh.get(key);
    if (value !== undefined) return value;
    const old = this.stale.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.fresh.size >= this.size || this.freshKeys >= this.size * keyLength) {
      this.stale = this.fresh;
      this.fresh = new Map();
      this.freshKeys = 0;
    }
    this.fresh.set(key, value);
    this.freshKeys += key.length;
  }
}
