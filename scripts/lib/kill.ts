/** What is killed while it writes, and what must be left then: every acknowledged write, no transaction in part, counters without a gap. */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createXrm, defineEntity, defineModel, type EntitiesOf, field, findDrift, type Storage } from "@kith/core";
import { postgres } from "@kith/postgres";
import { sqlite } from "@kith/sqlite";

const perTransaction = 4;

const invoice = defineEntity("invoice", {
  fields: { number: field.autonumber("I-{0000}"), lines: field.children("line", { via: "invoice" }) },
});
const line = defineEntity("line", {
  fields: { invoice: field.lookup("invoice", { required: true }), text: field.text({ required: true }) },
});
const note = defineEntity("note", {
  fields: { text: field.text({ required: true, searchable: true }), version2: field.integer() },
});
const model = defineModel({ entities: [invoice, line, note] });
interface Entities extends EntitiesOf<typeof model> {}

/** Where a database is: the address of a PostgreSQL server, or the path of an SQLite file. */
export interface KillPlace {
  readonly at: string;
  /** Of SQLite: an acknowledged write survives the end of the process as well with `normal`, though not a power cut. */
  readonly synchronous?: "full" | "normal" | undefined;
}

function storageAt({ at, synchronous = "full" }: KillPlace): Storage {
  if (!at.startsWith("postgres://")) return sqlite({ file: at, synchronous });
  return postgres({ url: at, schema: "killed", connections: 2 });
}

const open = (place: KillPlace) => createXrm<Entities>({ model, storage: storageAt(place) });

/** Writes single records, updates and transactions, and says each time what was acknowledged. Ends when the database does. */
export async function writeForever(place: KillPlace): Promise<never> {
  const xrm = await open(place);
  const say = (...words: (string | number)[]) => process.stdout.write(`${words.join(" ")}\n`);
  for (let i = 0; ; i++) {
    const { id } = await xrm.note.create({ text: `note ${i}`, version2: 0 });
    say("note", id, 0);
    await xrm.note.update(id, { text: `changed ${i}`, version2: 1 });
    say("note", id, 1);
    const made = await xrm.transaction(async (tx) => {
      const one = await tx.invoice.create({});
      for (let k = 0; k < perTransaction; k++) await tx.line.create({ invoice: one.id, text: `line ${k}` });
      return one;
    });
    say("invoice", made.id);
  }
}

/** What was acknowledged, over all kills. */
export interface Acknowledged {
  /** The value that each note was given last. */
  readonly notes: Map<string, number>;
  readonly invoices: Set<string>;
}

/** Lets a process write for a moment, and kills it: or what it writes to, after which it ends by itself. */
export async function killOnce(
  place: KillPlace,
  { notes, invoices }: Acknowledged,
  kill: (child: ChildProcess) => unknown = (child) => child.kill("SIGKILL"),
): Promise<void> {
  const script = join(import.meta.dirname, "kill-writer.ts");
  const args = ["--conditions=@kith/source", script, JSON.stringify(place)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
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
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
  await kill(child);
  await gone;
}

/** What is wrong with the database. */
export async function lookAfterKill(place: KillPlace, { notes, invoices }: Acknowledged): Promise<string[]> {
  const problems: string[] = [];
  const xrm = await open(place);
  const kept = new Map((await xrm.note.findMany()).map((one) => [one.id, one]));
  for (const [id, value] of notes) {
    const found = kept.get(id);
    if (found === undefined) problems.push(`the note ${id} is lost`);
    else if ((found.version2 ?? 0) < value) problems.push(`an update of the note ${id} is lost`);
  }
  const changed = [...kept.values()].filter(({ text }) => text.startsWith("changed"));
  if (changed.some(({ version2 }) => version2 !== 1)) problems.push("a note is changed in part");
  const foundByWord = await xrm.note.count({ search: "changed" });
  if (foundByWord !== changed.length) problems.push(`a search finds ${foundByWord} notes of ${changed.length}`);
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
  for (const { message } of await findDrift({ model, storage: storageAt(place) })) problems.push(message);
  return problems;
}
