/** Databases whose model changes, and ways to them that are not Kith's. */

import type { ChangeUnderTest } from "@kith/testing";
import Database from "better-sqlite3";
import { sqlite } from "../src/index.ts";
import { temporaryFolder } from "./fixture.ts";

/** A file of its own. */
export function changeable(): ChangeUnderTest {
  const { path, remove } = temporaryFolder();
  const file = path("crm.db");
  return { storage: sqlite({ file }), direct: (sql) => direct(file, sql), cleanup: remove };
}

/** Runs SQL on a connection of its own: a statement, whose rows it gives, or several. */
export function direct(file: string, sql: string): Record<string, unknown>[] {
  const db = new Database(file);
  try {
    if (sql.includes(";")) {
      db.exec(sql);
      return [];
    }
    const statement = db.prepare(sql);
    if (statement.reader) return statement.all() as Record<string, unknown>[];
    statement.run();
    return [];
  } finally {
    db.close();
  }
}
