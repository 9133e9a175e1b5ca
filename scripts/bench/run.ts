/**
 * The benchmark: every contender in a process of its own, all kept open; in each round each operation runs on each contender in turn, with the same
 * arguments, and is compared with raw in the same round.
 *
 *   npm run bench -- --help
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PostgresServer, startPostgres } from "../lib/postgres.ts";
import { type Args, readArgs } from "./lib/args.ts";
import type { ContenderModule } from "./lib/contender.ts";
import { sizesAt } from "./lib/data.ts";
import { type Figures, figuresOf, median } from "./lib/figures.ts";
import { install } from "./lib/install.ts";
import { pgProvider } from "./lib/pg-provider.ts";
import { ContenderProcess } from "./lib/process.ts";
import { type Provided, type Provider, sqliteProvider } from "./lib/provision.ts";
import { record } from "./lib/record.ts";
import { facts, type Result, ratioTable, timeTable } from "./lib/report.ts";
import { peers, preparePeer, usersProvider } from "./users/table.ts";
import type { Measured, Opened } from "./worker.ts";

interface Entrant {
  readonly name: string;
  readonly provided: Provided;
  readonly process: ContenderProcess;
  readonly opened: Opened;
  readonly measured: Record<string, Measured[]>;
  readonly errors: Record<string, string>;
  readonly starts: number[];
  /** It has tables of its own. */
  readonly own: boolean;
}

const sameTables = ["raw", "kysely", "drizzle", "kith"];
const say = (text: string) => process.stderr.write(`${text}\n`);

let server: PostgresServer | undefined;
const args = readArgs();
install();
const sizes = sizesAt(args.scale);
const provider = await providerFor(args);
const entrants: Entrant[] = [];
const all = args.table === "same" ? sameTables : peers;
for (const name of ["raw", ...(args.only ?? all).filter((one) => one !== "raw")]) {
  const entrant = await enter(name);
  if (entrant) entrants.push(entrant);
}
for (let round = 0; round <= args.rounds; round++) {
  const start = Date.now();
  for (const op of args.ops) await inTurn(op, round);
  say(`round ${round} of ${args.rounds}: ${((Date.now() - start) / 1_000).toFixed(1)} s`);
}
for (let i = 0; i < args.cold; i++) for (const entrant of entrants) await coldStart(entrant);
const results: Result[] = [];
for (const entrant of entrants) results.push(await leave(entrant));
const text = `${facts(results, args, new Date())}\n\n${ratioTable(results, args)}`;
console.log(`\n${text}`);
if (args.json) writeFileSync(args.json, JSON.stringify({ args, results }, undefined, 1));
if (args.write) record(`${args.table} ${args.db}`, text);
if (args.detail) console.log(`\n${timeTable(results, args)}`);
await provider.end();
await server?.stop();
process.exit(0);

async function providerFor({ db, mode, scale, table }: Args): Promise<Provider> {
  const folder = join(process.env["KITH_BENCH_FOLDER"] ?? (mode === "memory" ? "/dev/shm" : tmpdir()), "kith-bench");
  mkdirSync(folder, { recursive: true });
  if (db === "pg") {
    // As durable as SQLite with synchronous FULL, unless the server is somebody else's.
    const durable = ["fsync=on", "full_page_writes=on", "shared_buffers=512MB"];
    const given = process.env["KITH_BENCH_POSTGRES_URL"];
    server = given ? { url: given, stop: async () => undefined } : await startPostgres(durable);
    if (table === "users") return usersProvider(db, "file", folder, server.url, scale);
    return pgProvider(server.url, sizesAt(scale));
  }
  if (table === "users") return usersProvider(db, "file", folder, "", scale);
  return sqliteProvider(folder, scale);
}

function settingsFor(name: string, { file, url, place = {} }: Provided) {
  const peer = args.table === "users" ? { peer: { name, mode: "file", scale: args.scale, place } } : {};
  const module = new URL(`./same/${name}.ts`, import.meta.url).href;
  const folder = fileURLToPath(new URL(".", import.meta.url));
  return { module, db: args.db, file, url, folder, sizes, ...peer };
}

async function enter(name: string): Promise<Entrant | undefined> {
  if (args.table === "users") return enterPeer(name);
  const { contender } = (await import(`./same/${name}.ts`)) as { contender: ContenderModule };
  if (!contender.dbs.includes(args.db)) return undefined;
  const provided = await provider.provide(name, contender.ownTables ?? false);
  const child = new ContenderProcess(settingsFor(name, provided));
  return entrantOf(name, provided, child, contender.ownTables ?? false);
}

/** Opens a contender that has its database. */
async function entrantOf(name: string, provided: Provided, child: ContenderProcess, own: boolean): Promise<Entrant> {
  const opened = await child.open();
  say(`${name} ${opened.version}: open in ${opened.ms.toFixed(0)} ms`);
  return { name, provided, process: child, opened, measured: {}, errors: {}, starts: [], own };
}

/** A peer that cannot take part is left out with a word. */
async function enterPeer(name: string): Promise<Entrant | undefined> {
  const prepared = await preparePeer(name, args.db);
  if (typeof prepared === "string") {
    say(`${name} ${prepared}`);
    return undefined;
  }
  const provided = await provider.provide(name, prepared.meta.ownSchema ?? false);
  const child = new ContenderProcess(settingsFor(name, provided), [], prepared.meta.env);
  try {
    return await entrantOf(name, provided, child, prepared.meta.ownSchema ?? false);
  } catch (error) {
    say(`${name} cannot be opened: ${(error as Error).message}`);
    await child.close().catch(() => undefined);
    await provided.drop();
    return undefined;
  }
}

/** One operation on every contender; another one begins each round. Round 0 warms up. */
async function inTurn(op: string, round: number): Promise<void> {
  const first = round % entrants.length;
  for (const { name, process, opened, measured, errors } of [...entrants.slice(first), ...entrants.slice(0, first)]) {
    if (!opened.ops.includes(op) || errors[op]) continue;
    try {
      const done = await process.op(op, round, args.size);
      if (round > 0) (measured[op] ??= []).push(done);
    } catch (error) {
      errors[op] = (error as Error).message;
      say(`${name} ${op}: ${errors[op]}`);
    }
  }
}

/** Import, opening and the first get, in a new process. */
async function coldStart({ name, starts, own }: Entrant): Promise<void> {
  const provided = await provider.provide(`${name}-cold`, own);
  const child = new ContenderProcess(settingsFor(name, provided));
  const { ms } = await child.open();
  const { times } = await child.op("get", 1, 0.001);
  starts.push(ms + (times[0] ?? 0) / 1_000);
  await child.close();
  await provided.drop();
}

async function leave({ name, opened, process, provided, measured, errors, starts }: Entrant): Promise<Result> {
  const { rss } = await process.close();
  await provided.drop();
  const raw = entrants[0]?.measured ?? {};
  const figures: Record<string, Figures> = {};
  for (const [op, rounds] of Object.entries(measured)) figures[op] = figuresOf(rounds, raw[op] ?? [], args.by);
  return {
    name,
    version: opened.version,
    notes: opened.notes,
    figures,
    errors,
    rss,
    start: starts.length > 0 ? median(starts) : undefined,
  };
}
