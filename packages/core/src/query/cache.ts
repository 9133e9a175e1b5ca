/** A bounded cache that keeps what is used: two generations, so that a hit costs one look-up and nothing is moved. */

/** Keeps at least the last `size` used entries, and at most twice as many. */
export class Cache<V> {
  private fresh = new Map<string, V>();
  private stale = new Map<string, V>();
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
    if (this.fresh.size >= this.size) {
      this.stale = this.fresh;
      this.fresh = new Map();
    }
    this.fresh.set(key, value);
  }
}
