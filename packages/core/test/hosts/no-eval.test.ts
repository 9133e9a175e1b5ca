/** Some hosts forbid making code from text. Everything works there the same; only a bare JSON Schema, which must be compiled, is refused. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a host that forbids new Function", () => {
  const program = join(import.meta.dirname, "no-eval-program.ts");
  const run = spawnSync(
    process.execPath,
    ["--disallow-code-generation-from-strings", "--conditions=@kith/source", program],
    { encoding: "utf8" },
  );
  expect(run.stderr).toBe("");
  const [memory, sqlite, schema] = run.stdout.trim().split("\n") as [string, string, string];
  expect(JSON.parse(memory)).toEqual({
    rows: [
      { name: "Acme", revenue: "5.00", tags: ["a"], parent: null },
      { name: "Beta", revenue: null, tags: null, parent: { name: "Acme" } },
    ],
    refused: ["TOO_LONG", "UNKNOWN_FIELD"],
  });
  expect(sqlite).toBe(memory);
  expect(schema).toContain("which this host cannot compile");
});
