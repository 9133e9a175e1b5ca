/** Several flows at once. */

import assert from "node:assert/strict";
import { pause, refused, topic } from "./case.ts";
import { fixture } from "./fixture.ts";

/** Cases on flows that run at the same time. */
export const concurrency = topic("concurrency", {
  async "read-then-write-does-not-interleave"(t) {
    const xrm = await t.open(fixture);
    const { id } = await xrm.entity("account").create({ name: "counter", employees: 0 });
    const add = () =>
      xrm.transaction(async (tx) => {
        const row = await tx.entity("account").get(String(id), { lock: true });
        await pause(1);
        await tx.entity("account").update(String(id), { employees: Number(row["employees"]) + 1 });
      });
    await Promise.all(Array.from({ length: 25 }, add));
    const row = await xrm.entity("account").get(String(id));
    assert.deepEqual([row["employees"], row["version"]], [25, 26]);
  },

  async "many-single-writes"(t) {
    const xrm = await t.open(fixture);
    const accounts = xrm.entity("account");
    const made = await Promise.all(
      Array.from({ length: 100 }, (_, i) => accounts.create({ name: `n${i}`, code: `c${i}` })),
    );
    assert.equal(new Set(made.map((row) => row["id"])).size, 100);
    await Promise.all(made.map((row) => accounts.update(String(row["id"]), { employees: 1 })));
    assert.deepEqual(await accounts.aggregate({ measures: { n: "count", sum: { sum: "employees" } } }), [
      { n: 100, sum: 100 },
    ]);
  },

  async "one-of-two-equal-keys-wins"(t) {
    const xrm = await t.open(fixture);
    const tries = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => xrm.entity("account").create({ name: `n${i}`, code: "same" })),
    );
    assert.equal(tries.filter((one) => one.status === "fulfilled").length, 1);
    for (const one of tries) if (one.status === "rejected") assert.equal(one.reason.code, "UNIQUE");
    assert.equal(await xrm.entity("account").count(), 1);
  },

  async "upserts-of-one-key-make-one-record"(t) {
    const xrm = await t.open(fixture);
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        xrm.entity("account").upsert({ name: `n${i}`, code: "same" }, { by: "code" }),
      ),
    );
    assert.equal(await xrm.entity("account").count(), 1);
  },

  async "a-rollback-takes-only-its-own"(t) {
    const xrm = await t.open(fixture);
    const flows = Array.from({ length: 20 }, (_, i) =>
      xrm.transaction(async (tx) => {
        await tx.entity("account").create({ name: `a${i}` });
        await pause(1);
        await tx.entity("account").create({ name: `b${i}` });
        if (i % 2) throw new Error("no");
      }),
    );
    await Promise.allSettled(flows);
    const names = (await xrm.entity("account").findMany()).map((row) => String(row["name"]));
    assert.equal(names.length, 20);
    assert(names.every((name) => Number(name.slice(1)) % 2 === 0));
  },

  async "waiting-for-the-writer-has-a-deadline"(t) {
    const xrm = await t.open(fixture, { waitMs: 50 });
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const held = await xrm.entity("account").create({ name: "held" });
    const running = xrm.transaction(async (tx) => {
      await tx.entity("account").update(String(held["id"]), { name: "changed" });
      await gate;
    });
    await pause(10);
    const started = performance.now();
    const error = await refused("BUSY", xrm.entity("account").update(String(held["id"]), { name: "other" }));
    assert(performance.now() - started < 5_000);
    assert.equal(error.retryable, true);
    open();
    await running;
    assert.equal((await xrm.entity("account").update(String(held["id"]), { name: "other" }))["version"], 3);
  },

  async "others-go-on-while-one-waits"(t) {
    const xrm = await t.open(fixture);
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const running = xrm.transaction(async (tx) => {
      await tx.entity("account").create({ name: "a" });
      await gate;
    });
    await pause();
    const waiting = xrm.entity("account").create({ name: "b" });
    let ticks = 0;
    for (let i = 0; i < 5; i++) {
      await pause(1);
      ticks++;
    }
    assert.equal(ticks, 5, "waiting does not hold up the event loop");
    open();
    await Promise.all([running, waiting]);
    assert.equal(await xrm.entity("account").count(), 2);
  },
});
