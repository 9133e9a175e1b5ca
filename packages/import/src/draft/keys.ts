/** What the cells of a lookup look for. */

import type { FieldModel } from "@kith/core";
import { Invalid, type Issue } from "@kith/schema";
import type { KeyPart, PlannedColumn, PlannedLookup } from "../mapping/planned.ts";
import type { SourceRow } from "../source/source.ts";
import { cellOf, empty, isFilled, nothing, settle } from "./cells.ts";
import type { Sought } from "./draft.ts";

/** What the cells came to. */
export type Key = Sought | typeof nothing | typeof empty | null;

/** Reads an id, or the values of the fields that the target is found by. */
export function readKey(column: PlannedColumn, lookup: PlannedLookup, row: SourceRow, issues: Issue[]): Key {
  const { by } = lookup;
  if (by.length > 1) return readKeys(column, lookup, row, issues);
  const cell = cellOf(column, row);
  if (!isFilled(cell)) return cell as Key;
  const path = column.path;
  const id = lookup.target.byName.get("id") as FieldModel;
  const asId = lookup.idsToo ? id.type.read(cell, id.def) : undefined;
  if (asId !== undefined && !(asId instanceof Invalid)) return { lookup, key: [asId], byId: true };
  const [part] = by;
  if (!part) return settle(path, asId, issues) as typeof nothing;
  const key = readPart(part, cell, path, issues);
  return key === nothing ? nothing : { lookup, key: [key], byId: part.field.name === "id" };
}

function readKeys(column: PlannedColumn, lookup: PlannedLookup, row: SourceRow, issues: Issue[]): Key {
  const parts = lookup.by.map((part, i) => {
    const cell = cellOf(column, row, i);
    if (cell === nothing) return nothing;
    return isFilled(cell) ? readPart(part, cell, column.path, issues) : null;
  });
  if (parts.every((part) => part === nothing)) return nothing;
  if (parts.every((part) => part === null || part === nothing)) return empty;
  if (parts.includes(nothing)) return nothing;
  return { lookup, key: parts, byId: false };
}

function readPart({ field, converter }: KeyPart, value: unknown, path: readonly string[], issues: Issue[]): unknown {
  // Keys that look like numbers come as numbers in JSON.
  const given =
    typeof value === "number" && field.type.jsonSchema(field.def)["type"] === "string" ? String(value) : value;
  const read = settle(path, typeof given === "string" ? converter.read(given) : converter.other(given), issues);
  if (read === nothing) return nothing;
  return settle(path, field.type.read(read, field.def), issues);
}
