/** `kith import`: a file in, records out. */

import { resolve } from "node:path";
import { type ImportOptions, type ImportResult, importRecords } from "@kith/import";
import type { ArgDef, ArgsDef } from "citty";
import { openApp } from "../open-app.ts";
import { type ProgressView, progressView } from "../progress.ts";
import { type Args, readArgs } from "../read-args.ts";
import { readMap } from "../read-map.ts";
import { reportOf } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { type Locale, locales, type Texts } from "../texts/texts.ts";
import type { Described } from "../usage.ts";
import { UsageError } from "../usage-error.ts";

const name = "kith import";

/** What `kith import` takes. */
export function importArgs(texts: Texts): ArgsDef {
  const text = (description: string, valueHint: string) => ({ type: "string", description, valueHint }) as const;
  const flag = (description: string) => ({ type: "boolean", description }) as const;
  const choice = (description: string, options: readonly string[]): ArgDef => ({
    type: "enum",
    description,
    options: [...options],
  });
  return {
    entity: { type: "positional", description: texts.entity, required: true },
    file: { type: "positional", description: texts.file, required: true },
    app: text(texts.app, "module"),
    map: text(texts.map, "file"),
    auto: flag(texts.auto),
    "alias-file": text(texts.aliasFile, "file"),
    ignore: text(texts.ignore, "columns"),
    "ignore-unmapped": flag(texts.ignoreUnmapped),
    match: text(texts.match, "fields"),
    "on-match": choice(texts.onMatch, ["update", "skip"]),
    "dry-run": flag(texts.dryRun),
    rejects: text(texts.rejects, "file"),
    format: choice(texts.format, ["csv", "jsonl"]),
    delimiter: text(texts.delimiter, "character"),
    "decimal-comma": flag(texts.decimalComma),
    thousands: text(texts.thousands, "character"),
    "time-zone": text(texts.timeZone, "zone"),
    "batch-size": text(texts.batchSize, "rows"),
    actor: text(texts.actor, "id"),
    locale: choice(texts.locale, locales),
    json: flag(texts.json),
    debug: flag(texts.debug),
    help: flag(texts.help),
  };
}

/** What help tells of it. */
export function importUsage(texts: Texts): Described {
  return {
    name,
    about: texts.aboutImport,
    args: importArgs(texts),
    examples: [
      "kith import account accounts.csv --match name",
      "kith import opportunity pipeline.csv --map map.json --match number --rejects rejected.csv --dry-run",
    ],
  };
}

/** Runs it; gives the result. */
export async function runImport(
  terminal: Terminal,
  words: readonly string[],
  locale: Locale,
  texts: Texts,
): Promise<ImportResult> {
  const args = readArgs(name, words, importArgs(texts), texts);
  const options = readOptions(args, terminal, texts);
  const xrm = await openApp(args["app"] as string | undefined, terminal, texts);
  const view = args["json"] === true ? silent : progressView(terminal, locale, texts);
  const warn = () => terminal.err(`\n${texts.interrupted}\n`);
  terminal.interrupted.addEventListener("abort", warn, { once: true });
  try {
    const acting = args["actor"] === undefined ? xrm : xrm.as({ id: String(args["actor"]) });
    const result = await importRecords(acting, { ...options, onProgress: view.show, signal: terminal.interrupted });
    view.end();
    terminal.out(
      args["json"] === true
        ? `${JSON.stringify(result, null, 2)}\n`
        : reportOf(result, args["rejects"] as string | undefined, locale, texts),
    );
    return result;
  } finally {
    view.end();
    terminal.interrupted.removeEventListener("abort", warn);
    await xrm.close();
  }
}

const silent: ProgressView = { show: () => undefined, end: () => undefined };

function readOptions(args: Args, { cwd, stdin }: Terminal, texts: Texts): ImportOptions {
  const text = (option: string) => args[option] as string | undefined;
  const path = (option: string) => (text(option) === undefined ? undefined : resolve(cwd, text(option) as string));
  const list = (option: string) =>
    text(option)
      ?.split(",")
      .map((one) => one.trim());
  const delimiter = text("delimiter");
  const batchSize = text("batch-size");
  const given: Readonly<Record<string, unknown>> = {
    entity: text("entity"),
    source: text("file") === "-" ? stdin : path("file"),
    format: text("format"),
    delimiter: delimiter === "tab" || delimiter === "\\t" ? "\t" : delimiter,
    ...readMap(text("map"), text("alias-file"), cwd, texts),
    ...(args["auto"] === undefined ? {} : { auto: args["auto"] }),
    ignore: list("ignore"),
    ignoreUnmapped: args["ignore-unmapped"],
    match: list("match"),
    onMatch: text("on-match"),
    dryRun: args["dry-run"],
    rejects: path("rejects"),
    batchSize: batchSize === undefined ? undefined : readNumber("--batch-size", batchSize, texts),
    defaults: {
      decimalComma: args["decimal-comma"],
      thousands: text("thousands"),
      timeZone: text("time-zone"),
    },
  };
  // What the import makes of them, its own checks say.
  return given as unknown as ImportOptions;
}

function readNumber(option: string, text: string, texts: Texts): number {
  if (!/^\d+$/.test(text)) throw new UsageError(texts.badNumber(option, text), name);
  return Number(text);
}
