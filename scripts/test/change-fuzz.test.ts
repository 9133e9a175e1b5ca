// Small runs of the scripts that prove changes of the model; the full ones are by hand.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { changeFuzz } from "../lib/change-fuzz.ts";

it.each([
  ["sqlite", 40],
  ["postgres", 30],
])(
  "loses nothing under random changes of the model on %s, and refuses with the right offenders",
  async (db, changes) => {
    const { problem, done, refused } = await changeFuzz(db, changes, 4);
    expect(problem).toBeUndefined();
    expect(done + refused).toBe(changes);
  },
  120_000,
);

const run = async (script: string, ...args: string[]) => {
  const path = join(import.meta.dirname, "..", script);
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@kith/source", path, ...args]);
  return stdout;
};

it("is whole after changes were killed", async () => {
  const told = await run("apply-kill-test.ts", "--kills", "3", "--rows", "200");
  expect(told.match(/each next start whole/g)).toHaveLength(2);
}, 120_000);

it("changes a database once when several processes start together", async () => {
  const told = await run("start-together.ts", "--processes", "3");
  expect(told.match(/changed once, all run/g)).toHaveLength(4);
}, 120_000);
