/** From a row of cells to the values of a record, as far as that goes without asking the database. */

import type { FieldModel } from "@kith/core";
import { Invalid, type Issue } from "@kith/schema";
import { rowProblem } from "./errors.ts";
import type { Plan } from "./mapping/plan.ts";
import type { PlannedColumn } from "./mapping/planned.ts";
import type { SourceRow } from "./source/source.ts";

/** A lookup that is to be resolved: the values that its target is found by. */
export interface Wanted {
  readonly column: PlannedColumn;
  /** In normal form, one for each field that the target is found by; the id alone when `byId`. */
  readonly key: readonly unknown[];
  readonly byId: boolean;
}

/** A row on its way to a record. */
export interface Draft {
  readonly row: SourceRow;
  /** What create takes; empty cells are left out. */
  readonly values: Record<string, unknown>;
  /** Fields that an update empties. */
  readonly cleared: readonly string[];
  /** Lookups to resolve before the record is written. */
  readonly wanted: readonly Wanted[];
  /** Lookups to the entity itself, for when all records are written. */
  readonly later: readonly Wanted[];
  /** Why it is rejected, if it is. */
  readonly issues: Issue[];
}

const nothing = Symbol("left out");
const empty = Symbol("an empty cell");

/** Reads a row by a plan. What is wrong is in the draft's issues, all of it. */
export function draftOf(plan: Plan, row: SourceRow): Draft {
  const { problem } = row;
  const issues: Issue[] = problem ? [rowProblem(problem.code, undefined, problem.message)] : [];
  const values: Record<string, unknown> = {};
  const cleared: string[] = [];
  const wanted: Wanted[] = [];
  const later: Wanted[] = [];
  const draft: Draft = { row, values, cleared, wanted, later, issues };
  if (problem) return draft;
  for (const [place, message] of plan.unmapped)
    if (row.cells[place] !== undefined) issues.push(rowProblem("UNKNOWN_COLUMN", undefined, message));
  for (const column of plan.columns) {
    const { field, lookup } = column;
    const read =
      lookup && lookup.by.length > 1 ? readKey(column, row, issues) : readOne(column, cellOf(column, row, 0), issues);
    if (read === nothing) continue;
    if (read === empty) {
      if (column.clears) cleared.push(field.name);
    } else if (!lookup || read === null) values[field.name] = read;
    else {
      const want = read as Wanted;
      (lookup.when === "after" ? later : wanted).push(want);
    }
  }
  return draft;
}

function cellOf({ places, constant }: PlannedColumn, row: SourceRow, i: number): unknown {
  return places.length === 0 ? constant : row.cells[places[i] as number];
}

/** The text of a cell, trimmed and with its alias; anything else as it is. */
function clean({ trim, aliases }: PlannedColumn, cell: unknown): unknown {
  if (typeof cell !== "string") return cell === undefined ? nothing : cell;
  const trimmed = cell.trim();
  const alias = aliases?.get(trimmed);
  if (alias === null) return empty;
  const text = alias ?? (trim ? trimmed : cell);
  return text === "" ? empty : text;
}

function readOne(column: PlannedColumn, cell: unknown, issues: Issue[]): unknown {
  const value = clean(column, cell);
  if (typeof value === "symbol" || value === null) return value;
  const { field, lookup, converter } = column;
  if (lookup) return wantedOne(column, value, issues);
  return settle(field, field.name, typeof value === "string" ? converter.read(value) : converter.other(value), issues);
}

function wantedOne(column: PlannedColumn, value: unknown, issues: Issue[]): Wanted | typeof nothing {
  const { field, lookup } = column;
  const [by] = lookup?.by ?? [];
  const asId = lookup?.idsToo ? field.type.read(value, field.def) : undefined;
  if (asId !== undefined && !(asId instanceof Invalid)) return { column, key: [asId], byId: true };
  if (!by) return settle(field, field.name, asId, issues) as typeof nothing;
  const key = readPart(by, value, field.name, issues);
  return key === nothing ? nothing : { column, key: [key], byId: by.field.name === "id" };
}

/** The key of a lookup by several fields. */
function readKey(
  column: PlannedColumn,
  row: SourceRow,
  issues: Issue[],
): Wanted | typeof nothing | typeof empty | null {
  const parts = (column.lookup?.by ?? []).map((part, i) => {
    const value = clean(column, cellOf(column, row, i));
    if (value === empty || value === null) return null;
    return value === nothing ? nothing : readPart(part, value, column.field.name, issues);
  });
  if (parts.every((part) => part === nothing)) return nothing;
  if (parts.every((part) => part === null || part === nothing)) return empty;
  if (parts.includes(nothing)) return nothing;
  return { column, key: parts, byId: false };
}

function readPart(
  { field, converter }: { readonly field: FieldModel; readonly converter: PlannedColumn["converter"] },
  value: unknown,
  name: string,
  issues: Issue[],
): unknown {
  // Keys that look like numbers come as numbers in JSON.
  const given =
    typeof value === "number" && field.type.jsonSchema(field.def)["type"] === "string" ? String(value) : value;
  const read = settle(field, name, typeof given === "string" ? converter.read(given) : converter.other(given), issues);
  if (read === nothing) return nothing;
  return settle(field, name, field.type.read(read, field.def), issues);
}

/** A value, or the note of what is wrong with it. */
function settle(_: FieldModel, name: string, value: unknown, issues: Issue[]): unknown {
  if (!(value instanceof Invalid)) return value;
  issues.push({
    code: value.code,
    path: [name, ...value.path],
    message: value.message,
    ...(value.params ? { params: value.params } : {}),
  });
  return nothing;
}
