/** Finding the rate of a day, and adding up amounts in it: whole numbers and fractions of them throughout, rounded once at the end. */

import { divideUnits } from "@kith/schema";
import { XrmError } from "../errors.ts";

/** One unit of a currency in another, as a fraction. */
export interface Rate {
  readonly over: bigint;
  readonly under: bigint;
}

/** A rate as it is stored. */
export interface DatedRate {
  readonly from: string;
  readonly to: string;
  readonly on: string;
  /** In units of 10^-scale. */
  readonly units: bigint;
}

/** The rates to one currency. */
export class RateTable {
  readonly #to: string;
  readonly #one: bigint;
  readonly #byPair = new Map<string, DatedRate[]>();

  /** `rates` in the order of their days. */
  constructor(to: string, scale: number, rates: readonly DatedRate[]) {
    this.#to = to;
    this.#one = 10n ** BigInt(scale);
    for (const rate of rates) {
      const pair = `${rate.from} ${rate.to}`;
      const list = this.#byPair.get(pair);
      if (list) list.push(rate);
      else this.#byPair.set(pair, [rate]);
    }
  }

  /**
   * The rate of a currency on a day: the latest from it, else the inverse of the latest to it.
   *
   * @throws {XrmError} NO_RATE
   */
  of(currency: string, day: string, entity: string): Rate {
    if (currency === this.#to) return { over: 1n, under: 1n };
    const direct = this.#latest(`${currency} ${this.#to}`, day);
    if (direct) return { over: direct.units, under: this.#one };
    const inverse = this.#latest(`${this.#to} ${currency}`, day);
    if (inverse) return { over: this.#one, under: inverse.units };
    throw new XrmError(
      "NO_RATE",
      `There is no exchange rate from ${currency} to ${this.#to} on ${day} or before; create an exchangeRate { from: '${currency}', to: '${this.#to}', rate, on }, or filter these records out.`,
      { entity, params: { from: currency, to: this.#to, on: day } },
    );
  }

  #latest(pair: string, day: string): DatedRate | undefined {
    const list = this.#byPair.get(pair) ?? [];
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((list[middle] as DatedRate).on <= day) low = middle + 1;
      else high = middle;
    }
    return list[low - 1];
  }
}

/** A sum of amounts at several rates. */
export class ConvertedSum {
  /** Sums by what they are to be divided by. */
  readonly #sums = new Map<bigint, bigint>();
  #count = 0n;

  /** Adds the units of a sum of `count` amounts. */
  add(units: bigint, count: bigint, { over, under }: Rate): void {
    this.#sums.set(under, (this.#sums.get(under) ?? 0n) + units * over);
    this.#count += count;
  }

  /** The sum, or the average, in units, rounded half away from zero. */
  units(average: boolean): string {
    let over = 0n;
    let under = 1n;
    for (const [part, sum] of this.#sums) {
      over = over * part + sum * under;
      under *= part;
    }
    return divideUnits(over, average ? under * this.#count : under);
  }
}
