/**
 * Fifty clients move money between a few records of PostgreSQL: no update may be lost, the total must be exact, and every error must be classified.
 * Halfway through connections are broken too.
 *
 *   npm run ts -- scripts/transfer-test.ts --clients 50 --seconds 60
 *   … --calm        without breaking connections
 */

import { parseArgs } from "node:util";
import { postgres } from "@kith/postgres";
import pg from "pg";
import { startPostgres } from "./lib/postgres.ts";
import { moveMoney } from "./lib/transfer.ts";

const { values: args } = parseArgs({
  options: {
    clients: { type: "string", default: "50" },
    seconds: { type: "string", default: "60" },
    calm: { type: "boolean", default: false },
  },
});
const server = await startPostgres();
const schema = `transfer_${process.pid}`;
const admin = new pg.Client(server.url);
await admin.connect();
const storage = postgres({ url: server.url, schema, connections: 20, applicationName: schema });
const terminate =
  "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 order by random() limit 2";
const disturb = async () => {
  await admin.query(terminate, [schema]);
};
const { moved, errors, problems } = await moveMoney({
  storage,
  clients: Number(args.clients),
  seconds: Number(args.seconds),
  ...(args.calm ? {} : { disturb }),
});
const told = [...errors].map(([code, count]) => `${code} ${count}`).join(", ");
console.log(`${moved} transfers by ${args.clients} clients in ${args.seconds} s; errors: ${told || "none"}`);
for (const problem of problems) console.log(`WRONG: ${problem}`);
console.log(problems.length === 0 ? "no update was lost, and the total is exact" : `${problems.length} problems`);
await admin.query(`drop schema "${schema}" cascade`);
await admin.end();
await server.stop();
process.exitCode = problems.length === 0 ? 0 : 1;
