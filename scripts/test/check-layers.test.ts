import { describe, expect, it } from "vitest";
import { checkLayers } from "../check-layers.ts";
import { formatProblem } from "../lib/report.ts";
import { fixture } from "./fixture.ts";

const manifest = (name: string, ...dependencies: string[]) => ({
  name: `@kith/${name}`,
  exports: { ".": "./src/index.ts", "./extra": "./src/extra.ts" },
  dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "*"])),
});

const schema = { "packages/schema/package.json": manifest("schema"), "packages/schema/src/index.ts": "export {};" };

function problems(files: Record<string, string | object>): string[] {
  return checkLayers(fixture({ ...schema, ...files })).problems.map(formatProblem);
}

/** A core package with this source, that declares these dependencies. */
const core = (source: string, ...dependencies: string[]) => ({
  "packages/core/package.json": manifest("core", ...dependencies),
  "packages/core/src/index.ts": source,
});

describe("which package may import which", () => {
  it("passes what the table allows, types and re-exports alike", () => {
    const source = `import type { A } from "@kith/schema";\nexport { b } from "@kith/schema/extra";\nimport "node:fs";`;
    expect(problems(core(source, "@kith/schema"))).toEqual([]);
  });

  it.each([
    ["import", `import { x } from "@kith/memory";`],
    ["import type", `import type { X } from "@kith/memory";`],
    ["export", `export * from "@kith/memory";`],
    ["dynamic import", `await import("@kith/memory");`],
    ["import type node", `export type X = import("@kith/memory").X;`],
  ])("refuses an arrow that points up: %s", (_, line) => {
    const memory = { "packages/memory/package.json": manifest("memory") };
    expect(problems({ ...core(`\n${line}`, "@kith/memory"), ...memory })).toEqual([
      "packages/core/src/index.ts:2: @kith/core may not import @kith/memory (it may: schema)",
    ]);
  });

  it("wants a row in the table for every package", () => {
    expect(problems({ "packages/novel/package.json": manifest("novel") })).toEqual([
      "packages/novel/package.json: has no row in the layer table of scripts/check-layers.ts",
    ]);
  });

  it("refuses a package of ours that is not there", () => {
    expect(problems(core(`import "@kith/nothing";`, "@kith/nothing"))).toEqual([
      `packages/core/src/index.ts:1: "@kith/nothing" is not a package of this repository`,
    ]);
  });
});

describe("public entries", () => {
  it("refuses what a package does not export", () => {
    expect(problems(core(`import "@kith/schema/src/field.ts";`, "@kith/schema"))).toEqual([
      `packages/core/src/index.ts:1: "@kith/schema/src/field.ts" is not a public entry of @kith/schema`,
    ]);
  });

  it("refuses a relative path that leaves the package, in tests too", () => {
    const test = { "packages/core/test/a.test.ts": `import "../src/index.ts";\nimport "../../schema/src/index.ts";` };
    expect(problems({ ...core(`import "../../schema/src/index.ts";`), ...test })).toEqual([
      `packages/core/src/index.ts:1: "../../schema/src/index.ts" leaves the package: import the other package by its name`,
      `packages/core/test/a.test.ts:2: "../../schema/src/index.ts" leaves the package: import the other package by its name`,
    ]);
  });

  it("lets tests import any package", () => {
    const memory = { "packages/memory/package.json": manifest("memory") };
    expect(problems({ ...core(""), ...memory, "packages/core/test/a.test.ts": `import "@kith/memory";` })).toEqual([]);
  });

  it("refuses a package that imports itself by name", () => {
    expect(problems(core(`import "@kith/core";`))).toEqual([
      "packages/core/src/index.ts:1: imports itself by name: use a relative path",
    ]);
  });
});

describe("what a package must not know", () => {
  it("refuses Node in a package for browsers", () => {
    expect(problems({ "packages/schema/src/index.ts": `import "node:fs";\nimport "path";` })).toEqual([
      `packages/schema/src/index.ts:1: "node:fs" is Node's: @kith/schema runs in browsers`,
      `packages/schema/src/index.ts:2: "path" is Node's: @kith/schema runs in browsers`,
    ]);
  });

  it("refuses SQL in the engine", () => {
    expect(problems(core(`import { sql } from "kysely";`, "kysely"))).toEqual([
      `packages/core/src/index.ts:1: "kysely" has no place in @kith/core`,
    ]);
  });
});

describe("declared dependencies", () => {
  it("finds those that are used and not declared, and the other way round", () => {
    expect(problems(core(`import "uuid";\nimport "csv-parse/sync";`, "ajv"))).toEqual([
      `packages/core/package.json: "uuid" is imported but not declared in dependencies`,
      `packages/core/package.json: "csv-parse" is imported but not declared in dependencies`,
      `packages/core/package.json: "ajv" is declared in dependencies but never imported`,
    ]);
  });

  it("counts what bin imports, and not what tests import", () => {
    const files = { "packages/core/bin/x.mjs": `import "uuid";`, "packages/core/test/a.test.ts": `import "vitest";` };
    expect(problems({ ...core("", "uuid"), ...files })).toEqual([]);
  });
});

describe("circles", () => {
  const files = {
    ...core(`export * from "./a.ts";`),
    "packages/core/src/a.ts": `export { b } from "./folder/b.ts";`,
    "packages/core/src/folder/b.ts": `import { a } from "../a.ts";`,
  };

  it("refuses files that load each other", () => {
    expect(problems(files)).toEqual([
      "packages/core/src/a.ts: files load each other in a circle: a.ts → folder/b.ts → a.ts",
    ]);
  });

  it("notes types that refer to each other", () => {
    const types = { ...schema, ...files, "packages/core/src/folder/b.ts": `import type { A } from "../a.ts";` };
    const { problems, notes } = checkLayers(fixture(types));
    expect(problems).toEqual([]);
    expect(notes.map(formatProblem)).toEqual([
      "packages/core/src/a.ts: types refer to each other in a circle: a.ts → folder/b.ts → a.ts",
    ]);
  });

  it("counts `import { type A }`, which stays an import at run time", () => {
    expect(problems({ ...files, "packages/core/src/folder/b.ts": `import { type A } from "../a.ts";` })).toHaveLength(
      1,
    );
  });
});
