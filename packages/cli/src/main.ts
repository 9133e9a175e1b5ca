/** From a command line to an exit code. */

import { readFileSync } from "node:fs";
import { XrmError } from "@kith/core";
import { nearest } from "@kith/schema";
import { backupUsage, restoreUsage, runBackup, runRestore } from "./commands/backup.ts";
import { applyUsage, driftUsage, planUsage, runApply, runDrift, runPlan } from "./commands/change.ts";
import { importUsage, runImport } from "./commands/import.ts";
import { processTerminal, type Terminal } from "./terminal.ts";
import { chooseLocale, type Locale, type Texts, textsIn } from "./texts/texts.ts";
import { type Described, usageOf } from "./usage.ts";
import { UsageError } from "./usage-error.ts";

/** What the command's exit codes mean. */
export const exitCodes = {
  /** All went in, or all is as it should be. */
  ok: 0,
  /** Some rows were rejected, some steps are refused, or there is drift. */
  rejected: 1,
  /** It was called wrongly, the app cannot be opened, or the import could not go on. */
  failed: 2,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

interface Command {
  readonly about: (texts: Texts) => Described;
  readonly run: (terminal: Terminal, words: readonly string[], locale: Locale, texts: Texts) => Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  backup: {
    about: backupUsage,
    async run(...args) {
      await runBackup(...args);
      return exitCodes.ok;
    },
  },
  restore: {
    about: restoreUsage,
    async run(...args) {
      await runRestore(...args);
      return exitCodes.ok;
    },
  },
  import: {
    about: importUsage,
    async run(...args) {
      const { rejected, aborted } = await runImport(...args);
      if (aborted) return exitCodes.interrupted;
      return rejected > 0 ? exitCodes.rejected : exitCodes.ok;
    },
  },
  plan: {
    about: planUsage,
    async run(...args) {
      const { steps } = await runPlan(...args);
      return steps.some((step) => step.class === "refused") ? exitCodes.rejected : exitCodes.ok;
    },
  },
  apply: {
    about: applyUsage,
    async run(...args) {
      await runApply(...args);
      return exitCodes.ok;
    },
  },
  drift: {
    about: driftUsage,
    async run(...args) {
      return (await runDrift(...args)).length > 0 ? exitCodes.rejected : exitCodes.ok;
    },
  },
};

/**
 * Runs the `kith` command and sets the process's exit code; never throws.
 *
 * @example await main({ ...terminal, argv: ['import', 'account', 'accounts.csv'] }) // 0
 */
export async function main(terminal: Terminal = processTerminal()): Promise<number> {
  const { argv } = terminal;
  const locale = chooseLocale(optionValue(argv, "--locale"), terminal.env);
  const texts = textsIn(locale);
  // Should what is waited for never come, Node ends as if all were well.
  process.exitCode = exitCodes.failed;
  let code: number;
  try {
    code = await run(terminal, locale, texts);
  } catch (error) {
    code = terminal.interrupted.aborted ? exitCodes.interrupted : exitCodes.failed;
    tell(error, terminal, texts);
  }
  terminal.release?.();
  process.exitCode = code;
  return code;
}

async function run(terminal: Terminal, locale: Locale, texts: Texts): Promise<number> {
  const [name, ...words] = terminal.argv;
  const asked = (...flags: string[]) => terminal.argv.some((word) => flags.includes(word));
  if (name === "--version" || name === "-v") {
    terminal.out(`${version()}\n`);
    return exitCodes.ok;
  }
  const command = name === undefined || !Object.hasOwn(commands, name) ? undefined : commands[name];
  if (command && asked("--help", "-h")) {
    terminal.out(usageOf(command.about(texts), texts));
    return exitCodes.ok;
  }
  if (command) return command.run(terminal, words, locale, texts);
  const helped = asked("--help", "-h") || name === undefined;
  if (helped) {
    terminal.out(usageOf(overview(texts), texts));
    return asked("--help", "-h") ? exitCodes.ok : exitCodes.failed;
  }
  const near = nearest(name, Object.keys(commands));
  const hint = near === undefined ? "" : ` ${texts.didYouMean(near)}`;
  throw new UsageError(
    `${name.startsWith("-") ? texts.unknownOption(name) : texts.unknownCommand(name)}${hint}`,
    "kith",
  );
}

function overview(texts: Texts): Described {
  const list = Object.entries(commands).map(([name, { about }]) => ({ name, about: about(texts).about }));
  const flag = (description: string) => ({ type: "boolean", description }) as const;
  return {
    name: "kith",
    about: texts.about,
    commands: list,
    args: { help: flag(texts.help), version: flag(texts.version) },
  };
}

/** Tells what went wrong: message and code; where it comes from only with `--debug`. */
function tell(error: unknown, { argv, out, err }: Terminal, texts: Texts): void {
  if (argv.includes("--json")) {
    const plain = error instanceof XrmError ? error.toJSON() : { code: "FAILED", message: messageOf(error) };
    out(`${JSON.stringify({ error: plain }, null, 2)}\n`);
  } else if (error instanceof XrmError) {
    err(`${error.code}: ${headOf(error)}\n`);
    if (error.issues.length > 1 && error.issues.some((issue) => issue.message !== error.message)) {
      for (const { path, message } of error.issues) err(`  ${[path.join("."), message].join(" ").trim()}\n`);
    }
  } else if (error instanceof UsageError) {
    err(`${error.message}${error.command === undefined ? "" : ` ${texts.seeHelp(error.command)}`}\n`);
  } else err(`${messageOf(error)}\n`);
  if (argv.includes("--debug")) err(`${debugText(error)}\n`);
}

/** An error's message; its beginning when a list of all issues follows. */
function headOf({ message, issues }: XrmError): string {
  const end = message.indexOf(": ");
  return issues.length > 1 && end > 0 ? message.slice(0, end + 1) : message;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function debugText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\n${debugText(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** The value of an option, before all options are read. */
function optionValue(argv: readonly string[], option: string): string | undefined {
  const i = argv.findIndex((word) => word === option || word.startsWith(`${option}=`));
  const word = argv[i];
  return word?.startsWith(`${option}=`) ? word.slice(option.length + 1) : argv[i + 1 || argv.length];
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
