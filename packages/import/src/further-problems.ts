/** What else is wrong with a row that is rejected before the write path sees it: people correct a row once, not once for each problem. */

import type { EntityModel } from "@kith/core";
import { Invalid } from "@kith/schema";
import type { Draft } from "./draft/draft.ts";
import { newValues } from "./draft/values.ts";
import type { RowProblem } from "./errors.ts";

/** Every problem of a row: those that were found, and those that its field types and required fields would find. `isNew`: it makes a record. */
export function allProblems(draft: Draft, entity: EntityModel, isNew: boolean): readonly RowProblem[] {
  const { row, wanted, later, issues } = draft;
  if (row.problem) return issues;
  const values = newValues(draft);
  const told = new Set<unknown>(issues.map(({ path }) => path[0]));
  const waiting = new Set([...wanted, ...later].map(({ field }) => field.name));
  const further: RowProblem[] = [];
  for (const { name, type, def, required, writable } of entity.fields) {
    if (told.has(name) || waiting.has(name)) continue;
    const value = values[name];
    if (value !== undefined && value !== null) {
      const normal = type.read(value, def);
      const invalid = normal instanceof Invalid ? normal : type.limit?.(normal, def);
      if (invalid) further.push({ code: invalid.code, path: [name, ...invalid.path], message: invalid.message });
    } else if (isNew && required && writable !== "never" && (value === null || def["default"] === undefined)) {
      further.push({ code: "REQUIRED", path: [name], message: "is required; give it a value" });
    }
  }
  return [...issues, ...further];
}
