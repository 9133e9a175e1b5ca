/** `kith plan`, `kith apply`, `kith drift`: changing the model of a database. */

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { applyChanges, type ChangePlan, type ChangeReport, type Drift, findDrift, planChanges } from "@kith/core";
import type { ArgsDef } from "citty";
import { driftText, planText, reportText } from "../change-report.ts";
import { appParts } from "../open-app.ts";
import { type Args, readArgs } from "../read-args.ts";
import type { Terminal } from "../terminal.ts";
import { type Locale, locales, type Texts } from "../texts/texts.ts";
import type { Described } from "../usage.ts";

type Run<T> = (terminal: Terminal, words: readonly string[], locale: Locale, texts: Texts) => Promise<T>;

function common(texts: Texts): ArgsDef {
  return {
    app: { type: "string", description: texts.app, valueHint: "module" },
    locale: { type: "enum", description: texts.locale, options: [...locales] },
    json: { type: "boolean", description: texts.json },
    debug: { type: "boolean", description: texts.debug },
    help: { type: "boolean", description: texts.help },
  };
}

function planArgs(texts: Texts): ArgsDef {
  return {
    yes: { type: "string", description: texts.yesPlan, valueHint: "steps" },
    write: { type: "string", description: texts.writePlan, valueHint: "file" },
    ...common(texts),
  };
}

function applyArgs(texts: Texts): ArgsDef {
  return {
    yes: { type: "string", description: texts.yesApply, valueHint: "steps" },
    plan: { type: "string", description: texts.planHash, valueHint: "hash" },
    ...common(texts),
  };
}

/** What help tells of `kith plan`. */
export function planUsage(texts: Texts): Described {
  const examples = ["kith plan", "kith plan --yes field.drop:account.fax --write migration.sql"];
  return { name: "kith plan", about: texts.aboutPlan, args: planArgs(texts), examples };
}

/** What help tells of `kith apply`. */
export function applyUsage(texts: Texts): Described {
  const examples = ["kith apply", "kith apply --yes field.convert:account.size,field.drop:account.fax"];
  return { name: "kith apply", about: texts.aboutApply, args: applyArgs(texts), examples };
}

/** What help tells of `kith drift`. */
export function driftUsage(texts: Texts): Described {
  return { name: "kith drift", about: texts.aboutDrift, args: common(texts), examples: ["kith drift"] };
}

/** Shows what it takes to bring the database to the app's model. */
export const runPlan: Run<ChangePlan> = async (terminal, words, _locale, texts) => {
  const args = readArgs("kith plan", words, planArgs(texts), texts);
  const parts = await appParts(args["app"] as string | undefined, terminal, texts);
  const plan = await planChanges({ ...parts, confirm: listOf(args, "yes") });
  const file = args["write"] as string | undefined;
  if (file !== undefined) writeFileSync(resolve(terminal.cwd, file), migration(plan));
  print(terminal, args, plan, planText(plan, texts, args["app"] as string | undefined));
  if (file !== undefined && args["json"] !== true) terminal.out(`${texts.written(file)}\n`);
  return plan;
};

/** Takes the steps. */
export const runApply: Run<ChangeReport> = async (terminal, words, _locale, texts) => {
  const args = readArgs("kith apply", words, applyArgs(texts), texts);
  const parts = await appParts(args["app"] as string | undefined, terminal, texts);
  const hash = args["plan"] as string | undefined;
  const report = await applyChanges({
    ...parts,
    confirm: listOf(args, "yes"),
    ...(hash === undefined ? {} : { plan: hash }),
  });
  print(terminal, args, report, reportText(report, texts));
  return report;
};

/** Shows how the database differs from what Kith made of it. */
export const runDrift: Run<readonly Drift[]> = async (terminal, words, _locale, texts) => {
  const args = readArgs("kith drift", words, common(texts), texts);
  const { model, storage } = await appParts(args["app"] as string | undefined, terminal, texts);
  const drift = await findDrift({ model, storage });
  print(terminal, args, drift, driftText(drift, texts));
  return drift;
};

function print({ out }: Terminal, args: Args, value: unknown, text: string): void {
  out(args["json"] === true ? `${JSON.stringify(value, null, 2)}\n` : text);
}

function listOf(args: Args, option: string): string[] {
  const text = args[option] as string | undefined;
  return text === undefined ? [] : text.split(",").map((one) => one.trim());
}

/** The plan as a file to review, and to keep beside the code. `kith apply --plan` takes its hash. */
function migration({ hash, storage, from, to, steps, statements }: ChangePlan): string {
  const lines = [
    `-- Plan ${hash}`,
    `-- ${storage}: from ${from ? `version ${from.version} (${from.hash.slice(0, 12)})` : "an empty database"} to version ${to.version} (${to.hash.slice(0, 12)})`,
    ...steps.map(({ class: kind, id, summary }) => `-- ${kind} ${id}: ${summary.replaceAll("\n", " ")}`),
    "",
    ...statements,
  ];
  return `${lines.join("\n")}\n`;
}
