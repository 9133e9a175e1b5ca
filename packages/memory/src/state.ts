/** Everything a database holds at one moment, as one flow sees it. */

import { type EntityModel, type UniqueModel, valueIn } from "@kith/core";
import { canonicalText, encodeValue } from "@kith/schema";
import type { Rec } from "./copy.ts";
import { Layer } from "./layer.ts";

/** The records, their unique keys and the counters. `over` opens a state on top, whose changes `merge` hands down. */
export class State {
  readonly #below: State | undefined;
  readonly #rows: Layer<Rec>;
  /** Who holds a unique key: space is the constraint, key its values, value the record's id. */
  readonly #keys: Layer<string>;
  readonly #counters: Layer<number>;

  constructor(below?: State) {
    this.#below = below;
    this.#rows = new Layer(below ? below.#rows : undefined);
    this.#keys = new Layer(below ? below.#keys : undefined);
    this.#counters = new Layer(below ? below.#counters : undefined);
  }

  /** A state on top of this one. */
  over(): State {
    return new State(this);
  }

  /** Hands the changes to the state below, and gives that. */
  merge(): State {
    this.#rows.mergeDown();
    this.#keys.mergeDown();
    this.#counters.mergeDown();
    return this.#below ?? this;
  }

  /** The record of an id. */
  row(entity: EntityModel, id: string): Rec | undefined {
    return this.#rows.get(entity.name, id);
  }

  /** Every record of an entity. */
  rows(entity: EntityModel): Rec[] {
    return this.#rows.values(entity.name);
  }

  /** Puts a record in the place of the one before it, either of which may be missing. Constraints are the caller's to check. */
  put(entity: EntityModel, before: Rec | undefined, after: Rec | undefined): void {
    const id = String((after ?? before)?.["id"]);
    for (const [i, unique] of entity.uniques.entries()) {
      const space = `${entity.name}#${i}`;
      const freed = before && uniqueKey(unique, before);
      if (freed !== undefined) this.#keys.set(space, freed, undefined);
      const taken = after && uniqueKey(unique, after);
      if (taken !== undefined) this.#keys.set(space, taken, id);
    }
    this.#rows.set(entity.name, id, after);
  }

  /** The first unique constraint that another record already meets with this record's values. */
  clash(entity: EntityModel, row: Rec): UniqueModel | undefined {
    return entity.uniques.find((unique, i) => {
      const key = uniqueKey(unique, row);
      const holder = key === undefined ? undefined : this.#keys.get(`${entity.name}#${i}`, key);
      return holder !== undefined && holder !== row["id"];
    });
  }

  /** The next number of a counter. */
  nextNumber(sequence: string): number {
    const next = (this.#counters.get("", sequence) ?? 0) + 1;
    this.#counters.set("", sequence, next);
    return next;
  }
}

/** What a unique constraint compares of a record; undefined when a value is missing, so that the record is free. */
function uniqueKey(unique: UniqueModel, row: Rec): string | undefined {
  const compared: unknown[] = [];
  for (const field of unique.fields) {
    const { type, def } = field;
    const value = valueIn(row, field);
    if (value === null) return undefined;
    const columns = encodeValue(type, value, def);
    for (const index of type.uniqueBy?.(def) ?? [0]) {
      if (columns[index] === null) return undefined;
      compared.push(columns[index]);
    }
  }
  return canonicalText(compared);
}
