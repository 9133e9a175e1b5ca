/**
 * Kills a writing process with -9 at random moments, and looks at what is left: every acknowledged write is there, no transaction is there in part,
 * counters have no gap, and the file is whole. One database goes through all kills.
 *
 *   node --conditions=@kith/source scripts/kill-test.ts --kills 100
 *   … --synchronous normal     survives the end of the process as well, though not a power cut
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createXrm, defineEntity, defineModel, type EntitiesOf, field } from "@kith/core";
import { sqlite } from "@kith/sqlite";

const { values: args } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    synchronous: { type: "string", default: "full" },
    child: { type: "string" },
  },
});
const synchronous = args.synchronous === "normal" ? "normal" : "full";
const perTransaction = 4;

const invoice = defineEntity("invoice", {
  fields: { number: field.autonumber("I-{0000}"), lines: field.children("line", { via: "invoice" }) },
});
const line = defineEntity("line", {
  fields: { invoice: field.lookup("invoice", { required: true }), text: field.text({ required: true }) },
});
const note = defineEntity("note", { fields: { text: field.text({ required: true }), version2: field.integer() } });
const model = defineModel({ entities: [invoice, line, note] });
interface Entities extends EntitiesOf<typeof model> {}

const open = (file: string) => createXrm<Entities>({ model, storage: sqlite({ file, synchronous }) });

if (args.child === undefined) process.exitCode = await killAll(Number(args.kills));
else await writeForever(args.child);

/** Writes single records, updates and transactions, and says each time what was acknowledged. */
async function writeForever(file: string): Promise<never> {
  const xrm = await open(file);
  const say = (...words: (string | number)[]) => process.stdout.write(`${words.join(" ")}\n`);
  for (let i = 0; ; i++) {
    const { id } = await xrm.note.create({ text: `note ${i}`, version2: 0 });
    say("note", id, 0);
    await xrm.note.update(id, { version2: 1 });
    say("note", id, 1);
    const made = await xrm.transaction(async (tx) => {
      const one = await tx.invoice.create({});
      for (let k = 0; k < perTransaction; k++) await tx.line.create({ invoice: one.id, text: `line ${k}` });
      return one;
    });
    say("invoice", made.id);
  }
}

interface Acknowledged {
  readonly notes: Map<string, number>;
  readonly invoices: Set<string>;
}

async function killAll(kills: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "kith-kill-"));
  const file = join(folder, "crm.db");
  const acknowledged: Acknowledged = { notes: new Map(), invoices: new Set() };
  const problems: string[] = [];
  const started = performance.now();
  for (let kill = 1; kill <= kills && problems.length === 0; kill++) {
    await killOne(file, acknowledged);
    for (const problem of await look(file, acknowledged)) problems.push(`after kill ${kill}: ${problem}`);
  }
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const { notes, invoices } = acknowledged;
  for (const problem of problems) console.error(problem);
  console.log(
    `${kills} kills, ${notes.size} records and ${invoices.size} transactions acknowledged, ${problems.length} problems, ${seconds} s`,
  );
  rmSync(folder, { recursive: true, force: true });
  return problems.length === 0 ? 0 : 1;
}

/** Lets a process write for a moment, and kills it. */
async function killOne(file: string, { notes, invoices }: Acknowledged): Promise<void> {
  const options = ["--conditions=@kith/source", fileURLToPath(import.meta.url), "--child", file];
  const child: ChildProcess = spawn(process.execPath, [...options, "--synchronous", synchronous], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let rest = "";
  let begun: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    begun = resolve;
  });
  child.stdout?.on("data", (chunk: Buffer) => {
    begun();
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const [kind, id = "", value] of lines.map((text) => text.split(" "))) {
      if (kind === "note") notes.set(id, Number(value));
      else invoices.add(id);
    }
  });
  const gone = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await Promise.race([first, gone]);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
  child.kill("SIGKILL");
  await gone;
}

/** What is wrong with the database. */
async function look(file: string, { notes, invoices }: Acknowledged): Promise<string[]> {
  const problems: string[] = [];
  const xrm = await open(file);
  const kept = new Map((await xrm.note.findMany()).map(({ id, version2 }) => [id, version2 ?? 0]));
  for (const [id, value] of notes) {
    const found = kept.get(id);
    if (found === undefined) problems.push(`the note ${id} is lost`);
    else if (found < value) problems.push(`an update of the note ${id} is lost`);
  }
  const all = await xrm.invoice.findMany({ include: { lines: { select: { id: true } } }, orderBy: { number: "asc" } });
  const known = new Set(all.map(({ id }) => id));
  for (const id of invoices) if (!known.has(id)) problems.push(`the invoice ${id} is lost`);
  all.forEach(({ id, number, lines }, i) => {
    if (lines.length !== perTransaction)
      problems.push(`the invoice ${id} has ${lines.length} lines of ${perTransaction}`);
    if (number !== `I-${String(i + 1).padStart(4, "0")}`) problems.push(`number ${i + 1} is ${number}`);
  });
  const strays = (await xrm.line.count()) - all.length * perTransaction;
  if (strays !== 0) problems.push(`${strays} lines belong to no invoice`);
  await xrm.close();
  return [...problems, ...wholeness(file)];
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
