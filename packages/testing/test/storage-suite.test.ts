import assert from "node:assert/strict";
import { memory } from "@kith/memory";
import { describe, it } from "vitest";
import { plantFault, type StorageSubject, storageCases, storageSuite } from "../src/index.ts";

/** Runs some cases of the suite with a runner of its own; gives what each test came to. */
async function run(subject: Omit<StorageSubject, "name">, topic: string): Promise<Map<string, string>> {
  const tests: [string, () => void | Promise<void>][] = [];
  storageSuite(
    { describe: (_, body) => body(), it: (name, body) => tests.push([name, body]) },
    { name: "x", ...subject },
  );
  const results = new Map<string, string>();
  for (const [name, body] of tests.filter(([name]) => name.startsWith(topic))) {
    results.set(
      name,
      await Promise.resolve(body()).then(
        () => "passed",
        (error: Error) => error.message,
      ),
    );
  }
  return results;
}

const faulty = () => ({ storage: plantFault(memory(), "in-forgets-null") });
const known = "logic/null-is-a-value-to-eq-ne-in-notIn";

describe("storageSuite", () => {
  it("has cases with stable ids, no two alike", () => {
    const ids = storageCases.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z-]+\/[A-Za-z0-9-]+$/);
    assert(ids.length > 150);
  });

  it("finds what is wrong", async () => {
    const results = await run({ create: faulty }, "logic/");
    assert.deepEqual(
      [...results].filter(([, result]) => result !== "passed").map(([id]) => id),
      [known],
    );
  });

  it("runs exceptions, and says why they may fail", async () => {
    const results = await run({ create: faulty, exceptions: { [known]: "nobody needs it" } }, "logic/");
    assert.equal(results.get(`${known} (expected to fail: nobody needs it)`), "passed");
    assert([...results.values()].every((result) => result === "passed"));
  });

  it("does not let an exception stand that passes", async () => {
    const results = await run({ create: () => ({ storage: memory() }), exceptions: { [known]: "old" } }, known);
    assert.match([...results.values()].join(), /take the exception out/);
  });

  it("refuses an exception that names no case", () => {
    const nothing = () => undefined;
    assert.throws(
      () =>
        storageSuite(
          { describe: nothing, it: nothing },
          { name: "x", create: faulty, exceptions: { "logic/nope": "x" } },
        ),
      /logic\/nope/,
    );
  });

  it("cleans up after every case", async () => {
    let open = 0;
    const create = () => {
      open++;
      return { storage: memory(), cleanup: () => void open-- };
    };
    await run({ create }, "crud/");
    assert.equal(open, 0);
  });
});
