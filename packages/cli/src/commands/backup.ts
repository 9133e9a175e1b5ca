/** `kith backup` and `kith restore`: the database in a file, and back. */

import { resolve } from "node:path";
import { restoreBackup } from "@kith/core";
import type { ArgsDef } from "citty";
import { openApp, readApp } from "../open-app.ts";
import { readArgs } from "../read-args.ts";
import type { Terminal } from "../terminal.ts";
import { type Locale, locales, type Texts } from "../texts/texts.ts";
import type { Described } from "../usage.ts";
import { UsageError } from "../usage-error.ts";

function argsOf(file: string, texts: Texts): ArgsDef {
  return {
    file: { type: "positional", description: file, required: true },
    app: { type: "string", description: texts.app, valueHint: "module" },
    locale: { type: "enum", description: texts.locale, options: [...locales] },
    json: { type: "boolean", description: texts.json },
    debug: { type: "boolean", description: texts.debug },
    help: { type: "boolean", description: texts.help },
  };
}

/** What help tells of `kith backup`. */
export function backupUsage(texts: Texts): Described {
  return {
    name: "kith backup",
    about: texts.aboutBackup,
    args: argsOf(texts.backupFile, texts),
    examples: ["kith backup backups/monday.db"],
  };
}

/** What help tells of `kith restore`. */
export function restoreUsage(texts: Texts): Described {
  return {
    name: "kith restore",
    about: texts.aboutRestore,
    args: argsOf(texts.restoreFile, texts),
    examples: ["kith restore backups/monday.db"],
  };
}

/** Makes a backup. */
export async function runBackup(
  terminal: Terminal,
  words: readonly string[],
  locale: Locale,
  texts: Texts,
): Promise<void> {
  const args = readArgs("kith backup", words, backupUsage(texts).args as ArgsDef, texts);
  const xrm = await openApp(args["app"] as string | undefined, terminal, texts);
  try {
    const file = resolve(terminal.cwd, String(args["file"]));
    const result = await xrm.$.backup(file, { signal: terminal.interrupted });
    if (args["json"] === true) terminal.out(`${JSON.stringify(result, null, 2)}\n`);
    else terminal.out(`${texts.backedUp(result.file, megabytes(result.bytes, locale))}\n`);
  } finally {
    await xrm.close();
  }
}

/** Restores a backup. */
export async function runRestore(
  terminal: Terminal,
  words: readonly string[],
  locale: Locale,
  texts: Texts,
): Promise<void> {
  const args = readArgs("kith restore", words, restoreUsage(texts).args as ArgsDef, texts);
  const app = await readApp(args["app"] as string | undefined, terminal, texts);
  if ("xrm" in app) {
    await app.xrm.close();
    throw new UsageError(texts.appIsOpen(app.shown), "kith restore");
  }
  const { model, storage } = app.options;
  const result = await restoreBackup({ model, storage, from: resolve(terminal.cwd, String(args["file"])) });
  if (args["json"] === true) terminal.out(`${JSON.stringify(result, null, 2)}\n`);
  else {
    terminal.out(`${texts.restored(result.file, megabytes(result.bytes, locale))}\n`);
    if (!result.sameModel) terminal.out(`${texts.restoredOther}\n`);
  }
}

function megabytes(bytes: number, locale: Locale): string {
  return (bytes / 1_000_000).toLocaleString(locale, { maximumFractionDigits: 1 });
}
