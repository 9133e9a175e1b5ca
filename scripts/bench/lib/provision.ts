/** The databases: seeded once through Kith, then copied for each contender. */

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createXrm } from "@kith/core";
import { actorId, type Db } from "./contender.ts";
import { entities, idOf, type Sizes, sizesAt, type Values, valuesOf } from "./data.ts";
import { load } from "./load.ts";
import { model } from "./model.ts";
import { storageFor } from "./storage.ts";

/** Where a contender finds its database, and how it is taken away. */
export interface Provided {
  readonly file: string;
  readonly url: string;
  /** What else a peer is told of it. */
  readonly place?: object;
  readonly drop: () => Promise<void>;
}

/** Makes databases for contenders. */
export interface Provider {
  /** A copy of the seeded database, or an empty one. */
  provide(name: string, empty: boolean): Promise<Provided>;
  /** Takes away what they were copied from, when it is not worth keeping. */
  end(): Promise<void>;
}

/** SQLite files in a folder. */
export async function sqliteProvider(folder: string, scale: number): Promise<Provider> {
  mkdirSync(folder, { recursive: true });
  const template = await sqliteTemplate(folder, scale);
  return {
    async provide(name, empty) {
      const file = join(folder, `${name}-${process.pid}.db`);
      remove(file);
      if (!empty) copyFileSync(template, file);
      return { file, url: "", drop: async () => remove(file) };
    },
    // Seeding takes longer than measuring: the file is kept for the next run.
    end: async () => undefined,
  };
}

function remove(file: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
}

/** Seeded once for a scale, and again when the tables are others than before. */
async function sqliteTemplate(folder: string, scale: number): Promise<string> {
  const { default: Database } = await load("better-sqlite3");
  const fresh = join(folder, `fresh-${process.pid}.db`);
  remove(fresh);
  await (await createXrm({ model, storage: await storageFor({ db: "sqlite", file: fresh, url: "" }) })).close();
  let db = new Database(fresh);
  const tables = db.prepare("select sql from sqlite_schema where sql is not null order by name").pluck().all().join();
  db.close();
  const template = join(folder, `seed-${scale}-${createHash("sha1").update(tables).digest("hex").slice(0, 10)}.db`);
  if (existsSync(template)) {
    remove(fresh);
    return template;
  }
  await seed("sqlite", fresh, "", sizesAt(scale));
  db = new Database(fresh);
  db.pragma("analysis_limit = 0");
  db.exec("analyze");
  db.pragma("journal_mode = delete");
  db.close();
  renameSync(fresh, template);
  return template;
}

/** Fills the tables through Kith itself. */
export async function seed(db: Db, file: string, url: string, sizes: Sizes): Promise<void> {
  const xrm = await createXrm({ model, storage: await storageFor({ db, file, url }) });
  const handle = xrm.as({ id: actorId }) as unknown as Record<string, { createMany(list: Values[]): Promise<unknown> }>;
  for (const entity of entities) {
    for (let first = 1; first <= sizes[entity]; first += 1_000) {
      const list: Values[] = [];
      for (let i = first; i < first + 1_000 && i <= sizes[entity]; i++)
        list.push({ id: idOf(entity, i), ...valuesOf(entity, i, sizes) });
      await handle[entity]?.createMany(list);
    }
  }
  await xrm.close();
}
