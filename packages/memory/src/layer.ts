/** A keyed store with changes laid over another one: how transactions and savepoints keep their writes to themselves. */

/** Values by space and key. Reading looks through the layers below; writing changes this one alone. */
export class Layer<V extends {}> {
  readonly #below: Layer<V> | undefined;
  /** What this layer says of a key: its value, or undefined for one that is gone. */
  readonly #spaces = new Map<string, Map<string, V | undefined>>();

  constructor(below?: Layer<V>) {
    this.#below = below;
  }

  /** The value of a key, if it has one. */
  get(space: string, key: string): V | undefined {
    const own = this.#spaces.get(space);
    return own?.has(key) ? own.get(key) : this.#below?.get(space, key);
  }

  /** Gives a key a value, or takes it away with undefined. */
  set(space: string, key: string, value: V | undefined): void {
    let own = this.#spaces.get(space);
    if (!own) {
      own = new Map();
      this.#spaces.set(space, own);
    }
    if (value === undefined && !this.#below) own.delete(key);
    else own.set(key, value);
  }

  /** All values of a space, in no particular order. */
  values(space: string): V[] {
    return [...this.#entries(space).values()];
  }

  /** Hands this layer's changes to the one below. */
  mergeDown(): void {
    for (const [space, own] of this.#spaces) for (const [key, value] of own) this.#below?.set(space, key, value);
    this.#spaces.clear();
  }

  #entries(space: string): Map<string, V> {
    const own = this.#spaces.get(space);
    if (!this.#below) return (own ?? new Map()) as Map<string, V>;
    const below = this.#below.#entries(space);
    if (!own || own.size === 0) return below;
    const merged = new Map(below);
    for (const [key, value] of own) value === undefined ? merged.delete(key) : merged.set(key, value);
    return merged;
  }
}
