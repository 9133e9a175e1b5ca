/** Copying a database while it is in use. */

import { rm, stat } from "node:fs/promises";
import type { BackupOptions, BackupResult, MaybePromise } from "@kith/core";
import { draftOf, freePath, placeFile } from "./place-file.ts";
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
 * @throws {XrmError} FILE_EXISTS, UNREACHABLE, ABORTED
 */
async function backupTo(given: string, { control, onProgress }: BackupOptions, within: Within): Promise<BackupResult> {
  const file = freePath(given);
  const draft = draftOf(file);
  try {
    await within(async ({ db }) => {
      control?.check();
      await db.backup(draft, {
        progress: ({ totalPages, remainingPages }) => {
          control?.check();
          if (totalPages > 0) onProgress?.(1 - remainingPages / totalPages);
          return pagesAtOnce;
        },
      });
    });
    await placeFile(draft, file);
  } catch (error) {
    await Promise.all(["", "-journal", "-wal", "-shm"].map((end) => rm(`${draft}${end}`, { force: true })));
    throw error;
  }
  return { file, bytes: (await stat(file)).size };
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
