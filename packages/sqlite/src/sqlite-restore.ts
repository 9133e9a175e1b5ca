/** Putting a backup in the place of a database. */

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { copyFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { type Model, type RestoreResult, XrmError } from "@kith/core";
import { checkStore, sqlContext } from "@kith/sql";
import type SqliteDatabase from "better-sqlite3";
import { companions, draftOf, freePath, placeFile, removeDraft, translateFile } from "./place-file.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { translate } from "./sqlite-errors.ts";
import { SqliteSession } from "./sqlite-session.ts";

/**
 * Copies a backup to where a database is to be, and looks through the copy before it stands there.
 *
 * @throws {XrmError} FILE_EXISTS, UNREACHABLE, STORAGE_FULL, BUSY, NOT_A_DATABASE, NOT_KITH, MODEL_OLDER
 */
export async function restoreTo(to: string, from: string, model: Model): Promise<RestoreResult> {
  const file = freePath(to, companions);
  const source = resolve(from);
  if (!existsSync(source)) {
    throw new XrmError("UNREACHABLE", `The backup '${source}' is not there.`, {
      params: { file: source },
      retryable: false,
    });
  }
  const draft = draftOf(file);
  try {
    const before = stateOf(source);
    await copyFile(source, draft).catch(blaming(source, file));
    // A copy of a database that was open has its last writes beside it.
    if (existsSync(`${source}-wal`)) await copyFile(`${source}-wal`, `${draft}-wal`).catch(blaming(source, file));
    if (stateOf(source) !== before) throw written(source);
    const sameModel = inspect(draft, source, model);
    await placeFile(draft, file);
    return { file, bytes: (await stat(file)).size, sameModel };
  } catch (error) {
    throw translateFile(error, file);
  } finally {
    await removeDraft(draft);
  }
}

/** Copying fails by what is read as well as by what is written. */
function blaming(source: string, file: string): (error: unknown) => never {
  return (error) => {
    const { code } = error as NodeJS.ErrnoException;
    throw translateFile(error, code === "EISDIR" || !readable(source) ? source : file);
  };
}

function readable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** What changes whenever a database is written: a copy of its two files is of one moment only when nobody writes between them. */
function stateOf(source: string): string {
  return [source, `${source}-wal`]
    .map((path) => {
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : "";
    })
    .join();
}

function written(source: string): XrmError {
  return new XrmError(
    "BUSY",
    `The backup '${source}' was written to while it was read: it is a database in use. Make a backup of it with kith backup or $.backup, and restore that.`,
    { params: { file: source }, retryable: false },
  );
}

/** Looks through a database; whether it was written by this very model. */
function inspect(draft: string, source: string, model: Model): boolean {
  const Database = createRequire(import.meta.url)("better-sqlite3") as typeof SqliteDatabase;
  let db: SqliteDatabase.Database | undefined;
  try {
    db = new Database(draft, { timeout: 0, fileMustExist: true });
    // All of it answers at once here, since the session does.
    const sameModel = checkStore(sqlContext(sqliteDialect), model, new SqliteSession(db, 0)) as boolean;
    checkWhole(db, source);
    // Everything into the one file that is put in place.
    db.pragma("wal_checkpoint(truncate)");
    return sameModel;
  } catch (error) {
    throw translate(error, source);
  } finally {
    db?.close();
  }
}

function checkWhole(db: SqliteDatabase.Database, source: string): void {
  const found = db.pragma("integrity_check(5)", { simple: false }) as { integrity_check: string }[];
  const damage = found.map((row) => row.integrity_check).filter((text) => text !== "ok");
  const broken = (db.pragma("foreign_key_check") as { table: string }[]).slice(0, 5);
  const problems = [...damage, ...broken.map(({ table }) => `a record of '${table}' refers to one that is not there`)];
  if (problems.length === 0) return;
  throw new XrmError("NOT_A_DATABASE", `The backup '${source}' is damaged: ${problems.join("; ")}. Use another one.`, {
    params: { file: source, problems },
  });
}
