/** The declaration language runs in browsers: no module of Node, and nothing that only Node has. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";

const source = join(import.meta.dirname, "../src");

test("no source imports a module of Node", () => {
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".ts")) expect(readFileSync(join(source, file), "utf8")).not.toMatch(/from "node:/);
  }
});

test("a bundle of it declares an entity where there is no process, no Buffer and no require", async () => {
  const { outputFiles } = await build({
    entryPoints: [join(source, "index.ts")],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "kith",
    platform: "browser",
  });
  const code = outputFiles[0]?.text ?? "";
  const name = runInNewContext(
    `${code}; kith.defineEntity("account", { fields: { name: kith.field.text({ required: true }) } }).fields.name.kind + kith.fold("É")`,
    { URL },
  );
  expect(name).toBe("texte");
});
