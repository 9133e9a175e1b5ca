/** Putting a finished file in its place: whole or not at all, and never over another one. */

import { existsSync, statSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { XrmError } from "@kith/core";

/** Where a file is made before it is whole: beside its place, so that putting it there moves no bytes. */
export function draftOf(file: string): string {
  return `${file}.kith-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
}

/** What SQLite keeps beside a database. What is left of another one would be taken for this one's. */
export const companions = ["-wal", "-shm", "-journal"];

/** Takes a draft away with all that stands beside it. Never fails: why it is taken away is what the caller is to hear. */
export async function removeDraft(draft: string): Promise<void> {
  await Promise.allSettled(["", ...companions].map((end) => rm(`${draft}${end}`, { force: true })));
}

/**
 * The full path of a file that is to be made.
 *
 * @throws {XrmError} FILE_EXISTS, UNREACHABLE
 */
export function freePath(given: string, beside: readonly string[] = []): string {
  const file = resolve(given);
  for (const path of [file, ...beside.map((end) => `${file}${end}`)]) if (existsSync(path)) throw inTheWay(path);
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return file;
  throw new XrmError("UNREACHABLE", `The folder '${folder}' is not there; create it first.`, {
    params: { file, folder },
    retryable: false,
  });
}

/** Puts a draft in its place, on the disk before this is done. */
export async function placeFile(draft: string, file: string): Promise<void> {
  await flush(draft);
  try {
    // A link, unlike a rename, never replaces what is there.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw inTheWay(file);
    // A file system without links.
    if (existsSync(file)) throw inTheWay(file);
    await rename(draft, file);
  }
  await rm(draft, { force: true });
  // Not every system lets a folder be opened; the file itself is on the disk.
  await flush(dirname(file)).catch(() => undefined);
}

/** Waits until a file, or the names in a folder, are on the disk. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const full = ["ENOSPC", "EDQUOT", "EFBIG"];

/** Turns an error of the file system into the one that callers get; others pass unchanged. */
export function translateFile(error: unknown, file: string): unknown {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (error instanceof XrmError || code === undefined || syscall === undefined) return error;
  const details = { cause: error, params: { file, error: code } };
  if (full.includes(code))
    return new XrmError("STORAGE_FULL", `There is no room left for the file '${file}'; free some space.`, details);
  return new XrmError(
    "UNREACHABLE",
    `The file '${file}' cannot be read or made (${code}); check its path and the rights on its folder.`,
    { ...details, retryable: false },
  );
}

function inTheWay(file: string): XrmError {
  return new XrmError(
    "FILE_EXISTS",
    `The file '${file}' is there already and is not overwritten; move it away or name another.`,
    {
      params: { file },
    },
  );
}
