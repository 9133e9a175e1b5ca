/** Backups: a copy of the whole database in a file, and the way back. */

import { describe } from "@kith/schema";
import { readControl } from "./context/control.ts";
import { guard } from "./context/scope.ts";
import type { Session } from "./context/session.ts";
import { XrmError } from "./errors.ts";
import type { Model } from "./model/model.ts";
import { onlyKeys } from "./options.ts";
import type { BackupCallOptions } from "./repository/xrm-types.ts";
import type { BackupResult, RestoreResult } from "./storage/backups.ts";
import type { Storage } from "./storage/storage.ts";

/** The options of `$.backup`. */
export const backupKeys = ["signal", "onProgress"] as const;
/** What {@link restoreBackup} takes. */
export const restoreKeys = ["model", "storage", "from"] as const;

/** Copies what is committed into a new file. */
export async function backup(session: Session, file: unknown, options: BackupCallOptions = {}): Promise<BackupResult> {
  const { system, scope } = session;
  guard(system, scope);
  if (scope) throw new XrmError("TX_MISUSED", "A backup holds what is committed; call it outside of transactions.");
  system.assertOpen();
  onlyKeys("backup", options, backupKeys);
  const { signal, onProgress } = options;
  const control = signal === undefined ? undefined : readControl("backup", { signal }, undefined);
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw new XrmError("INVALID_OPTIONS", "backup: onProgress must be a function.", {
      params: { option: "onProgress" },
    });
  const { connection } = system;
  if (!connection.backup) throw unsupported("The storage of this system makes no backups");
  return connection.backup(readFile("backup", file), { control, onProgress });
}

/** What {@link restoreBackup} is told. */
export interface RestoreOptions {
  /** The model that the restored database will be opened with. */
  readonly model: Model<any>;
  /** Where the database is to be; nothing may be there yet. */
  readonly storage: Storage;
  /** The backup's path. */
  readonly from: string;
}

/**
 * Puts a backup in the place of a database. The backup is looked through first (damage, broken references, a newer model), on a copy; what is in the
 * way is never overwritten: move a damaged database away before.
 *
 * @throws {XrmError} FILE_EXISTS, NOT_A_DATABASE, NOT_KITH, MODEL_OLDER, UNREACHABLE, STORAGE_FULL, BUSY, UNSUPPORTED, INVALID_OPTIONS
 * @example await restoreBackup({ model, storage: sqlite({ file: 'crm.db' }), from: 'backups/monday.db' })
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  onlyKeys("restoreBackup", options, restoreKeys);
  const { model, storage, from } = options;
  if (!(model?.entities instanceof Map))
    throw new XrmError("INVALID_OPTIONS", "restoreBackup: model must be what defineModel gave.", {
      params: { option: "model" },
    });
  if (typeof storage?.open !== "function")
    throw new XrmError("INVALID_OPTIONS", "restoreBackup: storage must be a storage, like sqlite({ file }).", {
      params: { option: "storage" },
    });
  if (!storage.restore) throw unsupported(`The storage '${storage.name}' restores no backups`);
  return storage.restore(readFile("restoreBackup", from), model);
}

function readFile(call: string, file: unknown): string {
  if (typeof file === "string" && file.trim() === file && file !== "" && !file.includes("\0")) return file;
  throw new XrmError("INVALID_OPTIONS", `${call} takes the path of a file, not ${describe(file)}.`, {
    params: { option: "file" },
  });
}

function unsupported(head: string): XrmError {
  return new XrmError("UNSUPPORTED", `${head} of its own; a database server brings tools for that, such as pg_dump.`);
}
