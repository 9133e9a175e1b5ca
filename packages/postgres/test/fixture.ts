/** Databases for tests: each in a schema of its own, on the server that the run has started. */

import pg from "pg";
import type { PostgresOptions } from "../src/index.ts";
import { postgresWith } from "../src/postgres-storage.ts";

/** The server of this run. */
export function serverUrl(): string {
  const url = process.env["KITH_TEST_POSTGRES_URL"];
  if (!url) throw new Error("These tests need a PostgreSQL server: run them with vitest.workspace.ts.");
  return url;
}

let made = 0;

/** The name of a schema that nobody else has. */
export function freshSchema(): string {
  return `test_${process.pid}_${Date.now().toString(36)}_${++made}`;
}

/** Runs a statement on a connection of its own, or several without values; names without a schema are looked for in the one given. */
export async function direct(sql: string, values: unknown[] = [], schema?: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    if (schema !== undefined) await client.query(`set search_path to "${schema}"`);
    const result = (await client.query(sql, values)) as { rows?: Record<string, unknown>[] };
    return result.rows ?? [];
  } finally {
    await client.end();
  }
}

/** `unnamed` when the server's address is that of a pooler that gives each transaction another connection. */
const statements = process.env["KITH_TEST_POSTGRES_STATEMENTS"] === "unnamed" ? "unnamed" : "named";

/** A storage on a schema of its own, and how to take that away. */
export function temporary(options: PostgresOptions = {}, phasesFrom?: number) {
  const schema = options.schema ?? freshSchema();
  return {
    schema,
    storage: postgresWith(
      { ...(options.pool ? {} : { url: serverUrl(), connections: 8 }), statements, ...options, schema },
      { phasesFrom },
    ),
    cleanup: async () => {
      await direct(`drop schema if exists "${schema}" cascade`);
    },
  };
}
