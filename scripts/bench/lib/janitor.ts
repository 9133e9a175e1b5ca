/** Looks at what a contender wrote, and takes it away again; not timed. It has a connection of its own. */

import type { OpenContext } from "./contender.ts";
import { idOf, type Sizes } from "./data.ts";
import { digest } from "./digest.ts";
import { load } from "./load.ts";
import type { Op } from "./ops.ts";

/** See the file. */
export interface Janitor {
  /** A digest of the rows that an operation wrote, without what is each contender's own (ids, instants). */
  look(table: NonNullable<Op["writes"]>): Promise<string>;
  /** Removes rows beyond the seed, and brings the log of writes to its beginning. */
  clean(): Promise<void>;
  close(): Promise<void>;
}

const own = new Set(["id", "created_at", "updated_at", "kith_row"]);
const withoutOwn = (row: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !own.has(name)));

/** A janitor for a SQLite file. */
export async function sqliteJanitor({ file }: Pick<OpenContext, "file">, sizes: Sizes): Promise<Janitor> {
  const { default: Database } = await load("better-sqlite3");
  const db = new Database(file);
  db.pragma("foreign_keys = off");
  const lastOf = { contact: idOf("contact", sizes.contact), opportunity: idOf("opportunity", sizes.opportunity) };
  return {
    async look(table) {
      const rows = db.prepare(`select * from ${table} where id > ? order by rowid`).all(lastOf[table]);
      const states = db.prepare(`select count(*), sum(version) from ${table}`).raw().get();
      const probability =
        table === "opportunity"
          ? db.prepare("select sum(probability * (version + 1)) from opportunity").pluck().get()
          : 0;
      return digest([...rows.map(withoutOwn), states, probability]);
    },
    async clean() {
      for (const table of ["opportunity", "contact"] as const)
        db.prepare(`delete from ${table} where id > ?`).run(lastOf[table]);
      // When it was changed is each contender's own; the rest of what an update leaves stays.
      db.exec("update opportunity set updated_at = created_at where version > 1 and updated_at > created_at");
      db.pragma("wal_checkpoint(truncate)");
    },
    async close() {
      db.close();
    },
  };
}
