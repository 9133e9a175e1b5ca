/** Transactions: all or nothing, and what others see meanwhile. */

import assert from "node:assert/strict";
import { column, pause, refused, topic } from "./case.ts";
import { fixture } from "./fixture.ts";

/** Cases on transactions. */
export const transactions = topic("transactions", {
  async "commit-keeps-all"(t) {
    const xrm = await t.open(fixture);
    const answer = await xrm.transaction(async (tx) => {
      const made = await tx.entity("account").create({ name: "a" });
      await tx.entity("contact").create({ name: "c", account: made["id"] });
      await tx.entity("account").update(String(made["id"]), { name: "b" });
      return 7;
    });
    assert.equal(answer, 7);
    assert.deepEqual(column(await xrm.entity("account").findMany(), "name"), ["b"]);
    assert.equal(await xrm.entity("contact").count(), 1);
  },

  async "a-throw-undoes-all"(t) {
    const xrm = await t.open(fixture);
    const kept = await xrm.entity("account").create({ name: "kept", code: "K" });
    await assert.rejects(
      xrm.transaction(async (tx) => {
        await tx.entity("account").create({ name: "a", code: "A" });
        await tx.entity("account").update(String(kept["id"]), { name: "changed", code: null });
        await tx.entity("account").delete(String(kept["id"]));
        throw new Error("enough");
      }),
      /enough/,
    );
    assert.deepEqual(await xrm.entity("account").findMany(), [kept]);
    // Its unique key is held again, the other one is free.
    await refused("UNIQUE", xrm.entity("account").create({ name: "x", code: "k" }));
    await xrm.entity("account").create({ name: "x", code: "a" });
  },

  async "its-own-writes-are-seen-inside"(t) {
    const xrm = await t.open(fixture);
    await xrm.entity("account").create({ name: "before" });
    await xrm.transaction(async (tx) => {
      const accounts = tx.entity("account");
      const made = await accounts.create({ name: "inside", employees: 3 });
      assert.equal((await accounts.get(String(made["id"])))["name"], "inside");
      assert.equal((await accounts.get(String(made["id"]), { lock: true }))["name"], "inside");
      assert.equal(await accounts.count(), 2);
      assert.deepEqual(await accounts.aggregate({ measures: { sum: { sum: "employees" } } }), [{ sum: 3 }]);
      assert.deepEqual(column((await accounts.findPage({ orderBy: { name: "desc" } })).rows, "name"), [
        "inside",
        "before",
      ]);
      await tx.entity("contact").create({ account: made["id"] });
      const found = await accounts.findOne({ where: { contacts: { some: {} } }, include: { contacts: true } });
      assert.equal((found?.["contacts"] as unknown[] | undefined)?.length, 1);
    });
  },

  async "others-see-committed-data-only"(t) {
    if (!t.capabilities.readsDuringTransaction) return othersWait(t);
    const xrm = await t.open(fixture);
    const made = await xrm.entity("account").create({ name: "old" });
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const running = xrm.transaction(async (tx) => {
      await tx.entity("account").update(String(made["id"]), { name: "new" });
      await tx.entity("account").create({ name: "another" });
      await gate;
    });
    await pause();
    assert.deepEqual(column(await xrm.entity("account").findMany(), "name"), ["old"]);
    assert.equal((await xrm.entity("account").get(String(made["id"])))["version"], 1);
    assert.equal(await xrm.entity("account").count(), 1);
    assert.deepEqual(await xrm.entity("account").aggregate({ measures: { n: "count" } }), [{ n: 1 }]);
    open();
    await running;
    assert.deepEqual(column(await xrm.entity("account").findMany(), "name"), ["new", "another"]);
  },

  async "after-a-failed-write-it-can-only-be-rolled-back"(t) {
    const xrm = await t.open(fixture);
    await xrm.entity("account").create({ name: "a", code: "A" });
    const error = await refused("TX_ROLLBACK_ONLY", () =>
      xrm.transaction(async (tx) => {
        await tx.entity("account").create({ name: "b" });
        await refused("UNIQUE", tx.entity("account").create({ name: "c", code: "A" }));
        await refused("TX_ROLLBACK_ONLY", tx.entity("account").create({ name: "d" }));
        await refused("TX_ROLLBACK_ONLY", tx.entity("account").findMany());
      }),
    );
    assert.equal((error.cause as { code?: string }).code, "UNIQUE");
    assert.deepEqual(column(await xrm.entity("account").findMany(), "name"), ["a"]);
  },

  async "a-failed-read-marks-nothing"(t) {
    const xrm = await t.open(fixture);
    await xrm.transaction(async (tx) => {
      await refused("NOT_FOUND", tx.entity("account").get("018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d"));
      await refused("INVALID_QUERY", tx.entity("account").findMany({ where: { nam: "x" } }));
      await tx.entity("account").create({ name: "a" });
    });
    assert.equal(await xrm.entity("account").count(), 1);
  },

  async "several-calls-at-once-inside"(t) {
    const xrm = await t.open(fixture);
    const made = await xrm.transaction((tx) =>
      Promise.all(Array.from({ length: 20 }, (_, i) => tx.entity("account").create({ name: `n${i}`, code: `c${i}` }))),
    );
    assert.equal(new Set(column(made, "id")).size, 20);
    assert.equal(await xrm.entity("account").count(), 20);
    await refused("UNIQUE", () =>
      xrm.transaction((tx) =>
        Promise.all(
          Array.from({ length: 20 }, (_, i) => tx.entity("account").create({ name: "x", code: `d${i % 19}` })),
        ),
      ),
    );
    assert.equal(await xrm.entity("account").count(), 20);
  },

  async "what-it-did-not-wait-for-belongs-to-it"(t) {
    const xrm = await t.open(fixture);
    const calls: Promise<unknown>[] = [];
    await xrm.transaction(async (tx) => {
      calls.push(tx.entity("account").create({ name: "a" }));
      calls.push(tx.entity("account").create({ name: "b" }));
    });
    await Promise.all(calls);
    assert.equal(await xrm.entity("account").count(), 2);
  },

  async "one-instant-for-all"(t) {
    const xrm = await t.open(fixture);
    await xrm.transaction(async (tx) => {
      const first = await tx.entity("account").create({ name: "a" });
      t.clock.now += 5_000;
      const second = await tx.entity("account").create({ name: "b" });
      assert.equal(first["createdAt"], second["createdAt"]);
    });
  },

  async "the-root-is-refused-inside"(t) {
    const xrm = await t.open(fixture);
    const started = performance.now();
    await refused("TX_MISUSED", () =>
      xrm.transaction(async () => {
        await xrm.entity("account").create({ name: "a" });
      }),
    );
    assert(performance.now() - started < 1_000, "a misuse is told at once, not after a deadline");
    assert.equal(await xrm.entity("account").count(), 0);
  },

  async "its-handle-ends-with-it"(t) {
    const xrm = await t.open(fixture);
    const handles: (typeof xrm)[] = [];
    await xrm.transaction((tx) => {
      handles.push(tx);
    });
    await refused("TX_CLOSED", (handles[0] as typeof xrm).entity("account").create({ name: "a" }));
    await refused("TX_CLOSED", (handles[0] as typeof xrm).entity("account").findMany());
    assert.equal(await xrm.entity("account").count(), 0);
  },

  async "it-has-a-deadline"(t) {
    const xrm = await t.open(fixture, { transactionMs: 60 });
    const error = await refused("TX_TIMEOUT", () =>
      xrm.transaction(async (tx) => {
        await tx.entity("account").create({ name: "a" });
        await pause(200);
      }),
    );
    assert.equal(error.retryable, true);
    assert.equal(await xrm.entity("account").count(), 0);
    // The writer's place is free again.
    await xrm.entity("account").create({ name: "b" });
  },
});

async function othersWait(t: Parameters<(typeof transactions)[number]["run"]>[0]): Promise<void> {
  const xrm = await t.open(fixture);
  const order: string[] = [];
  const running = xrm.transaction(async (tx) => {
    await tx.entity("account").create({ name: "a" });
    await pause(30);
    order.push("committed");
  });
  await pause();
  const reading = xrm
    .entity("account")
    .count()
    .then((count) => order.push(`read ${count}`));
  await Promise.all([running, reading]);
  assert.deepEqual(order, ["committed", "read 1"]);
}
