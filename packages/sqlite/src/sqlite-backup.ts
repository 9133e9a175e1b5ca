/** Copying a database while it is in use. */

import { stat } from "node:fs/promises";
import type { BackupOptions, BackupResult, MaybePromise } from "@kith/core";
import { draftOf, freePath, placeFile, removeDraft, translateFile } from "./place-file.ts";
import { translate } from "./sqlite-errors.ts";
import type { SqliteSession } from "./sqlite-session.ts";

/** Pages copied before the event loop turns: about a megabyte, a few milliseconds. */
const pagesAtOnce = 256;

/** Runs the copying on a session that stays in one state meanwhile. */
export type Within = (copy: (session: SqliteSession) => Promise<void>) => MaybePromise<void>;

/** The backups of one connection that are being made. */
export class Backups {
  readonly #making = new Set<Promise<BackupResult>>();

  /** Makes one. */
  async make(file: string, options: BackupOptions, within: Within): Promise<BackupResult> {
    const made = backupTo(file, options, within);
    this.#making.add(made);
    try {
      return await made;
    } finally {
      this.#making.delete(made);
    }
  }

  /** Waits until none is being made. */
  idle(): MaybePromise<void> {
    if (this.#making.size > 0) return Promise.allSettled(this.#making).then(() => undefined);
  }
}

/**
 * Copies what a session sees into a file that is not there yet. The caller keeps the session in one state: a read transaction of its own, or the
 * only connection while nobody else uses it.
 *
 * @throws {XrmError} FILE_EXISTS, UNREACHABLE, STORAGE_FULL, ABORTED
 */
async function backupTo(given: string, { control, onProgress }: BackupOptions, within: Within): Promise<BackupResult> {
  const file = freePath(given);
  const draft = draftOf(file);
  try {
    await within(async ({ db }) => {
      control?.check();
      const progress = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }) => {
        control?.check();
        if (totalPages > 0) onProgress?.(1 - remainingPages / totalPages);
        return pagesAtOnce;
      };
      await db.backup(draft, { progress }).catch((error: unknown) => {
        throw ofCopy(error) ? translate(error, file) : error;
      });
    });
    await placeFile(draft, file);
  } catch (error) {
    await removeDraft(draft);
    throw translateFile(error, file);
  }
  return { file, bytes: (await stat(file)).size };
}

/** The database is only read: what cannot be written is the copy. */
function ofCopy(error: unknown): boolean {
  return /^SQLITE_(FULL|READONLY|CANTOPEN|PERM|AUTH|IOERR_(WRITE|FSYNC|TRUNCATE))/.test(
    String((error as { code?: unknown } | null)?.code),
  );
}

/** Runs work in a read transaction of a connection of its own: it sees one moment, and holds up nobody. */
export async function snapshot(session: SqliteSession, work: (session: SqliteSession) => Promise<void>): Promise<void> {
  try {
    session.command("begin");
    // The snapshot is taken by the first statement that reads.
    session.db.prepare("select count(*) from sqlite_schema").get();
    await work(session);
    session.command("commit");
  } finally {
    session.db.close();
  }
}
