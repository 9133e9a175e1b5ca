import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChangePlan, Storage, StorageChanges } from "@kith/core";
import { memory } from "@kith/memory";
import { sqlite } from "@kith/sqlite";
import { describe, it } from "vitest";
import { type ChangeSubject, changeCases, changeSuite } from "../src/index.ts";

/** Runs the suite's cases of some topic with a runner of its own; gives those that failed, with why. */
async function failures(subject: Omit<ChangeSubject, "name">, topic: string): Promise<Map<string, string>> {
  const tests: [string, () => void | Promise<void>][] = [];
  changeSuite(
    { describe: (_, body) => body(), it: (name, body) => tests.push([name, body]) },
    { name: "x", ...subject },
  );
  const failed = new Map<string, string>();
  for (const [name, body] of tests.filter(([name]) => name.startsWith(topic)))
    await Promise.resolve(body()).catch((error: Error) => failed.set(name, error.message));
  return failed;
}

/** Files whose changes are done otherwise. */
const fileWith = (otherwise: (changes: StorageChanges) => Partial<StorageChanges>) => () => {
  const folder = mkdtempSync(join(tmpdir(), "kith-change-suite-"));
  const storage = sqlite({ file: join(folder, "crm.db") });
  const changes = { ...(storage.changes as StorageChanges), ...otherwise(storage.changes as StorageChanges) };
  return {
    storage: { ...storage, changes } as Storage,
    direct: () => [],
    cleanup: () => rmSync(folder, { recursive: true, force: true }),
  };
};

describe("changeSuite", () => {
  it("has cases with stable ids, no two alike", () => {
    const ids = changeCases.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z]+\/[A-Za-z0-9_.-]+$/);
  });

  it("finds that what loses data is called safe", async () => {
    const tame = (plan: ChangePlan): ChangePlan => ({
      ...plan,
      steps: plan.steps.map((step) => ({ ...step, class: step.class === "destructive" ? "safe" : step.class })),
    });
    const create = fileWith(({ plan }) => ({ plan: async (...args) => tame(await plan(...args)) }));
    assert.deepEqual(
      [...(await failures({ create }, "former/is-kept")).keys()],
      ["former/is-kept-out-of-the-way-of-new-records-and-taken-up-again"],
    );
  });

  it("is not for a storage that keeps nothing", async () => {
    const create = () => ({ storage: memory(), direct: () => [] });
    const failed = await failures({ create }, "safe/");
    assert(failed.size > 0);
    for (const message of failed.values()) assert.match(message, /is not for it/);
  });

  it("refuses an exception that names no case", async () => {
    const create = fileWith(() => ({}));
    await assert.rejects(failures({ create, exceptions: { "safe/nope": "x" } }, ""), /safe\/nope.*change suite/);
  });

  it("fails where damage is not found, that of the storage's own under a name of its own", async () => {
    // Nothing is done by hand, so that nothing is found.
    const extra = { kind: "table.extra", name: "kith_new_deal", harm: async () => undefined } as const;
    const failed = await failures({ create: fileWith(() => ({})), damages: [extra] }, "damage/");
    assert.equal(failed.size, changeCases.filter(({ id }) => id.startsWith("damage/")).length + 1);
    assert(failed.has("damage/table.extra-kith_new_deal-2"), [...failed.keys()].join());
  });
});
