/** Plans, reports and drift for people. */

import type { ChangeClass, ChangePlan, ChangeReport, ChangeStep, Drift } from "@kith/core";
import type { Texts } from "./texts/texts.ts";

const classes: readonly ChangeClass[] = ["safe", "confirm", "destructive", "refused"];

/** A plan, by class, the most careful last, and how it is taken; `app` is the module that was named. */
export function planText({ steps, hash }: ChangePlan, texts: Texts, app?: string): string {
  if (steps.length === 0) return `${texts.nothingToChange}\n`;
  const words: Readonly<Record<ChangeClass, string>> = {
    safe: texts.classSafe,
    confirm: texts.classConfirm,
    destructive: texts.classDestructive,
    refused: texts.classRefused,
  };
  const parts = classes.flatMap((kind) => {
    const own = steps.filter((step) => step.class === kind);
    return own.length === 0 ? [] : [`${words[kind]}:`, ...own.flatMap((step) => stepText(step, texts))];
  });
  const taken = steps.some((step) => step.class === "refused") ? [] : [texts.takePlan(applyCommand(steps, hash, app))];
  return `${[...parts, `${texts.planIs} ${hash}`, ...taken].join("\n")}\n`;
}

/** What to type. What would throw data away is for whoever reads the plan to add. */
function applyCommand(steps: readonly ChangeStep[], hash: string, app: string | undefined): string {
  const needed = steps.filter((step) => step.class === "confirm").map(({ id }) => id);
  return [
    "kith apply",
    ...(app === undefined ? [] : [`--app ${app}`]),
    `--plan ${hash.slice(0, 12)}`,
    ...(needed.length === 0 ? [] : [`--yes ${needed.join(",")}`]),
  ].join(" ");
}

function stepText({ id, summary, rows, seconds, offenders = [], offenderCount = 0, advice }: ChangeStep, texts: Texts) {
  // What takes no time that anybody would notice need not be told.
  const effort = rows > 0 ? ` (${texts.effort(rows, seconds < 1 ? undefined : seconds.toFixed(0))})` : "";
  const more = offenderCount - offenders.length;
  return [
    `  ${id}`,
    `    ${summary}${effort}`,
    ...offenders.map((one) => `    - ${one.id}: ${one.message}`),
    ...(more > 0 ? [`    - ${texts.moreRejected(String(more))}`] : []),
    ...(advice === undefined ? [] : [`    ${advice}`]),
  ];
}

/** What was done. */
export function reportText({ applied, left, seconds }: ChangeReport, texts: Texts): string {
  const lines = [
    ...(applied.length === 0 ? [texts.nothingToChange] : [texts.applied(applied.length, seconds.toFixed(1))]),
    ...applied.map((id) => `  ${id}`),
    ...(left.length === 0 ? [] : [texts.leftOut, ...left.map((id) => `  ${id}`)]),
  ];
  return `${lines.join("\n")}\n`;
}

/** What is different. */
export function driftText(drift: readonly Drift[], texts: Texts): string {
  if (drift.length === 0) return `${texts.noDrift}\n`;
  return `${drift.map(({ kind, message }) => `${kind}: ${message}`).join("\n")}\n`;
}
