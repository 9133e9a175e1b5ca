/** Installs what the contenders need, once, beside the benchmark: users of Kith and CI never do. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mustRun } from "../../lib/run.ts";

/** Installs from the lockfile of a folder, unless that was done already. */
export function install(folder: string = fileURLToPath(new URL("..", import.meta.url))): void {
  const stamp = `${folder}/node_modules/.installed`;
  const wanted = createHash("sha1")
    .update(readFileSync(`${folder}/package-lock.json`))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stderr.write("Installing what the contenders need…\n");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Without what an npm that runs this script hands down for the workspace.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix|command)/i.test(name)),
  );
  mustRun(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder, env });
  writeFileSync(stamp, wanted);
}
