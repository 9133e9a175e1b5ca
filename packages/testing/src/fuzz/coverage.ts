/** Which operators met which field types, and how many answers had something in them. */

import type { FieldModel, Model } from "@kith/core";
import { operatorWords } from "@kith/schema";
import type { Random } from "../random/random.ts";

/** Counts over one run. */
export class Coverage {
  readonly #met = new Map<string, number>();
  answers = 0;
  filled = 0;

  /** Every pair that a model allows takes part from now on. */
  expect(model: Model): void {
    for (const { search } of model.entities.values())
      for (const { field } of search?.fields ?? [])
        this.#met.set(pair(field, "search"), this.#met.get(pair(field, "search")) ?? 0);
    for (const entity of model.entities.values())
      for (const field of entity.stored)
        for (const word of operatorWords(field.type, field.def))
          this.#met.set(pair(field, word), this.#met.get(pair(field, word)) ?? 0);
  }

  /** Takes in the counts of another run. */
  add(other: Coverage): void {
    for (const [name, count] of other.#met) this.#met.set(name, (this.#met.get(name) ?? 0) + count);
    this.answers += other.answers;
    this.filled += other.filled;
  }

  /** A query used this operator on this field. */
  met(field: FieldModel, word: string): void {
    this.#met.set(pair(field, word), (this.#met.get(pair(field, word)) ?? 0) + 1);
  }

  /** An answer came; `filled` when there was something in it. */
  answered(filled: boolean): void {
    this.answers++;
    if (filled) this.filled++;
  }

  /** One of the least met operators of these fields. */
  rarest(random: Random, fields: readonly FieldModel[]): { readonly field: FieldModel; readonly word: string } {
    const pairs = fields.flatMap((field) => operatorWords(field.type, field.def).map((word) => ({ field, word })));
    const counts = pairs.map(({ field, word }) => this.#met.get(pair(field, word)) ?? 0);
    const least = Math.min(...counts);
    return random.pick(pairs.filter((_, i) => counts[i] === least));
  }

  /** The share of answers that were not empty. */
  get share(): number {
    return this.answers === 0 ? 0 : this.filled / this.answers;
  }

  /** Pairs met fewer times than asked for. */
  below(least: number): string[] {
    return [...this.#met].filter(([, count]) => count < least).map(([name, count]) => `${name} (${count})`);
  }

  /** Counts by kind and operator. */
  table(): Map<string, Map<string, number>> {
    const rows = new Map<string, Map<string, number>>();
    for (const [name, count] of this.#met) {
      const [kind = "", word = ""] = name.split(" ");
      rows.set(kind, (rows.get(kind) ?? new Map()).set(word, count));
    }
    return rows;
  }
}

function pair(field: FieldModel, word: string): string {
  return `${field.type.kind} ${word}`;
}
