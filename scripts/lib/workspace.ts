/** Where things are in the repository, and what its packages say of themselves. */

import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** The parts of a package.json that the scripts read. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** One package of the workspace. */
export interface Package {
  /** The folder's name under `packages`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Every package under `packages`, by folder name. */
export function packagesOf(at: string): Package[] {
  return readdirSync(join(at, "packages"))
    .filter((folder) => existsSync(join(at, "packages", folder, "package.json")))
    .sort()
    .map((folder) => ({ folder, manifest: readJson<Manifest>(join(at, "packages", folder, "package.json")) }));
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}

/** The files that match, relative to `at`, with forward slashes, sorted. Generated folders are left out. */
export function filesOf(at: string, ...patterns: string[]): string[] {
  const generated = new Set(["node_modules", "dist", ".tsc", ".scratch"]);
  return globSync(patterns, { cwd: at, exclude: (name) => generated.has(name.split(sep).at(-1) ?? name) })
    .map((file) => file.split(sep).join("/"))
    .sort();
}
