/**
 * Runs every example as a reader would, from source: `src/main.ts` of each folder under `examples` must end without an error. Where there is an
 * `expected.txt` beside its package.json, what it printed must be exactly that.
 *
 *   npm run examples              all of them
 *   npm run examples -- 01        those whose folder starts with 01
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Problem, report } from "./lib/report.ts";
import { run } from "./lib/run.ts";
import { filesOf, root } from "./lib/workspace.ts";

export function runExamples(at: string, prefix = ""): { problems: Problem[]; ran: number } {
  const examples = filesOf(at, "examples/*/src/main.ts").filter((file) => file.startsWith(`examples/${prefix}`));
  const problems = examples.flatMap((file) => runExample(at, file));
  if (examples.length === 0) problems.push({ file: "examples", message: `there is none that starts with "${prefix}"` });
  return { problems, ran: examples.length };
}

function runExample(at: string, file: string): Problem[] {
  const cwd = join(at, file, "../..");
  const { ok, out } = run(process.execPath, ["--conditions=@kith/source", "src/main.ts"], { cwd });
  if (!ok) return [{ file, message: `failed:\n${out}` }];
  const expected = join(cwd, "expected.txt");
  if (existsSync(expected) && readFileSync(expected, "utf8").trim() !== out.trim())
    return [{ file, message: `printed something else than expected.txt:\n${out}` }];
  return [];
}

if (import.meta.main) {
  const { problems, ran } = runExamples(root, process.argv[2]);
  report(`examples (${ran})`, problems);
}
