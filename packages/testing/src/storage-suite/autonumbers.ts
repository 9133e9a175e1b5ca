/** Numbers that the engine gives out: without gaps, whatever is rolled back. */

import assert from "node:assert/strict";
import { column, pause, refused, topic } from "./case.ts";
import { fixture } from "./fixture.ts";

/** Cases on autonumbers. */
export const autonumbers = topic("autonumbers", {
  async "count-up-and-begin-anew"(t) {
    const invoices = (await t.open(fixture)).entity("invoice");
    const numbers = async (count: number) =>
      column(await invoices.createMany(Array.from({ length: count }, () => ({}))), "number");
    assert.deepEqual(await numbers(3), ["INV-2026-0001", "INV-2026-0002", "INV-2026-0003"]);
    t.clock.now = Date.UTC(2027, 0, 1);
    assert.deepEqual(await numbers(2), ["INV-2027-0001", "INV-2027-0002"]);
    t.clock.now = Date.UTC(2026, 11, 31, 23, 59);
    assert.deepEqual(await numbers(1), ["INV-2026-0004"]);
  },

  async "a-rolled-back-record-gives-its-number-back"(t) {
    const xrm = await t.open(fixture);
    const invoices = xrm.entity("invoice");
    await invoices.create({ note: "a" });
    await refused("UNIQUE", invoices.create({ note: "A" }));
    await assert.rejects(
      xrm.transaction(async (tx) => {
        await tx.entity("invoice").createMany([{}, {}, {}]);
        throw new Error("no");
      }),
    );
    await xrm.transaction(async (tx) => {
      assert.equal((await tx.entity("invoice").create({}))["number"], "INV-2026-0002");
      await assert.rejects(
        tx.transaction(async (inner) => {
          assert.equal((await inner.entity("invoice").create({}))["number"], "INV-2026-0003");
          throw new Error("no");
        }),
      );
      assert.equal((await tx.entity("invoice").create({}))["number"], "INV-2026-0003");
    });
    assert.deepEqual(column(await invoices.findMany({ orderBy: { number: "asc" } }), "number"), [
      "INV-2026-0001",
      "INV-2026-0002",
      "INV-2026-0003",
    ]);
  },

  async "a-deleted-record-leaves-its-number-unused"(t) {
    const invoices = (await t.open(fixture)).entity("invoice");
    const made = await invoices.create({});
    await invoices.delete(String(made["id"]));
    assert.equal((await invoices.create({}))["number"], "INV-2026-0002");
  },

  async "flows-at-once-leave-no-gap"(t) {
    const xrm = await t.open(fixture);
    const flows = Array.from({ length: 30 }, (_, i) =>
      xrm.transaction(async (tx) => {
        await tx.entity("invoice").create({});
        await pause(1);
        if (i % 3 === 0) throw new Error("no");
      }),
    );
    await Promise.allSettled(flows);
    const numbers = column(await xrm.entity("invoice").findMany({ orderBy: { number: "asc" } }), "number");
    assert.deepEqual(
      numbers,
      Array.from({ length: 20 }, (_, i) => `INV-2026-${String(i + 1).padStart(4, "0")}`),
    );
  },

  async "nobody-else-may-write-them"(t) {
    const invoices = (await t.open(fixture)).entity("invoice");
    await refused("INVALID_RECORD", invoices.create({ number: "INV-2026-0009" }));
    const made = await invoices.create({});
    await refused("INVALID_RECORD", invoices.update(String(made["id"]), { number: "X" }));
    assert.equal(await invoices.count({ where: { number: { startsWith: "INV-2026" } } }), 1);
  },
});
