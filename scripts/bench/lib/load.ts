/** Importing what only the benchmark needs: it is installed by `install.ts`, not with the workspace, so that the compiler must not look for it. */

import { readFileSync } from "node:fs";

/** Imports a package from the benchmark's own node_modules. */
export const load = (specifier: string): Promise<any> => import(specifier);

/** The version of an installed package. */
export function versionOf(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
