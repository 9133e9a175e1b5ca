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

/** A janitor for the database of a contender. */
export function janitorFor(context: Pick<OpenContext, "db" | "file" | "url">, sizes: Sizes): Promise<Janitor> {
  return context.db === "sqlite" ? sqliteJanitor(context, sizes) : pgJanitor(context, sizes);
}

/** A janitor for a PostgreSQL database. */
async function pgJanitor({ url }: Pick<OpenContext, "url">, sizes: Sizes): Promise<Janitor> {
  const { default: pg } = await load("pg");
  const db = new pg.Client(url);
  await db.connect();
  const last = { contact: idOf("contact", sizes.contact), opportunity: idOf("opportunity", sizes.opportunity) };
  const all = async (text: string, values: unknown[] = []) => (await db.query(text, values)).rows;
  return {
    async look(table) {
      const rows = await all(`select * from ${table} where id > $1 order by id`, [last[table]]);
      const states = await all(`select count(*), sum(version) from ${table}`);
      const probability = await all("select sum(probability * (version + 1)) from opportunity");
      const indexed = await all("select words::text from kith_contact_search where id > $1 order by id", [
        last.contact,
      ]);
      return digest([...rows.map(withoutOwn), states, probability, indexed]);
    },
    async clean() {
      await all("delete from kith_contact_search where id > $1", [last.contact]);
      for (const table of ["opportunity", "contact"] as const)
        await all(`delete from ${table} where id > $1`, [last[table]]);
      await all("update opportunity set updated_at = created_at where version > 1 and updated_at > created_at");
      for (const table of ["opportunity", "contact", "kith_contact_search"]) await all(`vacuum ${table}`);
    },
    async close() {
      await db.end();
    },
  };
}

/** A janitor for a SQLite file. */
async function sqliteJanitor({ file }: Pick<OpenContext, "file">, sizes: Sizes): Promise<Janitor> {
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
      const indexed = db
        .prepare(
          "select b from kith_contact_search where rowid in (select kith_row from contact where id > ?) order by rowid",
        )
        .pluck()
        .all(lastOf.contact);
      return digest([...rows.map(withoutOwn), states, probability, indexed]);
    },
    async clean() {
      db.prepare("delete from kith_contact_search where rowid in (select kith_row from contact where id > ?)").run(
        lastOf.contact,
      );
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
