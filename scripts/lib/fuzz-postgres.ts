/** PostgreSQL as a contestant of the fuzzer: one server and one pool for the run, a schema of its own for each model. */

import { postgres } from "@kith/postgres";
import type { Contestant } from "@kith/testing";
import pg from "pg";
import { startPostgres } from "./postgres.ts";

/** Starts what is needed; `stop` ends it. */
export async function postgresContestant(): Promise<Contestant & { readonly stop: () => Promise<void> }> {
  const server = await startPostgres(["synchronous_commit=off"]);
  const pool = new pg.Pool({ connectionString: server.url, max: 4 });
  // Connections that are closing while the server stops say so.
  pool.on("error", () => undefined);
  let made = 0;
  const drop = async (n: number) => {
    if (n > 0) await pool.query(`drop schema if exists fuzz_${process.pid}_${n} cascade`);
  };
  const create = async () => {
    // Two are kept: the case that is being cut down has its own.
    await drop(made - 2);
    return postgres({ pool, schema: `fuzz_${process.pid}_${++made}` });
  };
  const stop = async () => {
    for (let n = Math.max(1, made - 3); n <= made; n++) await drop(n);
    await pool.end();
    await server.stop();
  };
  return { name: "postgres", create, stop };
}
