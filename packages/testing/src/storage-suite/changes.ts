/** Changing the model of an empty database; what data have to do with it is proven by the change suite. */

import assert from "node:assert/strict";
import { applyChanges, findDrift, planChanges } from "@kith/core";
import { refused, topic } from "./case.ts";
import { fixture } from "./fixture.ts";

/** Cases on plans, on storages that keep data and on those that begin empty each time. */
export const changes = topic("changes", {
  async "of-an-empty-database-lose-nothing-and-ask-nothing"(t) {
    const { storage, capabilities } = t;
    const plan = await planChanges({ model: fixture, storage });
    assert.equal(plan.storage, storage.name);
    assert.equal(plan.from, null);
    assert.deepEqual(plan.to, { version: fixture.version, hash: fixture.hash });
    for (const step of plan.steps) assert.equal(step.class, "safe", step.summary);
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
    const report = await applyChanges({ model: fixture, storage, plan });
    assert.deepEqual(
      report.applied,
      plan.steps.map((step) => step.id),
    );
    assert.deepEqual([report.left, report.from, report.to], [[], plan.from, plan.to]);
    const again = await planChanges({ model: fixture, storage });
    if (capabilities.durable) {
      assert.deepEqual([again.steps, again.from], [[], plan.to]);
      assert.deepEqual(await findDrift({ model: fixture, storage }), []);
    } else assert.deepEqual(again, plan, "a storage that is not durable begins empty");
    const xrm = await t.open(fixture);
    assert.equal((await xrm.entity("account").create({ name: "a" }))["version"], 1);
  },

  async "read-their-options-before-anything-else"(t) {
    const { storage } = t;
    for (const wrong of [
      { model: fixture, storage, waitMs: -1 },
      { model: fixture, storage, confirm: "all" },
      { model: fixture, storage, backfill: null },
      { model: fixture, storage, force: true },
    ])
      await refused("INVALID_OPTIONS", () => planChanges(wrong as never));
    await refused("INVALID_OPTIONS", () => applyChanges({ model: fixture, storage, plan: 5 as never }));
    await refused("INVALID_OPTIONS", () => findDrift({ model: fixture, storage, confirm: [] } as never));
  },
});
