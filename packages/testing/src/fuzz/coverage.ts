/** Which operators met which field types, and how many answers had something in them. */

import { type FieldModel, type Model, withParts } from "@kith/core";
import { operatorWords, pathWords } from "@kith/schema";
import type { Random } from "../random/random.ts";

/** An operator that a field allows: on itself, or on what stands at a path in it. */
export interface Meeting {
  readonly field: FieldModel;
  readonly word: string;
  readonly path: boolean;
}

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
      for (const one of meetings(entity.stored)) this.#met.set(nameOf(one), this.#met.get(nameOf(one)) ?? 0);
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

  /** A filter used this operator on what stands at a path in this field. */
  metAtPath(field: FieldModel, word: string): void {
    const name = nameOf({ field, word, path: true });
    this.#met.set(name, (this.#met.get(name) ?? 0) + 1);
  }

  /** One of the least met operators of these fields, of their parts and of the paths in them. */
  rarest(random: Random, fields: readonly FieldModel[]): Meeting {
    const all = meetings(fields);
    const counts = all.map((one) => this.#met.get(nameOf(one)) ?? 0);
    const least = Math.min(...counts);
    return random.pick(all.filter((_, i) => counts[i] === least));
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

function meetings(fields: readonly FieldModel[]): Meeting[] {
  return fields
    .flatMap(withParts)
    .flatMap((field) => [
      ...operatorWords(field.type, field.def).map((word) => ({ field, word, path: false })),
      ...(field.type.paths ? [...pathWords, "isNull"].map((word) => ({ field, word, path: true })) : []),
    ]);
}

function nameOf({ field, word, path }: Meeting): string {
  return path ? `${field.type.kind}.path ${word}` : pair(field, word);
}

/** A part counts by its field's kind too: it has columns of its own there. */
function pair(field: FieldModel, word: string): string {
  return `${field.owner ? `${field.owner.type.kind}.` : ""}${field.type.kind} ${word}`;
}
