/** Cells, and what may become of them. */

import { Invalid, type Issue } from "@kith/schema";
import type { PlannedColumn } from "../mapping/planned.ts";
import type { SourceRow } from "../source/source.ts";

/** There is no such cell, or what is wrong with it was noted. */
export const nothing = Symbol("left out");
/** There is one, without anything in it. */
export const empty = Symbol("an empty cell");

/** A cell of a column's: its text trimmed and with its alias, anything else as it is. */
export function cellOf({ places, constant, trim, aliases }: PlannedColumn, row: SourceRow, i = 0): unknown {
  const cell = places.length === 0 ? constant : row.cells[places[i] as number];
  if (typeof cell !== "string") return cell === undefined ? nothing : cell;
  const trimmed = cell.trim();
  const alias = aliases?.get(trimmed);
  if (alias === null) return empty;
  const text = alias ?? (trim ? trimmed : cell);
  return text === "" ? empty : text;
}

/** Whether there is something in a cell. */
export function isFilled(cell: unknown): boolean {
  return cell !== nothing && cell !== empty && cell !== null;
}

/** A value, or the note of what is wrong with it. */
export function settle(path: readonly string[], value: unknown, issues: Issue[]): unknown {
  if (!(value instanceof Invalid)) return value;
  issues.push({
    code: value.code,
    path: [...path, ...value.path],
    message: value.message,
    ...(value.params ? { params: value.params } : {}),
  });
  return nothing;
}
