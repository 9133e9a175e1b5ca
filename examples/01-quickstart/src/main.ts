// The quickstart: opens a SQLite file, fills it, asks it questions, and shows what it refuses.
//
//   npm run demo                        made-up records, the same on every run
//   npm run demo -- --data FOLDER       accounts.csv, products.csv, sales_teams.csv and sales_pipeline.csv from a folder
//   npm run demo -- --locale pt-BR      in Portuguese
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createXrm, XrmError } from "@kith/core";
import { sqlite } from "@kith/sqlite";
import type { Entities } from "./declarations.ts";
import { generate } from "./generator.ts";
import { ask } from "./questions.ts";
import { folderProblem, importFolder } from "./real-data.ts";
import { refuse } from "./refusals.ts";
import { model } from "./rules.ts";
import { good, heading, print } from "./show.ts";
import { formats, type Locale, localeFrom, texts } from "./texts.ts";

const environment = process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"];

async function main(): Promise<void> {
  const options = readOptions();
  const locale = localeFrom(options.locale ?? environment);
  const t = texts[locale];
  // npm runs scripts in the project's folder and says here where it was called.
  const here = (path: string): string => resolve(process.env["INIT_CWD"] ?? ".", path);
  const data = options.data === undefined ? undefined : here(options.data);
  const problem = data === undefined ? undefined : folderProblem(data, locale);
  if (problem) return fail(problem, locale);

  const temporary =
    options.file === undefined && data === undefined ? mkdtempSync(join(tmpdir(), "kith-demo-")) : undefined;
  const file = options.file !== undefined ? here(options.file) : temporary ? join(temporary, "crm.db") : lastingFile();
  try {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file }) });
    heading(t.title);
    print(`  ${t.opened(file)}`);
    if (temporary) print(`  ${t.removed}`);
    if (data !== undefined) await importFolder(xrm, data, locale);
    else await fill(xrm, locale);
    await ask(xrm, locale);
    await refuse(xrm, locale);
    print();
    await xrm.close();
  } finally {
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  }
}

async function fill(xrm: Parameters<typeof generate>[0], locale: Locale): Promise<void> {
  if (await xrm.opportunity.exists()) return print(`  ${texts[locale].found}`);
  const start = performance.now();
  await generate(xrm);
  good(texts[locale].filled(formats(locale).seconds(performance.now() - start)));
}

/** Imported records stay, so that importing again can be seen to write nothing. Other declarations get another file. */
function lastingFile(): string {
  return join(tmpdir(), `kith-demo-${userInfo().username}-${model.hash.slice(0, 8)}.db`);
}

function readOptions() {
  const option = { type: "string" } as const;
  return parseArgs({ options: { data: option, file: option, locale: option } }).values;
}

function fail(message: string, locale: Locale): void {
  console.error(`\n${message}\n${texts[locale].usage}\n`);
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  const known = error instanceof XrmError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  if (!known) throw error;
  fail((error as Error).message, localeFrom(environment));
});
