/** What can go wrong with an import as a whole, and with a row. */

import { type EntityModel, XrmError } from "@kith/core";
import type { Issue } from "@kith/schema";

/**
 * The codes of an import that cannot begin or go on, besides the engine's (INVALID_OPTIONS for wrong options, with every problem in `issues`; those
 * of the storage). Codes are API.
 */
export const importErrorCodes = {
  "import.SOURCE":
    "The source cannot be read: there is no such file, it is not UTF-8, or a quote in it is never closed.",
  "import.HEADER": "The first row of a CSV does not name its columns, each once.",
  "import.REJECTS": "The file of rejected rows cannot be written.",
} as const;

/** The error of a source that cannot be read. */
export function sourceError(message: string, cause?: unknown): XrmError {
  return new XrmError("import.SOURCE" satisfies keyof typeof importErrorCodes, message, { cause });
}

/** The error of a file of rejected rows that cannot be written. */
export function rejectsError(cause: unknown): XrmError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new XrmError(
    "import.REJECTS" satisfies keyof typeof importErrorCodes,
    `The rejected rows cannot be written: ${why}. Check the path given as rejects.`,
    { cause },
  );
}

/** The error of a header row with problems. */
export function headerError(issues: readonly Issue[]): XrmError {
  const told = issues.slice(0, 3).map((issue) => issue.message);
  const more = issues.length > 3 ? `; and ${issues.length - 3} more` : "";
  return new XrmError(
    "import.HEADER" satisfies keyof typeof importErrorCodes,
    `The header row is not right: ${told.join("; ")}${more}`,
    { issues },
  );
}

/** The error of options with problems. */
export function invalidOptions(entity: EntityModel | undefined, issues: readonly Issue[]): XrmError {
  const told = issues.slice(0, 3).map(({ path, message }) => `${path.join(".")} ${message}`);
  const more = issues.length > 3 ? `; and ${issues.length - 3} more` : "";
  const what = entity ? `The import of '${entity.name}'` : "importRecords";
  return new XrmError("INVALID_OPTIONS", `${what} is not right: ${told.join("; ")}${more}`, {
    entity: entity?.name,
    issues,
  });
}

/**
 * Why rows are rejected, besides the engine's own codes (REQUIRED, CHOICE, UNIQUE and the others of its field types and errors, and what hooks
 * throw). Codes are API.
 */
export const rejectCodes = {
  ROW_WIDTH: "The row has more or fewer cells than the header.",
  BAD_JSON: "The line is not a JSON object.",
  BAD_ENCODING: "The row holds bytes that are not UTF-8.",
  ROW_TOO_LONG: "The line is longer than `maxRowBytes`.",
  UNKNOWN_COLUMN: "The row has a column that is neither mapped nor ignored.",
  BAD_NUMBER: "The text is not a number in the form that the mapping says.",
  BAD_BOOLEAN: "The text is not a yes or a no.",
  BAD_TIME: "The text is not a date or a time in the form that the mapping says.",
  LOOKUP_MISSING: "No record has the value that the lookup names.",
  LOOKUP_AMBIGUOUS: "Several records have the value that the lookup names.",
  LOOKUP_LATER: "A lookup to the same entity that cannot be set later names a record that is not there yet.",
  LOOKUP_TWICE: "Columns of several targets name a record, and the lookup leads to one.",
  INCOMPLETE: "A value that stands in several columns lacks one of them.",
  MATCH_AMBIGUOUS: "Several records match the row.",
  MATCH_EMPTY: "The row has no value in the fields that it is matched by.",
} as const;

/** One of {@link rejectCodes}. */
export type RejectCode = keyof typeof rejectCodes;

/** The codes of a system that cannot go on, whatever the row. */
const fatalCodes = new Set([
  "INVALID_OPTIONS",
  "UNKNOWN_ENTITY",
  "TX_MISUSED",
  "TX_CLOSED",
  "TX_TIMEOUT",
  "BUSY",
  "CLOSED",
  "NOT_A_DATABASE",
  "NOT_KITH",
  "READ_ONLY",
  "STORAGE_FULL",
  "UNREACHABLE",
  "STORAGE_FAILED",
  "MODEL_OLDER",
  "MODEL_CHANGED",
  "NODE_TOO_OLD",
]);

/** Whether an error says something about a row, rather than about the system or the program. */
export function isAboutRow(error: unknown): error is XrmError {
  return error instanceof XrmError && !fatalCodes.has(error.code);
}

/** A problem of a row. */
export interface RowProblem extends Issue {
  /** The message is a sentence of its own; others go on after the field's name. */
  readonly sentence?: true;
}

/** The problems of a row that a write refused. */
export function problemsOf(error: XrmError): readonly RowProblem[] {
  // A hook that goes on after a failed write leaves only this; the failure itself is what helps.
  if (error.code === "TX_ROLLBACK_ONLY" && error.cause instanceof XrmError) return problemsOf(error.cause);
  // Of an error that only names fields, the issues say its own sentence again.
  if (error.issues.some((issue) => issue.message !== error.message)) return error.issues;
  const fields = error.field === undefined ? error.params["fields"] : [error.field];
  const path = Array.isArray(fields) && fields.length > 0 ? [fields.join(", ")] : [];
  return [{ code: error.code, path, message: error.message, params: error.params, sentence: true }];
}

/** A problem that the import found itself. */
export function rowProblem(
  code: RejectCode,
  at: string | readonly string[] | undefined,
  message: string,
  params?: Readonly<Record<string, unknown>>,
): RowProblem {
  return { code, path: at === undefined ? [] : [at].flat(), message, ...(params === undefined ? {} : { params }) };
}
