/** PostgreSQL databases: one is seeded through Kith, and each contender gets a copy. */

import type { Sizes } from "./data.ts";
import { load } from "./load.ts";
import { type Provider, seed } from "./provision.ts";

/** Databases on a server, where `url` may create some. */
export async function pgProvider(url: string, sizes: Sizes): Promise<Provider> {
  const template = `kith_bench_seed_${process.pid}`;
  await recreate(url, template);
  await seed("pg", "", at(url, template), sizes);
  await query(at(url, template), "vacuum analyze");
  return {
    async provide(name, empty) {
      const database = `kith_bench_${name.replace(/\W/g, "_")}_${process.pid}`;
      await recreate(url, database, empty ? undefined : template);
      await query(at(url, database), "analyze");
      return { file: "", url: at(url, database), drop: () => drop(url, database) };
    },
    end: () => drop(url, template),
  };
}

/** The same server, another database. */
function at(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

async function recreate(url: string, database: string, template?: string): Promise<void> {
  await drop(url, database);
  await query(url, `create database ${database}${template ? ` template ${template}` : ""}`);
}

const drop = (url: string, database: string) => query(url, `drop database if exists ${database} with (force)`);

async function query(url: string, text: string): Promise<void> {
  const { default: pg } = await load("pg");
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
