/**
 * Keeps the types cheap: generates programs of 100 and of 400 entities, type-checks them, and fails when the compiler needs more instantiations
 * than the budget. Instantiations are counted, never seconds, since a count is the same on every machine. TypeScript 6 is asked, because it
 * checks in one thread; TypeScript 7 counts work once per thread that does it.
 *
 *   npm run typeperf                  both budgets
 *   npm run typeperf -- 25 50 200     other sizes, just to see
 */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Problem, report } from "./lib/report.ts";
import { tsc } from "./lib/run.ts";
import { writeProgram } from "./lib/typeperf-program.ts";
import { root } from "./lib/workspace.ts";

/** The most instantiations, by number of entities. */
const budgets: ReadonlyMap<number, number> = new Map([
  [100, 700_000],
  [400, 2_800_000],
]);

interface Figures {
  readonly instantiations: number;
  readonly seconds: number;
  readonly errors: readonly string[];
}

function measure(count: number): Figures {
  const folder = join(root, ".scratch", `typeperf-${count}`);
  writeProgram(folder, count);
  const { ok, out } = tsc(["-p", folder, "--noEmit", "--extendedDiagnostics", "--pretty", "false"], "tsc6");
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(out)?.[1]);
  const errors = out.split("\n").filter((line) => line.includes(": error TS"));
  if (!ok && errors.length === 0) errors.push(out.trim());
  // What failed stays, to be looked at.
  if (errors.length === 0) rmSync(folder, { recursive: true, force: true });
  return { instantiations: figure("Instantiations"), seconds: figure("Total time"), errors };
}

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [...budgets.keys()];
const problems: Problem[] = [];
for (const count of sizes) {
  const { instantiations, seconds, errors } = measure(count);
  const budget = budgets.get(count);
  console.log(
    `${String(count).padStart(4)} entities  ${instantiations.toLocaleString("en").padStart(10)} instantiations` +
      `${budget ? ` of ${budget.toLocaleString("en")}` : ""}  (${Math.round(instantiations / count).toLocaleString("en")} each, ${seconds} s)`,
  );
  const file = `.scratch/typeperf-${count}`;
  problems.push(...errors.slice(0, 10).map((message) => ({ file, message })));
  if (!(instantiations <= (budget ?? Number.POSITIVE_INFINITY)))
    problems.push({ file, message: `${instantiations} instantiations are over the budget of ${budget}` });
}
report("typeperf", problems);
