/** What vitest runs before the tests of a project that needs PostgreSQL: one server for the whole run, its address in the environment. */

import { type PostgresServer, startPostgres, urlVariable } from "./lib/postgres.ts";

/** Each project loads this file anew; the process they run in is one. */
const shared = globalThis as { kithPostgres?: { server: Promise<PostgresServer>; users: number } };

export default async function setup(): Promise<() => Promise<void>> {
  shared.kithPostgres ??= { server: startPostgres(), users: 0 };
  const { kithPostgres } = shared;
  kithPostgres.users++;
  const { url, stop } = await kithPostgres.server;
  const before = process.env[urlVariable];
  process.env[urlVariable] = url;
  return async () => {
    if (--kithPostgres.users > 0) return;
    delete shared.kithPostgres;
    if (before === undefined) delete process.env[urlVariable];
    await stop();
  };
}
