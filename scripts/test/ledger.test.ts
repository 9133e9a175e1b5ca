/** The ledger check must be able to fail: a key without a line, a line without a key, and code that is not there. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../lib/workspace.ts";

const folder = mkdtempSync(join(root, ".scratch-ledger-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the check on a copy of the scripts whose ledger was changed. */
function check(change: (ledger: Record<string, string>) => void): string {
  cpSync(join(root, "scripts/check-ledger.ts"), join(folder, "scripts/check-ledger.ts"));
  cpSync(join(root, "scripts/lib"), join(folder, "scripts/lib"), { recursive: true });
  for (const name of ["packages", "node_modules"]) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(join(root, name), join(folder, name));
  }
  const ledger = JSON.parse(readFileSync(join(root, "scripts/ledger.json"), "utf8")) as Record<string, string>;
  change(ledger);
  writeFileSync(join(folder, "scripts/ledger.json"), JSON.stringify(ledger));
  const run = spawnSync(process.execPath, ["--conditions=@kith/source", join(folder, "scripts/check-ledger.ts")], {
    encoding: "utf8",
  });
  return run.stdout + run.stderr;
}

test("the ledger as it is holds", () => expect(check(() => undefined)).toMatch(/ledger \(\d+ keys\): ok/));
test.each<[string, (ledger: Record<string, string>) => void, string]>([
  [
    "a key without a line",
    (ledger) => void delete ledger["field.required"],
    "'field.required' is accepted but has no line",
  ],
  [
    "a line without a key",
    (ledger) => void (ledger["field.shiny"] = "README.md#x"),
    "'field.shiny' is no longer accepted",
  ],
  [
    "a file that is not there",
    (ledger) => void (ledger["field.unique"] = "packages/none.ts#x"),
    "packages/none.ts, which is not there",
  ],
  [
    "code that is not there",
    (ledger) => void (ledger["field.unique"] = "packages/core/src/index.ts#nothingLikeIt"),
    "nothingLikeIt in packages/core/src/index.ts, which is not there",
  ],
])("%s fails", (_, change, message) => expect(check(change)).toContain(message));
