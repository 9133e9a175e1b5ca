/** Lookups to one of several entities: a column for each target, or one with what the record is called, and maybe one with its entity. */

import type { FieldModel } from "@kith/core";
import { describe, didYouMean, type Issue } from "@kith/schema";
import { rowProblem } from "../errors.ts";
import { plain } from "../mapping/columns.ts";
import { entityWords } from "../mapping/members.ts";
import type { PlannedColumn, PlannedLookup } from "../mapping/planned.ts";
import { cellOf, empty, isFilled, nothing, settle } from "./cells.ts";
import { type Draft, givenMembers, type Sought, want } from "./draft.ts";
import { readKey } from "./keys.ts";

/** Reads the columns of one field. */
export function readReference(draft: Draft, field: FieldModel, columns: readonly PlannedColumn[]): void {
  const key = columns.find(({ member }) => member?.role === "key");
  const entity = columns.find(({ member }) => member?.role === "entity");
  if (key) readNamed(draft, field, key, entity);
  else readTargets(draft, field, columns);
}

/** A column for each target; one of them may be filled. */
function readTargets(draft: Draft, field: FieldModel, columns: readonly PlannedColumn[]): void {
  const { row, issues } = draft;
  const filled = columns.filter((column) => column.lookups[0] && isFilled(anyCell(column, draft)));
  const [first, second] = filled;
  if (first && second) {
    const named = filled
      .map((column) => `${column.member?.name} (column '${column.names.join(" and ")}')`)
      .join(" and ");
    const message = `names ${filled.length} records, of ${named}, and can lead to one; empty the others`;
    issues.push(rowProblem("LOOKUP_TWICE", field.name, message));
  } else if (first) {
    const sought = readKey(first, first.lookups[0] as PlannedLookup, row, issues);
    if (isFilled(sought)) want(draft, field, [sought as Sought]);
  } else {
    const { cleared } = givenMembers(draft, field);
    for (const column of columns) {
      const cell = cellOf(column, row);
      if (cell === null || (cell === empty && column.clears)) cleared.push(column.member?.name as string);
    }
  }
}

/** What a column's cells hold, if they hold anything. */
function anyCell(column: PlannedColumn, { row }: Draft): unknown {
  const cells = Array.from({ length: Math.max(1, column.places.length) }, (_, i) => cellOf(column, row, i));
  return cells.find(isFilled) ?? empty;
}

/** What the record is called, in any of the entities or in the one that is named beside it. */
function readNamed(draft: Draft, field: FieldModel, key: PlannedColumn, entity: PlannedColumn | undefined): void {
  const { row, issues } = draft;
  const cell = anyCell(key, draft);
  const named = entity ? cellOf(entity, row) : nothing;
  const half = (message: string, path: readonly string[]) => void issues.push(rowProblem("INCOMPLETE", path, message));
  if (!isFilled(cell)) {
    if (isFilled(named) && (entity?.places.length ?? 0) > 0)
      half(`is empty beside ${describe(named)}; fill in both, or neither`, key.path);
    else if (cellOf(key, row) === null) draft.values[field.name] = null;
    else if (cellOf(key, row) === empty && key.clears) draft.cleared.push(field.name);
    return;
  }
  const whole = typeof cell === "string" ? settle(key.path, key.converter.read(cell), issues) : cell;
  if (whole === nothing) return;
  if (typeof whole === "object") {
    draft.values[field.name] = whole;
    return;
  }
  if (!isFilled(named)) {
    if (named === nothing) wantAny(draft, field, key, key.lookups);
    else if (entity) half(`is empty, so that nobody knows what ${describe(cell)} is; fill it in`, entity.path);
    return;
  }
  const lookup = key.lookups.find(({ target }) => isCalled(target, named));
  if (lookup) wantAny(draft, field, key, [lookup]);
  else if (entity) {
    const targets = key.lookups.map(({ target }) => target.name);
    const hint = typeof named === "string" ? didYouMean(named, targets) : "";
    const message = `must be one of ${targets.join(", ")}, not ${describe(named)}.${hint}`;
    issues.push({ code: "ENTITY", path: entity.path, message, params: { targets } });
  }
}

function isCalled(target: PlannedLookup["target"], named: unknown): boolean {
  return typeof named === "string" && entityWords(target).some((word) => plain(word) === plain(named));
}

/** Looks in each of the entities whose keys can be such a value. */
function wantAny(draft: Draft, field: FieldModel, key: PlannedColumn, lookups: readonly PlannedLookup[]): void {
  const wrong: Issue[] = [];
  const sought = lookups.flatMap((lookup): Sought[] => {
    const read = readKey(key, lookup, draft.row, wrong);
    return isFilled(read) ? [read as Sought] : [];
  });
  if (sought.length > 0) want(draft, field, sought);
  else draft.issues.push(...wrong.slice(0, 1));
}
