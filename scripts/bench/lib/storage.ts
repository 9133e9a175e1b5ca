/** Kith's storage for the database that is measured. */

import type { Storage } from "@kith/core";
import { sqlite } from "@kith/sqlite";
import type { OpenContext } from "./contender.ts";

/** The storage on a SQLite file, or on a PostgreSQL database. */
export async function storageFor({ db, file }: Pick<OpenContext, "db" | "file" | "url">): Promise<Storage> {
  if (db === "sqlite") return sqlite({ file });
  throw new Error("PostgreSQL is not measured yet.");
}
