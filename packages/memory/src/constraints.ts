/** What a database refuses: checked after each row, in order, as immediate constraints are. */

import { type EntityModel, lookupsOf, referenceError, restrictedError, uniqueError, valueIn } from "@kith/core";
import type { Rec } from "./copy.ts";
import type { State } from "./state.ts";

/**
 * Checks a row as it would be; `given` are the values that are written.
 *
 * @throws {XrmError} UNIQUE, REFERENCE
 */
export function checkRow(state: State, entity: EntityModel, row: Rec, given: Rec = row): void {
  const clash = state.clash(entity, row);
  if (clash) throw uniqueError(entity, clash.fields, given, String(row["id"]));
  for (const field of lookupsOf(entity)) {
    const id = valueIn(row, field);
    if (field.relation?.type !== "one" || id === null) continue;
    const { target } = field.relation;
    if (state.row(target, String(id)) || (target === entity && id === row["id"])) continue;
    throw referenceError(entity, field, String(id));
  }
}

/** @throws {XrmError} RESTRICTED when another record still looks up to this one */
export function checkDelete(
  state: State,
  entity: EntityModel,
  id: string,
  entities: ReadonlyMap<string, EntityModel>,
): void {
  for (const lookup of entity.incoming) {
    const from = entities.get(lookup.entity);
    const holds = (row: Rec) => valueIn(row, lookup) === id && !(from === entity && row["id"] === id);
    if (!from || !state.rows(from).some(holds)) continue;
    throw restrictedError(entity, id, lookup);
  }
}
