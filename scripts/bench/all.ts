/**
 * Everything that docs/performance.md says, measured on the packages as they are published and written into it: for a machine that does nothing
 * else. Takes the options of the benchmark that hold for all its runs (`--rounds 20 --scale 200000`).
 *
 *   npm run bench:record
 */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build } from "../build.ts";
import { root } from "../lib/workspace.ts";

const own = process.argv.slice(2);
const bench = (...args: string[]) => [
  "scripts/bench/run.ts",
  "--cold",
  "7",
  "--write",
  "--rounds",
  "20",
  ...args,
  ...own,
];
const runs = [
  bench("--db", "sqlite"),
  bench("--db", "pg"),
  bench("--db", "sqlite", "--table", "users"),
  ["scripts/footprint.ts", "--write"],
];
build();
let failed = 0;
for (const run of runs) {
  console.log(`\n# ${run.join(" ")}`);
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, ...run.map((part, i) => (i === 0 ? join(root, part) : part))],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (status !== 0) failed++;
}
process.exitCode = failed > 0 ? 1 : 0;
