/**
 * Kills a writing process with -9 at random moments, or the server that it writes to, and looks at what is left: every acknowledged write is there, no
 * transaction is there in part, counters have no gap, and the database is whole. One database goes through all kills.
 *
 *   node --conditions=@kith/source scripts/kill-test.ts --kills 100
 *   … --synchronous normal     SQLite: survives the end of the process as well, though not a power cut
 *   … --db postgres            a server with fsync
 *   … --db postgres --server   kills the server, with all of its processes
 */

import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Cluster } from "./lib/cluster.ts";
import { type Acknowledged, type KillPlace, killOnce, lookAfterKill } from "./lib/kill.ts";

const { values: args } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    db: { type: "string", default: "sqlite" },
    server: { type: "boolean", default: false },
    synchronous: { type: "string", default: "full" },
  },
});
const kills = Number(args.kills);
if (args.db !== "sqlite" && args.db !== "postgres") throw new Error(`--db takes sqlite or postgres, not '${args.db}'`);
if (args.server && args.db === "sqlite") throw new Error("SQLite has no server to kill");
const acknowledged: Acknowledged = { notes: new Map(), invoices: new Set() };
const problems: string[] = [];
const started = performance.now();
if (args.db === "postgres") await onPostgres();
else await onSqlite();
const seconds = ((performance.now() - started) / 1_000).toFixed(1);
const { notes, invoices } = acknowledged;
for (const problem of problems) console.error(problem);
console.log(
  `${kills} kills of ${args.server ? "the server" : "the process"} on ${args.db}, ${notes.size} records and ${invoices.size} transactions acknowledged, ${problems.length} problems, ${seconds} s`,
);
if (problems.length > 0) process.exitCode = 1;

async function onSqlite(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kith-kill-"));
  const at = join(folder, "crm.db");
  const place: KillPlace = { at, synchronous: args.synchronous === "normal" ? "normal" : "full" };
  for (let kill = 1; kill <= kills && problems.length === 0; kill++) {
    await killOnce(place, acknowledged);
    for (const problem of [...(await lookAfterKill(place, acknowledged)), ...wholeness(at)])
      problems.push(`after kill ${kill}: ${problem}`);
  }
  rmSync(folder, { recursive: true, force: true });
}

async function onPostgres(): Promise<void> {
  const cluster = await Cluster.start();
  try {
    const place: KillPlace = { at: cluster.url };
    for (let kill = 1; kill <= kills && problems.length === 0; kill++) {
      await killOnce(place, acknowledged, args.server ? () => cluster.crash() : undefined);
      if (args.server) await cluster.start();
      for (const problem of await lookAfterKill(place, acknowledged)) problems.push(`after kill ${kill}: ${problem}`);
    }
  } finally {
    await cluster.remove();
  }
}

/** What SQLite itself finds wrong. */
function wholeness(file: string): string[] {
  const require = createRequire(new URL("../packages/sqlite/package.json", import.meta.url));
  const Database = require("better-sqlite3") as new (
    file: string,
  ) => {
    pragma(text: string, options?: object): unknown;
    close(): void;
  };
  const db = new Database(file);
  const integrity = db.pragma("integrity_check", { simple: true });
  const references = db.pragma("foreign_key_check") as unknown[];
  db.close();
  return [
    ...(integrity === "ok" ? [] : [`integrity check: ${integrity}`]),
    ...(references.length === 0 ? [] : [`${references.length} broken references`]),
  ];
}
