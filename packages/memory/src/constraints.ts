/** What a database refuses: checked after each row, in order, as immediate constraints are. */

import { type EntityModel, XrmError } from "@kith/core";
import type { Rec } from "./copy.ts";
import type { State } from "./state.ts";

/** @throws {XrmError} UNIQUE, REFERENCE */
export function checkRow(state: State, entity: EntityModel, row: Rec): void {
  const clash = state.clash(entity, row);
  if (clash)
    throw uniqueError(
      entity,
      clash.fields.map((field) => field.name),
    );
  for (const field of entity.stored) {
    const id = row[field.name];
    if (field.relation?.type !== "one" || id === null || id === undefined) continue;
    const { target } = field.relation;
    if (state.row(target, String(id)) || (target === entity && id === row["id"])) continue;
    const message = `${entity.name}.${field.name} names the ${target.name} ${String(id)}, which is not there; create it first.`;
    throw new XrmError("REFERENCE", message, { entity: entity.name, field: field.name, params: { id } });
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
    const holds = (row: Rec) => row[lookup.name] === id && !(from === entity && row["id"] === id);
    if (!from || !state.rows(from).some(holds)) continue;
    const message = `The ${entity.name} ${id} is looked up to by ${from.name}.${lookup.name}; change or delete those records first.`;
    throw new XrmError("RESTRICTED", message, {
      entity: entity.name,
      params: { id, by: from.name, lookup: lookup.name },
    });
  }
}

/** The error for a record whose values another one already has. */
export function uniqueError(entity: EntityModel, fields: readonly string[]): XrmError {
  const message = `Another ${entity.name} has the same ${fields.join(" and ")}; choose another value.`;
  return new XrmError("UNIQUE", message, {
    entity: entity.name,
    field: fields.length === 1 ? fields[0] : undefined,
    params: { fields },
  });
}
