/** Closing, and what a restart finds. */

import assert from "node:assert/strict";
import { pause, refused, topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

const entities = ["account", "contact", "deal", "club", "membership", "invoice"];

/** Cases on closing and restarting. */
export const durability = topic("durability", {
  async "a-restart-finds-what-was-committed"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    await xrm.entity("invoice").createMany([{ note: "a" }, { note: "b" }]);
    await xrm.entity("account").updateMany({ industry: "tech" }, { settings: { a: [1, null, "é"] }, tags: ["x"] });
    await assert.rejects(
      xrm.transaction(async (tx) => {
        await tx.entity("account").create({ name: "lost" });
        await tx.entity("invoice").create({});
        throw new Error("no");
      }),
    );
    const before = await Promise.all(entities.map((name) => xrm.entity(name).findMany()));
    const again = await t.restart(fixture);
    const after = await Promise.all(entities.map((name) => again.entity(name).findMany()));
    if (!t.capabilities.durable)
      return assert.deepEqual(after.flat(), [], "a storage that is not durable begins empty");
    assert.deepEqual(after, before);
    assert.equal((await again.entity("invoice").create({}))["number"], "INV-2026-0003");
    await refused("UNIQUE", again.entity("account").create({ name: "x", code: "a" }));
    await refused("RESTRICTED", again.entity("account").deleteMany({}));
    assert.equal(await again.entity("account").updateMany({}, { active: true }), 4);
  },

  async "close-waits-for-open-transactions"(t) {
    const xrm = await t.open(fixture);
    const order: string[] = [];
    const running = xrm.transaction(async (tx) => {
      await tx.entity("account").create({ name: "a" });
      await pause(30);
      await tx.entity("account").create({ name: "b" });
      order.push("done");
    });
    await pause();
    const closing = xrm.close().then(() => order.push("closed"));
    await Promise.all([running, closing]);
    assert.deepEqual(order, ["done", "closed"]);
    if (t.capabilities.durable) assert.equal(await (await t.restart(fixture)).entity("account").count(), 2);
  },

  async "after-close-every-call-is-refused"(t) {
    const xrm = await t.open(fixture);
    const { id } = await xrm.entity("account").create({ name: "a" });
    await xrm.close();
    await xrm.close();
    const accounts = xrm.entity("account");
    for (const call of [
      () => accounts.findMany(),
      () => accounts.get(String(id)),
      () => accounts.count(),
      () => accounts.aggregate({ measures: { n: "count" } }),
      () => accounts.create({ name: "b" }),
      () => accounts.update(String(id), { name: "b" }),
      () => accounts.delete(String(id)),
      () => xrm.transaction(() => undefined),
    ])
      await refused("CLOSED", call);
  },
});
