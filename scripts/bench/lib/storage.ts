/** Kith's storage for the database that is measured. */

import type { Storage } from "@kith/core";
import type { OpenContext } from "./contender.ts";

/** The storage on a SQLite file, or on a PostgreSQL database with one connection. Only what is used is loaded: the time to start is measured too. */
export async function storageFor({ db, file, url }: Pick<OpenContext, "db" | "file" | "url">): Promise<Storage> {
  if (db === "sqlite") return (await import("@kith/sqlite")).sqlite({ file });
  return (await import("@kith/postgres")).postgres({ url, connections: 1 });
}
