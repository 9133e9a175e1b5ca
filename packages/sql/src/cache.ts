/** A bounded cache. */

/** Keeps up to `max` values; a new one pushes the oldest out. Made for statements: what is pushed out is compiled again when needed. */
export class Cache<V> {
  readonly #max: number;
  readonly #map = new Map<string, V>();

  constructor(max: number) {
    this.#max = max;
  }

  /** The value under a key, made when it is not there. */
  get(key: string, make: () => V): V {
    let value = this.#map.get(key);
    if (value === undefined) {
      value = make();
      if (this.#map.size >= this.#max) this.#map.delete(this.#map.keys().next().value as string);
      this.#map.set(key, value);
    }
    return value;
  }
}
