/**
 * Measures what a held write lock costs others on SQLite: reads go on while another flow, then another process, holds a write transaction, and the
 * event loop is never stopped for the lock.
 *
 *   node --conditions=@kith/source scripts/lock-test.ts --hold 2000
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createXrm, defineEntity, defineModel, type EntitiesOf, field, type Xrm } from "@kith/core";
import { sqlite } from "@kith/sqlite";

const account = defineEntity("account", {
  fields: {
    name: field.text({ required: true, indexed: true }),
    deals: field.children("deal", { via: "account" }),
  },
});
const deal = defineEntity("deal", { fields: { topic: field.text(), account: field.lookup("account") } });
const model = defineModel({ entities: [account, deal] });
interface Entities extends EntitiesOf<typeof model> {}

/** The longest that a read, and a turn of the event loop, may take. */
export const allowedMs = 50;

/** What was measured while one kind of holder had the lock. */
export interface Measured {
  readonly holder: "another flow" | "another process";
  readonly reads: number;
  readonly slowestReadMs: number;
  readonly longestStallMs: number;
  /** How long a write that came meanwhile waited: about as long as the lock was held. */
  readonly writeWaitedMs: number;
}

/** Measures both kinds of holder, each for `holdMs`. */
export async function measureLocks(holdMs: number): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), "kith-locks-"));
  const file = join(folder, "crm.db");
  const xrm = await createXrm<Entities>({ model, storage: sqlite({ file }) });
  try {
    const accounts = await xrm.account.createMany(Array.from({ length: 200 }, (_, i) => ({ name: `a${i}` })));
    await xrm.deal.createMany(
      Array.from({ length: 2_000 }, (_, i) => ({ topic: `d${i}`, account: accounts[i % 200]?.id ?? null })),
    );
    const id = accounts[7]?.id as string;
    await read(xrm, id);
    return [
      await measure("another flow", xrm, id, () => holdInFlow(xrm, id, holdMs)),
      await measure("another process", xrm, id, () => holdInProcess(file, holdMs)),
    ];
  } finally {
    await xrm.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What readers do: a record, a page with what belongs to it, a count. */
async function read(xrm: Xrm<Entities>, id: string): Promise<void> {
  await xrm.account.get(id);
  await xrm.account.findMany({ where: { name: { startsWith: "a1" } }, include: { deals: true }, limit: 20 });
  await xrm.deal.count({ where: { account: id } });
}

/** A lock that is held: `ended` settles when it is let go. */
interface Held {
  readonly ended: Promise<unknown>;
}

async function measure(
  holder: Measured["holder"],
  xrm: Xrm<Entities>,
  id: string,
  hold: () => Promise<Held>,
): Promise<Measured> {
  const { ended } = await hold();
  const stall = monitorEventLoopDelay({ resolution: 5 });
  stall.enable();
  let held = true;
  let writeWaitedMs = 0;
  const since = performance.now();
  const write = xrm.account.create({ name: "waits" }).then(() => {
    writeWaitedMs = performance.now() - since;
  });
  const over = ended.then(() => {
    held = false;
  });
  let reads = 0;
  let slowestReadMs = 0;
  while (held) {
    const started = performance.now();
    await read(xrm, id);
    slowestReadMs = Math.max(slowestReadMs, performance.now() - started);
    reads++;
    await sleep(5);
  }
  stall.disable();
  await Promise.all([over, write]);
  // A sample is the whole time between two turns, of which the resolution is meant.
  const longestStallMs = Math.max(0, stall.max / 1e6 - 5);
  return { holder, reads, slowestReadMs, longestStallMs, writeWaitedMs };
}

/** Holds a transaction in this process. */
async function holdInFlow(xrm: Xrm<Entities>, id: string, ms: number): Promise<Held> {
  let begun: () => void = () => undefined;
  const writing = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const ended = xrm.transaction(async (tx) => {
    await tx.account.update(id, { name: "held by a flow" });
    begun();
    await sleep(ms);
  });
  await writing;
  return { ended };
}

/** Holds a transaction in a process of its own. */
async function holdInProcess(file: string, ms: number): Promise<Held> {
  const script = ["--conditions=@kith/source", fileURLToPath(import.meta.url), "--child", file, "--hold", `${ms}`];
  const child: ChildProcess = spawn(process.execPath, script, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  await new Promise<void>((resolve) => child.stdout?.once("data", () => resolve()));
  return { ended };
}

/** The other process: writes in a transaction that it leaves open for a while. */
async function holdHere(file: string, ms: number): Promise<void> {
  const require = createRequire(new URL("../packages/sqlite/package.json", import.meta.url));
  const Database = require("better-sqlite3") as new (file: string) => { exec(sql: string): void; close(): void };
  const db = new Database(file);
  db.exec("begin immediate; update account set name = 'held by a process'");
  process.stdout.write("held\n");
  await sleep(ms);
  db.exec("rollback");
  db.close();
}

async function main(): Promise<number> {
  const { values: args } = parseArgs({
    options: { hold: { type: "string", default: "2000" }, child: { type: "string" } },
  });
  const ms = Number(args.hold);
  if (args.child !== undefined) {
    await holdHere(args.child, ms);
    return 0;
  }
  let failed = false;
  for (const one of await measureLocks(ms)) {
    const { holder, reads, slowestReadMs, longestStallMs, writeWaitedMs } = one;
    console.log(
      `${holder} writes for ${ms} ms: ${reads} reads, the slowest ${slowestReadMs.toFixed(1)} ms; the event loop stalls ${longestStallMs.toFixed(1)} ms at most; a write waits ${writeWaitedMs.toFixed(0)} ms`,
    );
    if (slowestReadMs >= allowedMs || longestStallMs >= allowedMs) {
      console.error(`FAILED: ${allowedMs} ms are allowed`);
      failed = true;
    }
  }
  return failed ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main();
