/** The storage on SQLite: its options, and what it can do. */

import { type Model, type Storage, XrmError } from "@kith/core";
import { describe, didYouMean, printable } from "@kith/schema";
import { applyStore, findDrift, planStore } from "@kith/sql";
import { changeSqlite, openSqlite } from "./sqlite-open.ts";
import { restoreTo } from "./sqlite-restore.ts";

/** Options of {@link sqlite}. */
export interface SqliteOptions {
  /** The path of the database file; it is made when it is not there, its folder is not. `:memory:` for one that ends with the process. */
  readonly file: string;
  /**
   * `full` (the default): an acknowledged write is on the disk, and survives a power cut. `normal`: it survives the end of the process, but a power
   * cut may take the last writes; faster where the disk is slow.
   */
  readonly synchronous?: "full" | "normal";
}

/** The options that `sqlite` takes. */
export const sqliteKeys = ["file", "synchronous"];

/**
 * A storage on a SQLite file (or in memory). Opening it makes the tables that are missing. One connection writes, one reads, so that reads go on while
 * a transaction is open; other processes may use the file at the same time.
 *
 * @throws {XrmError} INVALID_OPTIONS when an option is unknown or has the wrong form. Opening throws NODE_TOO_OLD, UNREACHABLE, READ_ONLY,
 * NOT_A_DATABASE, NOT_KITH, MODEL_OLDER, MODEL_CHANGED, STORAGE_FULL and BUSY.
 * @example const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: 'crm.db' }) })
 */
export function sqlite(given: SqliteOptions): Storage {
  const { file, synchronous } = readOptions(given);
  const inMemory = file === ":memory:";
  const settings = { file, synchronous };
  return {
    name: "sqlite",
    capabilities: inMemory ? { durable: false, readsDuringTransaction: false } : {},
    open: (model, storageOptions) => openSqlite(settings, model, storageOptions),
    changes: {
      plan: (model, request, options) =>
        changeSqlite(settings, options, (context, access) => planStore(context, model, request, access)),
      apply: (model, order, options) =>
        changeSqlite(settings, options, (context, access) => applyStore(context, model, order, access)),
      drift: (model, options) =>
        changeSqlite(settings, options, (context, access) => findDrift(context, model, access)),
    },
    // A database in memory has no place to put one.
    ...(inMemory ? {} : { restore: (from: string, model: Model) => restoreTo(file, from, model) }),
  };
}

function readOptions(options: unknown): Required<SqliteOptions> {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw wrong(undefined, `sqlite takes an object, like { file: 'crm.db' }, not ${describe(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (sqliteKeys.includes(name)) continue;
    const known = `It takes ${sqliteKeys.join(" and ")}.`;
    throw wrong(name, `sqlite has no option '${printable(name)}'.${didYouMean(name, sqliteKeys)} ${known}`);
  }
  const { file, synchronous = "full" } = options as { file?: unknown; synchronous?: unknown };
  if (typeof file !== "string" || file.trim() === "" || file !== file.trim() || file.includes("\0")) {
    throw wrong(
      "file",
      `sqlite: file must be the path of a database file, without spaces around it, or ':memory:', not ${describe(file)}.`,
    );
  }
  if (synchronous !== "full" && synchronous !== "normal") {
    throw wrong("synchronous", `sqlite: synchronous must be 'full' or 'normal', not ${describe(synchronous)}.`);
  }
  return { file, synchronous };
}

function wrong(option: string | undefined, message: string): XrmError {
  return new XrmError("INVALID_OPTIONS", message, { params: option === undefined ? {} : { option } });
}
