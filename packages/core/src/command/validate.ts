/** The final checks of a record: nothing required is missing, and every declared check holds. */

import { type Issue, localize } from "@kith/schema";
import { evaluate } from "../query/evaluate.ts";
import type { EntityCommands } from "./entity-commands.ts";
import { requiredIssue } from "./messages.ts";
import type { Values, WriteUse } from "./read-values.ts";

/**
 * Checks a whole record.
 *
 * @throws {XrmError} INVALID_RECORD, with every issue
 */
export function validateRecord(commands: EntityCommands, row: Values, use: WriteUse): void {
  const { required, entity } = commands;
  if (required.length === 0 && entity.checks.length === 0) return;
  let issues: Issue[] | undefined;
  for (const field of required) {
    if (row[field.name] === null || row[field.name] === undefined) (issues ??= []).push(requiredIssue(field));
  }
  // A check over values that are missing would only say the same again.
  if (!issues) {
    for (const check of entity.checks) {
      if (evaluate(check.condition, row, check.params)) continue;
      (issues ??= []).push({
        code: "CHECK",
        path: [],
        message: `breaks the check '${check.name}': ${localize(check.message)}`,
        params: { check: check.name, message: check.message },
      });
    }
  }
  if (issues) throw commands.reader.refuse(issues, use);
}
