/**
 * Holds the layers: which package may import which, by its public entry alone; dependencies that are declared are used and those used are
 * declared; no file of a package needs itself in a circle. The table is the one of the architecture, and a new package gets its row here.
 *
 *   npm run check:layers
 */

import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { cyclesOf } from "./lib/cycles.ts";
import { type Import, importsOf } from "./lib/imports.ts";
import { type Problem, report } from "./lib/report.ts";
import { filesOf, type Package, packagesOf, root } from "./lib/workspace.ts";

/** The packages of this repository that each may import in its sources. Arrows point down only. */
const layers: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  core: ["schema"],
  workflow: ["core", "schema"],
  sql: ["core", "schema"],
  import: ["core", "schema"],
  client: ["core", "schema"],
  crm: ["workflow", "core", "schema"],
  server: ["workflow", "core", "schema"],
  mcp: ["workflow", "core", "schema"],
  memory: ["core", "schema"],
  sqlite: ["sql", "core", "schema"],
  postgres: ["sql", "core", "schema"],
  sales: ["crm", "workflow", "core", "schema"],
  marketing: ["crm", "workflow", "core", "schema"],
  service: ["crm", "workflow", "core", "schema"],
  contracts: ["crm", "workflow", "core", "schema"],
  analytics: ["crm", "workflow", "core", "schema"],
  partners: ["crm", "workflow", "core", "schema"],
  console: ["client", "schema"],
  testing: ["core", "schema"],
  // At run time it also loads whatever the user's configuration imports.
  cli: ["import", "core", "schema"],
  "create-kith": [],
};

/** Packages that run in browsers: nothing of Node. */
const browserSafe = new Set(["schema", "client", "console"]);

/** What the engine must never know. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  core: ["kysely", "better-sqlite3", "pg", "mysql2", "tedious"],
};

/** Everything wrong with the layers of the workspace at `at`. Cycles of types alone are notes: nothing is loaded in a circle. */
export function checkLayers(at: string): { problems: Problem[]; notes: Problem[] } {
  const packages = packagesOf(at);
  const results = packages.map((one) => checkPackage(at, one, packages));
  return { problems: results.flatMap((r) => r.problems), notes: results.flatMap((r) => r.notes) };
}

function checkPackage(at: string, one: Package, packages: readonly Package[]) {
  const problems: Problem[] = [];
  const base = `packages/${one.folder}`;
  const allowed = layers[one.folder];
  if (!allowed)
    return {
      problems: [{ file: `${base}/package.json`, message: "has no row in the layer table of scripts/check-layers.ts" }],
      notes: [],
    };

  const used = new Set<string>();
  const all = new Map<string, string[]>();
  const loaded = new Map<string, string[]>();
  for (const file of filesOf(at, `${base}/{src,bin,test}/**/*.{ts,tsx,mts,mjs,js}`)) {
    const isSource = file.startsWith(`${base}/src/`);
    const ships = !file.startsWith(`${base}/test/`);
    for (const found of importsOf(readFileSync(join(at, file), "utf8"))) {
      const fail = (message: string) => problems.push({ file, line: found.line, message });
      if (found.specifier.startsWith(".")) {
        const target = posix.normalize(posix.join(posix.dirname(file), found.specifier));
        if (!target.startsWith(`${base}/`))
          fail(`"${found.specifier}" leaves the package: import the other package by its name`);
        else if (isSource) {
          addTo(all, file, target);
          if (!found.typeOnly) addTo(loaded, file, target);
        }
      } else checkBare(one, found, { isSource, ships, allowed, packages, used, fail });
    }
  }

  problems.push(...checkDeclared(one, used));
  problems.push(...cyclesOf(loaded).map((cycle) => cycleProblem(base, cycle, "files load each other in a circle")));
  const inRun = new Set(cyclesOf(loaded).flat());
  const notes = cyclesOf(all)
    .filter((cycle) => !cycle.some((file) => inRun.has(file)))
    .map((cycle) => cycleProblem(base, cycle, "types refer to each other in a circle"));
  return { problems, notes };
}

interface BareContext {
  readonly isSource: boolean;
  readonly ships: boolean;
  readonly allowed: readonly string[];
  readonly packages: readonly Package[];
  readonly used: Set<string>;
  readonly fail: (message: string) => void;
}

/** An import by name: of Node, of another package here, or of a dependency. */
function checkBare(one: Package, { specifier }: Import, context: BareContext): void {
  const { isSource, ships, allowed, packages, used, fail } = context;
  if (isBuiltin(specifier)) {
    if (isSource && browserSafe.has(one.folder))
      fail(`"${specifier}" is Node's: ${one.manifest.name} runs in browsers`);
    return;
  }
  const name = packageName(specifier);
  if (ships && name !== one.manifest.name) used.add(name);
  if (isSource && forbidden[one.folder]?.includes(name)) fail(`"${name}" has no place in ${one.manifest.name}`);

  const other = packages.find(({ manifest }) => manifest.name === name);
  if (!other) {
    if (name.startsWith("@kith/")) fail(`"${name}" is not a package of this repository`);
    return;
  }
  if (isSource && other.folder === one.folder) fail(`imports itself by name: use a relative path`);
  if (ships && other.folder !== one.folder && !allowed.includes(other.folder))
    fail(`${one.manifest.name} may not import ${name} (it may: ${allowed.join(", ") || "nothing of this repository"})`);
  const entry = `.${specifier.slice(name.length)}`;
  if (entry !== "." && !Object.hasOwn(other.manifest.exports ?? {}, entry))
    fail(`"${specifier}" is not a public entry of ${name}`);
}

/** What is declared against what is imported. */
function checkDeclared({ folder, manifest }: Package, used: ReadonlySet<string>): Problem[] {
  const file = `packages/${folder}/package.json`;
  const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
  return [
    ...[...used]
      .filter((name) => !declared.has(name))
      .map((name) => ({ file, message: `"${name}" is imported but not declared in dependencies` })),
    ...[...declared]
      .filter((name) => !used.has(name))
      .map((name) => ({ file, message: `"${name}" is declared in dependencies but never imported` })),
  ];
}

function cycleProblem(base: string, cycle: readonly string[], what: string): Problem {
  const names = cycle.map((file) => posix.relative(`${base}/src`, file));
  return { file: cycle[0] ?? base, message: `${what}: ${names.join(" → ")}` };
}

function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function addTo(graph: Map<string, string[]>, from: string, to: string): void {
  graph.set(from, [...(graph.get(from) ?? []), to]);
}

if (import.meta.main) {
  const { problems, notes } = checkLayers(root);
  report("check-layers", problems, notes);
}
