/**
 * Proves what is published, from the outside: builds and packs every package, checks each tarball, installs them with plain npm in a folder outside
 * the workspace, type-checks and runs a small app there, and measures what an installation costs.
 *
 *   npm run pack-test
 *   npm run pack-test -- --keep     leaves the folder, to look around in
 */

import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "./build.ts";
import { importTime, makeConsumer, packAll, productionDependencies, sizeOf } from "./lib/consumer.ts";
import { type Problem, report } from "./lib/report.ts";
import { bin, mustRun, run, tsc } from "./lib/run.ts";
import { type Manifest, packagesOf, root } from "./lib/workspace.ts";

/** What an app on SQLite installs. */
const smallest = ["schema", "core", "sql", "sqlite"];
/** Where the app of the test comes from. */
const app = join(root, "scripts/pack-test");

const limits = {
  dependencies: 19,
  megabytes: 42,
  megabytesWithoutDriver: 14,
  /** The goal; the limit leaves room for a busy machine. */
  importGoal: 150,
  importLimit: 400,
};

const problems: Problem[] = [];
const figures: [what: string, measured: string, limit: string][] = [];

function fail(file: string, message: string): void {
  problems.push({ file, message });
}

/** Notes a figure, and a problem if it is over its limit. */
function figure(what: string, value: number, unit: string, limit: number, said = `at most ${limit}${unit}`): void {
  const shown = `${Number.isInteger(value) ? value : value.toFixed(1)}${unit}`;
  figures.push([what, shown, said]);
  if (!(value <= limit)) fail(what, `${shown} is over the limit of ${limit}${unit}`);
}

/** What a tarball has to hold, and what the tools for such checks say of it. */
function checkTarball(name: string, tarball: string): void {
  const files = new Set(mustRun("tar", ["-tzf", tarball]).split("\n"));
  for (const file of ["LICENSE", "README.md", "dist/index.js", "dist/index.js.map", "dist/index.d.ts"])
    if (!files.has(`package/${file}`)) fail(name, `the tarball lacks ${file}`);
  const manifest = JSON.parse(mustRun("tar", ["-xzOf", tarball, "package/package.json"])) as Manifest;
  const text = JSON.stringify(manifest);
  if (text.includes("@kith/source")) fail(name, "the packed package.json still has the condition for sources");
  if (text.includes("workspace:")) fail(name, "the packed package.json still refers to the workspace");

  const publint = run(bin("publint"), ["run", "--strict", tarball]);
  if (!publint.ok) fail(name, `publint:\n${publint.out}`);
  const attw = run(bin("attw"), ["--profile", "esm-only", "--no-emoji", "--no-color", tarball]);
  if (!attw.ok) fail(name, `attw:\n${attw.out}`);
}

/** What the smallest installation costs. */
function measureInstallation(folder: string, tarballs: readonly string[]): void {
  makeConsumer(folder, tarballs);
  const modules = join(folder, "node_modules");
  const driver = globSync("{,**/node_modules/}better-sqlite3", { cwd: modules }).map((path) => join(modules, path));
  const megabytes = sizeOf(modules) / 1e6;
  const ofDriver = driver.reduce((sum, path) => sum + sizeOf(path), 0) / 1e6;
  if (ofDriver === 0) fail("better-sqlite3", "is not installed");
  figure("production dependencies of core and sqlite", productionDependencies(folder).length, "", limits.dependencies);
  figure("installed size of core and sqlite", megabytes, " MB", limits.megabytes);
  figure("the same without better-sqlite3", megabytes - ofDriver, " MB", limits.megabytesWithoutDriver);
  const { importGoal: goal, importLimit } = limits;
  figure(
    "import of @kith/core",
    importTime(folder, "@kith/core"),
    " ms",
    importLimit,
    `goal ${goal} ms, at most ${importLimit} ms`,
  );
}

/** Type-checks a file with each compiler, and writes its declarations. */
function compile(folder: string, file: string, more: Readonly<Record<string, unknown>>): void {
  // The app's own development dependency.
  const types = join(folder, "node_modules/@types/node");
  mkdirSync(dirname(types), { recursive: true });
  if (!existsSync(types)) symlinkSync(join(root, "node_modules/@types/node"), types, "junction");
  const output = { types: ["node"], declaration: true, emitDeclarationOnly: true, outDir: "declarations" };
  const compilerOptions = { target: "es2023", strict: true, allowImportingTsExtensions: true, ...output, ...more };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
  for (const compiler of ["tsc", "tsc6"] as const) {
    const checked = tsc(["-p", folder, "--pretty", "false"], compiler, { cwd: folder });
    if (!checked.ok) fail(file, `${compiler} with moduleResolution ${more["moduleResolution"]}:\n${checked.out}`);
  }
}

/** Installs core alone as pnpm does, out of whose sight the packages that it depends on are: every inferred type must have a name in core. */
function checkAlone(folder: string, tarballs: readonly string[]): void {
  makeConsumer(folder, tarballs);
  const scope = join(folder, "node_modules/@kith");
  const store = join(folder, "node_modules/.pnpm");
  for (const name of ["core", "schema"]) {
    mkdirSync(join(store, name, "node_modules/@kith"), { recursive: true });
    renameSync(join(scope, name), join(store, name, "node_modules/@kith", name));
  }
  symlinkSync(join(store, "core/node_modules/@kith/core"), join(scope, "core"), "junction");
  symlinkSync(
    join(store, "schema/node_modules/@kith/schema"),
    join(store, "core/node_modules/@kith/schema"),
    "junction",
  );
  copyFileSync(join(app, "declared.ts"), join(folder, "declared.ts"));
  compile(folder, "declared.ts", { module: "nodenext", moduleResolution: "nodenext" });
  const declared = join(folder, "declarations/declared.d.ts");
  const others = existsSync(declared)
    ? readFileSync(declared, "utf8").match(/import\("@kith\/(?!core")[^)]*\)\.\w+/g)
    : [];
  if (others)
    fail("declared.ts", `its declarations name ${[...new Set(others)].join(", ") || "nothing"}; core must export it`);
}

/** Type-checks the app against the declarations as published, and runs it; then the other ways in. */
function checkApp(folder: string, manifests: readonly Manifest[]): void {
  for (const file of ["app.ts", "declared.ts"]) copyFileSync(join(app, file), join(folder, file));
  for (const moduleResolution of ["nodenext", "bundler"] as const) {
    const module = moduleResolution === "bundler" ? "esnext" : "nodenext";
    compile(folder, "app.ts", { module, moduleResolution });
  }
  const ran = run(process.execPath, ["app.ts"], { cwd: folder });
  if (!ran.ok || !ran.out.includes("app: ok")) fail("app.ts", `did not run to its end:\n${ran.out}`);
  for (const { name, bin: commands = {} } of manifests) {
    const required = run(process.execPath, ["--input-type=commonjs", "--eval", `require(${JSON.stringify(name)})`], {
      cwd: folder,
    });
    if (!required.ok) fail(name, `require() from CommonJS fails:\n${required.out}`);
    for (const command of Object.keys(commands)) {
      const helped = run(join(folder, "node_modules/.bin", command), ["--help"], { cwd: folder });
      if (!helped.ok) fail(name, `${command} --help fails:\n${helped.out}`);
    }
  }
}

function printFigures(): void {
  const width = (column: 0 | 1) => Math.max(...figures.map((row) => row[column].length));
  for (const [what, measured, limit] of figures)
    console.log(`${what.padEnd(width(0))}  ${measured.padStart(width(1))}  ${limit}`);
}

// The space is on purpose: nothing may break on one.
const scratch = mkdtempSync(join(tmpdir(), "kith pack-"));
try {
  build();
  const tarballs = packAll(join(scratch, "tarballs"));
  for (const [folder, tarball] of tarballs) checkTarball(`packages/${folder}`, tarball);
  measureInstallation(
    join(scratch, "smallest"),
    smallest.map((name) => tarballs.get(name) ?? ""),
  );
  checkAlone(
    join(scratch, "alone"),
    ["schema", "core"].map((name) => tarballs.get(name) ?? ""),
  );
  makeConsumer(join(scratch, "all"), [...tarballs.values()]);
  checkApp(
    join(scratch, "all"),
    packagesOf(root).map(({ manifest }) => manifest),
  );
  printFigures();
} catch (error) {
  fail("pack-test", error instanceof Error ? error.message : String(error));
} finally {
  if (process.argv.includes("--keep")) console.log(`left in ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
}
report("pack-test", problems);
