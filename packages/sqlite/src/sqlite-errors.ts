/** What SQLite's errors mean. */

import { XrmError } from "@kith/core";

const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
};

/** Limits of a statement, which have no code of their own. */
const tooLarge =
  /^(Expression tree is too large|parser stack overflow|too many (SQL variables|columns|terms)|at most \d+ tables|statement too long)/;

/** Another connection holds a lock; the same statement may go through later. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED");
}

/** Turns an error of the driver into the one that callers get; others pass unchanged. */
export function translate(error: unknown, file: string): unknown {
  const code = codeOf(error);
  if (error instanceof SyntaxError && / JSON/.test(error.message)) {
    return new XrmError(
      "STORAGE_FAILED",
      `The database '${file}' holds a value that is not JSON where Kith keeps JSON (${error.message}); somebody wrote past Kith: correct it, or restore a backup.`,
      { cause: error, params: { file } },
    );
  }
  if (error instanceof XrmError || !code.startsWith("SQLITE_")) return error;
  const details = { cause: error, params: { file, sqlite: code } };
  const begins = (...starts: string[]) => starts.some((start) => code.startsWith(start));
  if (isBusy(error)) return busy(file, undefined, error);
  if (begins("SQLITE_FULL")) {
    return new XrmError(
      "STORAGE_FULL",
      `There is no room left for the database '${file}'; free some space on its disk.`,
      details,
    );
  }
  if (begins("SQLITE_READONLY")) {
    return new XrmError(
      "READ_ONLY",
      `The database '${file}' cannot be written; check the rights on the file and its folder.`,
      details,
    );
  }
  if (begins("SQLITE_NOTADB")) {
    return new XrmError(
      "NOT_A_DATABASE",
      `The file '${file}' is not a SQLite database; give the path of another file, or of one that is not there yet.`,
      details,
    );
  }
  if (begins("SQLITE_CORRUPT")) {
    return new XrmError("NOT_A_DATABASE", `The database '${file}' is damaged; restore it from a backup.`, details);
  }
  if (begins("SQLITE_CANTOPEN", "SQLITE_AUTH", "SQLITE_PERM")) {
    return new XrmError(
      "UNREACHABLE",
      `The database '${file}' cannot be opened; check its path and the rights on its folder.`,
      details,
    );
  }
  const columns = /^too many columns on (\w+)/.exec((error as Error).message);
  if (columns) {
    return new XrmError(
      "INVALID_MODEL",
      `The database '${file}' takes no table of that many columns ('${columns[1]}'); give the entity fewer fields.`,
      details,
    );
  }
  if (/ already exists$|^there is already /.test((error as Error).message)) {
    return new XrmError(
      "NOT_KITH",
      `The database '${file}' already holds something under a name that Kith needs (${(error as Error).message}); give it another name.`,
      details,
    );
  }
  if (tooLarge.test((error as Error).message)) {
    return new XrmError(
      "INVALID_QUERY",
      "The query is deeper or larger than SQLite takes; make it flatter or split it.",
      details,
    );
  }
  return new XrmError("STORAGE_FAILED", `SQLite failed on '${file}': ${(error as Error).message}.`, details);
}

/** The error of a lock that lasted longer than the deadline. */
export function busy(file: string, waitMs: number | undefined, cause?: unknown): XrmError {
  const long = waitMs === undefined ? "" : ` for longer than ${waitMs} ms`;
  return new XrmError(
    "BUSY",
    `Another connection kept the database '${file}' locked${long}; try again, or raise waitMs.`,
    {
      cause,
      params: { file, ...(waitMs === undefined ? {} : { waitMs }) },
    },
  );
}
