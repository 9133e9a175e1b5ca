/**
 * Builds every package from nothing, so that no file of a source that is gone is left over: `tsc -b` writes the declarations, tsup the JavaScript.
 *
 *   npm run build
 */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { bin, mustRun, tsc } from "./lib/run.ts";
import { packagesOf, root } from "./lib/workspace.ts";

export function build(): void {
  const packages = packagesOf(root).map(({ folder }) => join(root, "packages", folder));
  for (const at of packages)
    for (const generated of ["dist", ".tsc"]) rmSync(join(at, generated), { recursive: true, force: true });
  const declarations = tsc(["-b"]);
  if (!declarations.ok) throw new Error(`tsc -b failed:\n${declarations.out}`);
  for (const at of packages) mustRun(bin("tsup"), ["--silent"], { cwd: at });
}

if (import.meta.main) build();
