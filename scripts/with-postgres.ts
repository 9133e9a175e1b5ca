/**
 * Runs a command with a PostgreSQL that is there for as long as it runs, its address in KITH_TEST_POSTGRES_URL (and in DATABASE_URL, unless that is set).
 *
 *   npm run with-postgres -- node --conditions=@kith/source scripts/fuzz.ts --storages memory,postgres
 */

import { spawn } from "node:child_process";
import { startPostgres, urlVariable } from "./lib/postgres.ts";

const [command, ...args] = process.argv.slice(2);
if (!command) {
  console.error("Say what to run: npm run with-postgres -- COMMAND…");
  process.exit(2);
}
const { url, stop } = await startPostgres();
const child = spawn(command, args, {
  stdio: "inherit",
  env: { DATABASE_URL: url, ...process.env, [urlVariable]: url },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
process.exitCode = await new Promise<number>((resolve) => {
  child.on("error", (error) => {
    console.error(`Cannot run ${command}: ${error.message}`);
    resolve(127);
  });
  child.on("exit", (code) => resolve(code ?? 1));
});
await stop();
