/** One look at a state: values of records, and how records lead to each other. */

import { type EntityModel, type FieldModel, type RunControl, valueIn } from "@kith/core";
import type { Rec } from "./copy.ts";
import type { State } from "./state.ts";

/** How many records are looked at between two looks at the clock. */
const stride = 64;

/** What a query needs to look at records: lives for one run only. */
export class Reader {
  readonly state: State;
  /** The operands, by parameter number. */
  readonly params: readonly unknown[];
  readonly #control: RunControl | undefined;
  #seen = 0;
  readonly #referrers = new Map<FieldModel, Map<unknown, Rec[]>>();

  constructor(state: State, params: readonly unknown[], control?: RunControl) {
    this.state = state;
    this.params = params;
    this.#control = control;
  }

  /** Is told of each record that a condition looks at; stops the query when its time is up. */
  visit(): void {
    if (this.#control && ++this.#seen % stride === 0) this.#control.check();
  }

  /** A record's value of a field, or of a part of one; null when it has none. */
  value(row: Rec, field: FieldModel): unknown {
    return valueIn(row, field);
  }

  /** A value at the end of a path of lookups; null when the path breaks off. */
  valueAlong(row: Rec, path: readonly FieldModel[], field: FieldModel): unknown {
    let here: Rec | undefined = row;
    for (const step of path) here = here && this.one(here, step);
    return here ? this.value(here, field) : null;
  }

  /** The record that a lookup leads to. */
  one(row: Rec, lookup: FieldModel): Rec | undefined {
    const id = this.value(row, lookup);
    return id === null || lookup.relation?.type !== "one"
      ? undefined
      : this.state.row(lookup.relation.target, String(id));
  }

  /** The records that a relation to many leads to, each once. */
  many(row: Rec, field: FieldModel): readonly Rec[] {
    const relation = field.relation;
    if (relation?.type === "children") return this.#referring(relation.target, relation.via, row["id"]);
    if (relation?.type !== "link") return [];
    const ties = this.#referring(relation.through, relation.from, row["id"]);
    const ends = new Set(ties.map((tie) => this.one(tie, relation.into)));
    return [...ends].filter((end) => end !== undefined);
  }

  /** The records of an entity whose lookup holds an id. All of them are grouped at the first question, so that the next are cheap. */
  #referring(entity: EntityModel, lookup: FieldModel, id: unknown): readonly Rec[] {
    let groups = this.#referrers.get(lookup);
    if (!groups) {
      groups = new Map();
      this.#referrers.set(lookup, groups);
      for (const row of this.state.rows(entity)) {
        const key = this.value(row, lookup);
        const group = groups.get(key);
        if (group) group.push(row);
        else groups.set(key, [row]);
      }
    }
    return groups.get(id) ?? [];
  }
}
