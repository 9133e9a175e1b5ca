/** From a row of cells to a draft. */

import type { FieldModel } from "@kith/core";
import type { Issue } from "@kith/schema";
import { rowProblem } from "../errors.ts";
import type { Plan } from "../mapping/plan.ts";
import type { PlannedColumn } from "../mapping/planned.ts";
import type { SourceRow } from "../source/source.ts";
import { cellOf, empty, isFilled, nothing, settle } from "./cells.ts";
import { type Draft, type GivenMembers, givenMembers, type Sought, want } from "./draft.ts";
import { readKey } from "./keys.ts";
import { readReference } from "./reference.ts";

/** Reads a row by a plan. What is wrong is in the draft's issues, all of it. */
export function readRow(plan: Plan, row: SourceRow): Draft {
  const { problem } = row;
  const issues: Issue[] = problem ? [rowProblem(problem.code, undefined, problem.message)] : [];
  const draft: Draft = { row, values: {}, members: new Map(), cleared: [], wanted: [], later: [], issues };
  if (problem) return draft;
  for (const [place, message] of plan.unmapped)
    if (row.cells[place] !== undefined) issues.push(rowProblem("UNKNOWN_COLUMN", undefined, message));
  const references = new Map<FieldModel, PlannedColumn[]>();
  for (const column of plan.columns) {
    const { field, member } = column;
    if (member && member.role !== "value") {
      const others = references.get(field);
      if (others) others.push(column);
      else references.set(field, [column]);
    } else readColumn(draft, column);
  }
  for (const [field, columns] of references) readReference(draft, field, columns);
  return draft;
}

function readColumn(draft: Draft, column: PlannedColumn): void {
  const { row, issues } = draft;
  const { field, member, lookups } = column;
  const [lookup] = lookups;
  if (member) note(givenMembers(draft, field), member.name, column, readCell(column, row, issues));
  else {
    const read = lookup ? readKey(column, lookup, row, issues) : readCell(column, row, issues);
    if (lookup && isFilled(read)) want(draft, field, [read as Sought]);
    else note({ set: draft.values, cleared: draft.cleared }, field.name, column, read);
  }
}

function readCell(column: PlannedColumn, row: SourceRow, issues: Issue[]): unknown {
  const cell = cellOf(column, row);
  if (!isFilled(cell)) return cell;
  const { converter } = column;
  return settle(column.path, typeof cell === "string" ? converter.read(cell) : converter.other(cell), issues);
}

function note({ set, cleared }: GivenMembers, name: string, { clears }: PlannedColumn, value: unknown): void {
  if (value === empty) {
    if (clears) cleared.push(name);
  } else if (value !== nothing) set[name] = value;
}
