/** Opening the SQLite file with the settings that Kith opens it with. */

import type { OpenContext } from "../lib/contender.ts";

/** A connection of better-sqlite3: durable (FULL, WAL), foreign keys held. */
export async function openSqlite({ load, file }: Pick<OpenContext, "load" | "file">): Promise<any> {
  const { default: Database } = await load("better-sqlite3");
  const db = new Database(file);
  for (const pragma of ["journal_mode = wal", "synchronous = full", "foreign_keys = on"]) db.pragma(pragma);
  return db;
}
