/** Reading an entity's checks: conditions in the language of filters, over the entity's own fields. */

import { isPlainObject, type Localized, printable } from "@kith/schema";
import { XrmError } from "../errors.ts";
import { ParseContext, timeless } from "../query/parse-context.ts";
import { parseWhere } from "../query/parse-where.ts";
import { defaultQueryLimits, Scan } from "../query/scan.ts";
import { checkKeys, type DraftEntity } from "./draft.ts";
import { checkLocalized } from "./field-models.ts";
import type { CheckModel, EntityModel, Vocabulary } from "./model.ts";
import type { ReportDeclaration } from "./report.ts";

/** The keys that a check takes. */
export const checkDeclarationKeys = ["where", "message"] as const;

/** The checks that an entity declares. */
export function readChecks(
  entity: EntityModel,
  draft: DraftEntity,
  vocabulary: Vocabulary,
  report: ReportDeclaration,
): CheckModel[] {
  const where = { plugin: draft.plugin, entity: draft.name, option: "checks" };
  const checks = draft.options["checks"];
  if (checks === undefined) return [];
  if (!isPlainObject(checks)) {
    report({ ...where, code: "WRONG_TYPE", message: "must be an object of checks, each { where, message }" });
    return [];
  }
  return Object.entries(checks).flatMap(([name, check]) => {
    if (!isPlainObject(check) || !isPlainObject(check["where"]) || check["message"] === undefined) {
      report({ ...where, code: "WRONG_TYPE", message: `'${printable(name)}' must be { where: …, message: '…' }` });
      return [];
    }
    checkKeys(where, "a check", check, checkDeclarationKeys, report);
    checkLocalized(where, "checks", check["message"], report);
    const read = readCondition(entity, check["where"], vocabulary, (message) => {
      report({ ...where, code: "BAD_OPTION", message: `'${printable(name)}': ${message}` });
    });
    return read ? [{ name, message: check["message"] as Localized, ...read }] : [];
  });
}

function readCondition(
  entity: EntityModel,
  where: unknown,
  vocabulary: Vocabulary,
  tell: (message: string) => void,
): Pick<CheckModel, "condition" | "params"> | undefined {
  try {
    // Finds what is too deep or holds itself before the parser would go there.
    new Scan(vocabulary, defaultQueryLimits).where(where, 1);
    const context = new ParseContext(entity.name, timeless);
    const condition = parseWhere(context, entity, where, [], false);
    for (const issue of context.issues) tell(`${issue.path.join(".")} ${issue.message}`);
    return context.issues.length === 0 ? { condition, params: context.params } : undefined;
  } catch (error) {
    if (!(error instanceof XrmError)) throw error;
    tell(error.message);
    return undefined;
  }
}
