// Takes the files of a real sales pipeline in. Every row goes through the write path; what matches and is the same is not written again.
import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Xrm } from "@kith/core";
import { type ImportOptions, type ImportResult, importRecords } from "@kith/import";
import type { Entities } from "./declarations.ts";
import { good, heading, print, refused, table } from "./show.ts";
import { formats, type Locale, texts } from "./texts.ts";

/** An import of one file, typed by the entity whose records its rows are. */
type File = { [N in keyof Entities]: Omit<ImportOptions<Entities, N>, "source"> & { entity: N } }[keyof Entities];

/** In this order, since the last names records of the others by their names. */
export const files: Readonly<Record<string, File>> = {
  "accounts.csv": {
    entity: "account",
    map: {
      name: "account",
      sector: { from: "sector", aliases: { technolgy: "technology" } },
      founded: "year_established",
      revenue: "revenue",
      employees: "employees",
      country: "office_location",
      parent: "subsidiary_of",
    },
    match: "name",
  },
  "products.csv": {
    entity: "product",
    map: { name: "product", series: "series", price: "sales_price" },
    match: "name",
  },
  "sales_teams.csv": {
    entity: "agent",
    map: { name: "sales_agent", manager: "manager", office: "regional_office" },
    match: "name",
  },
  "sales_pipeline.csv": {
    entity: "opportunity",
    map: {
      code: "opportunity_id",
      agent: "sales_agent",
      product: { from: "product", aliases: { GTXPro: "GTX Pro" } },
      account: "account",
      stage: "deal_stage",
      engagedOn: "engage_date",
      closedOn: "close_date",
      value: "close_value",
    },
    match: "code",
  },
};

/** What is wrong with a folder, in a line; nothing when the files are there. */
export function folderProblem(folder: string, locale: Locale): string | undefined {
  const t = texts[locale];
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return t.noFolder(folder);
  const missing = Object.keys(files).find((file) => !existsSync(join(folder, file)));
  return missing && t.noFile(missing, folder);
}

/** Imports the files, then once more: the second pass must write nothing. */
export async function importFolder(xrm: Xrm<Entities>, folder: string, locale: Locale): Promise<void> {
  const t = texts[locale];
  heading(t.importing(folder));
  show(await importAll(xrm, folder), locale);
  print(`\n  ${t.again}`);
  const again = await importAll(xrm, folder);
  show(again, locale);
  assert.ok(again.every(({ created, updated }) => created + updated === 0));
  good(t.nothingNew);
}

async function importAll(xrm: Xrm<Entities>, folder: string): Promise<ImportResult[]> {
  const results: ImportResult[] = [];
  for (const [file, options] of Object.entries(files)) {
    results.push(await importRecords(xrm, { ...options, source: join(folder, file) } as ImportOptions<Entities>));
  }
  return results;
}

function show(results: readonly ImportResult[], locale: Locale): void {
  const t = texts[locale];
  const { count, seconds } = formats(locale);
  const columns = ["rows", "created", "updated", "unchanged", "rejected"] as const;
  const titles = columns.map((name) => ({ title: t.columns[name], right: true }));
  const rows = results.map((one, i) => [Object.keys(files)[i] ?? "", ...columns.map((name) => count(one[name]))]);
  table([{ title: t.file }, ...titles], rows);
  for (const { line, reason } of results.flatMap(({ rejects }) => rejects)) refused(`${line}: ${reason}`);
  good(t.took(seconds(results.reduce((sum, one) => sum + one.seconds, 0) * 1_000)));
}
