/** A project that uses the packed packages the way anyone would: outside the workspace, installed by npm from tarballs. */

import { lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin, mustRun } from "./run.ts";
import { packagesOf, root } from "./workspace.ts";

/** Packs every package of the workspace into a new folder; gives the tarballs by the packages' folder names. */
export function packAll(into: string): Map<string, string> {
  mkdirSync(into);
  return new Map(
    packagesOf(root).map(({ folder, manifest }) => {
      mustRun(bin("pnpm"), ["pack", "--pack-destination", into], { cwd: join(root, "packages", folder) });
      return [folder, join(into, `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`)];
    }),
  );
}

/** Makes a project in `folder` and installs the tarballs in it. */
export function makeConsumer(folder: string, tarballs: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  npm(folder, "install", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs);
}

/** The packages that the project needs at run time, without itself. */
export function productionDependencies(folder: string): string[] {
  const paths = npm(folder, "ls", "--all", "--omit=dev", "--parseable", "--loglevel=error").trim().split("\n");
  return paths.filter((path) => path.includes("node_modules")).sort();
}

/** The sizes of all files in a folder, added up, in bytes. Links are not followed. */
export function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += lstatSync(join(entry.parentPath, entry.name)).size;
  return bytes;
}

/** Milliseconds that a fresh process takes to import a module: the median of several. */
export function importTime(folder: string, module: string, runs = 7): number {
  const code = `const start = performance.now(); await import("${module}"); console.log(performance.now() - start);`;
  const times = Array.from({ length: runs }, () =>
    Number(mustRun(process.execPath, ["--input-type=module", "--eval", code], { cwd: folder })),
  );
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

/** Runs npm as on any machine: without the settings that an npm that runs this script hands down for the workspace. */
function npm(cwd: string, ...args: string[]): string {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix|command)/i.test(name)),
  );
  return mustRun(process.platform === "win32" ? "npm.cmd" : "npm", args, { cwd, env });
}
