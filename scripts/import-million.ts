/**
 * Imports a large CSV into SQLite and holds memory to its bound: RSS at the end may be at most 50 MB above RSS at 100,000 rows, each after a
 * collection.
 *
 *   node --conditions=@kith/source scripts/import-million.ts --rows 1000000
 *   … --match        with a match rule, so that every row is looked up first
 *   … --parts        with values in several columns: an address, a point and a lookup to one of two entities
 *   … --again        a second run over the same file, which writes nothing
 */

import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createXrm, defineEntity, defineModel, type EntitiesOf, field } from "@kith/core";
import { type ImportResult, importRecords } from "@kith/import";
import { sqlite } from "@kith/sqlite";
import { megabytes, resident } from "./lib/memory.ts";

const { values: args } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    match: { type: "boolean", default: false },
    parts: { type: "boolean", default: false },
    again: { type: "boolean", default: false },
  },
});
const rows = Number(args.rows);
const allowed = 50;
const early = Math.min(100_000, rows);
const companies = 1_000;

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true }),
    contacts: field.children("contact", { via: "account" }),
  },
});
const contact = defineEntity("contact", {
  title: "name",
  fields: {
    code: field.text({ required: true, unique: true }),
    name: field.text({ required: true }),
    email: field.email(),
    account: field.lookup("account", { required: true }),
    source: field.choice(["web", "fair", "referral"], { required: true }),
    since: field.date(),
    credit: field.money(),
    active: field.boolean({ required: true, default: true }),
    address: field.address(),
    place: field.geo(),
    partner: field.lookup(["account", "region"]),
  },
});
const region = defineEntity("region", {
  title: "name",
  fields: { name: field.text({ required: true, unique: true }) },
});
const model = defineModel({ entities: [account, contact, region], currency: "BRL" });
interface Entities extends EntitiesOf<typeof model> {}

const folder = mkdtempSync(join(tmpdir(), "kith-million-"));
try {
  const file = join(folder, "contacts.csv");
  await generate(file);
  console.log(`${rows.toLocaleString("en")} rows, ${megabytes(statSync(file).size)} MB of CSV`);
  const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: join(folder, "crm.db") }) });
  await xrm.account.createMany(Array.from({ length: companies }, (_, i) => ({ name: `Company ${i}` })));
  await xrm.region.createMany(Array.from({ length: 100 }, (_, i) => ({ name: `Region ${i}` })));
  const run = async (label: string) => {
    let at100k = 0;
    const result = await importRecords(xrm, {
      entity: "contact",
      source: file,
      ...(args.match ? { match: "code" as const } : {}),
      onProgress: (progress) => {
        if (at100k === 0 && progress.rows >= early) at100k = resident();
      },
    });
    return report(label, result, at100k, resident());
  };
  const failed = [await run("first run"), ...(args.again ? [await run("second run")] : [])].some((held) => !held);
  console.log(`database: ${megabytes(statSync(join(folder, "crm.db")).size)} MB`);
  await xrm.close();
  if (failed) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function generate(file: string): Promise<void> {
  const out = createWriteStream(file);
  const parts = args.parts ? ",street,city,country,latitude,longitude,partner account,partner region" : "";
  out.write(`code,name,email,account,source,since,credit,active${parts}\n`);
  for (let i = 0; i < rows; ) {
    let text = "";
    for (const end = Math.min(rows, i + 1_000); i < end; i++) {
      const source = ["web", "fair", "referral"][i % 3];
      const day = String(1 + (i % 28)).padStart(2, "0");
      text += `C${i},"Person ${i}, of São Paulo",person${i}@example.com,Company ${(i * 7) % companies},${source},2026-01-${day},${i % 5_000}.50,${i % 4 !== 0}${args.parts ? partsOf(i) : ""}\n`;
    }
    if (!out.write(text)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

/** The cells of a row that are parts of values. */
function partsOf(i: number): string {
  const partner = i % 2 === 0 ? `Company ${i % companies},` : `,Region ${i % 100}`;
  return `,Rua ${i % 1_000},São Paulo,${i % 3 === 0 ? "Brasil" : "br"},${-(i % 90)}.5,${i % 180}.25,${partner}`;
}

function report(label: string, result: ImportResult, at100k: number, atEnd: number): boolean {
  const grown = (atEnd - at100k) / (1 << 20);
  const held = grown <= allowed;
  const { created, updated, unchanged, rejected, rowsPerSecond, seconds } = result;
  console.log(`${label}: ${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`);
  console.log(`  ${rowsPerSecond.toLocaleString("en")} rows/s (${seconds.toFixed(1)} s)`);
  console.log(
    `  RSS at ${early.toLocaleString("en")} rows ${megabytes(at100k)} MB, at the end ${megabytes(atEnd)} MB: ${grown.toFixed(1)} MB more, ${allowed} allowed`,
  );
  if (!held) console.error("  FAILED: memory grows with the file");
  if (result.rows !== rows || rejected > 0)
    console.error(`  FAILED: ${result.rows} of ${rows} rows, ${rejected} rejected`);
  return held && result.rows === rows && rejected === 0;
}
