/** Calls on many records: all or nothing. */

import assert from "node:assert/strict";
import { column, refused, topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

/** Cases on bulk calls. */
export const bulk = topic("bulk", {
  async "create-many-gives-the-rows-in-order"(t) {
    const xrm = await t.open(fixture);
    const list = Array.from({ length: 500 }, (_, i) => ({
      name: `n${i}`,
      employees: i,
      tags: [`t${i % 7}`],
      revenue: `${i}.10`,
    }));
    const made = await xrm.entity("account").createMany(list);
    assert.deepEqual(column(made, "name"), column(list, "name"));
    assert.deepEqual(await xrm.entity("account").findMany(), made);
    assert.deepEqual(
      await xrm
        .entity("account")
        .aggregate({ measures: { n: "count", sum: { sum: "employees" }, revenue: { sum: "revenue" } } }),
      [{ n: 500, sum: 124_750, revenue: "124800.00" }],
    );
    assert.deepEqual(await xrm.entity("account").createMany([]), []);
  },

  async "create-many-all-or-nothing"(t) {
    const xrm = await t.open(fixture);
    const list = Array.from({ length: 100 }, (_, i) => ({ name: `n${i}`, code: `c${i % 99}` }));
    await refused("UNIQUE", xrm.entity("account").createMany(list));
    await refused("INVALID_RECORD", xrm.entity("account").createMany([{ name: "ok" }, { name: "no", employees: "x" }]));
    assert.equal(await xrm.entity("account").count(), 0);
  },

  async "update-many"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    assert.equal(await xrm.entity("deal").updateMany({ stage: "won" }, { probability: 100 }), 3);
    assert.deepEqual(column(await xrm.entity("deal").findMany(), "version"), [2, 1, 2, 1, 2]);
    // What is so already counts as matched, and is not written.
    assert.equal(await xrm.entity("deal").updateMany({}, { probability: 100 }), 5);
    assert.deepEqual(column(await xrm.entity("deal").findMany(), "version"), [2, 2, 2, 2, 2]);
    assert.equal(await xrm.entity("deal").updateMany({ title: "none" }, { probability: 1 }), 0);
    // The filter is looked at once, before anything changes.
    assert.equal(await xrm.entity("deal").updateMany({ stage: "won" }, { stage: "lost" }), 3);
  },

  async "update-many-all-or-nothing"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    await refused("UNIQUE", xrm.entity("account").updateMany({}, { code: "same" }));
    assert.deepEqual(column(await xrm.entity("account").findMany(), "code"), ["A", "B", "C", null]);
  },

  async "delete-many"(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    assert.equal(await xrm.entity("deal").deleteMany({ stage: "won" }), 3);
    assert.deepEqual(column(await xrm.entity("deal").findMany(), "title"), ["d2", "d4"]);
    await refused("RESTRICTED", xrm.entity("account").deleteMany({}));
    assert.equal(await xrm.entity("account").count(), 4);
    await xrm.entity("deal").deleteMany({ account: acme });
    assert.equal(await xrm.entity("deal").deleteMany({ title: "none" }), 0);
    assert.equal(await xrm.entity("deal").deleteMany({}), 1);
    assert.equal(await xrm.entity("account").deleteMany({}), 4);
    assert.equal(await xrm.entity("contact").count(), 0);
  },
});
