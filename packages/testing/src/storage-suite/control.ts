/** Signals and time limits: what is bounded stops, and leaves no trace. */

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import type { Xrm } from "@kith/core";
import { column, pause, refused, topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

type Query = Record<string, unknown>;

const accounts = (xrm: Xrm<any>) => xrm.entity("account");

/** Every call that reads, bounded by these options. */
const reads = (xrm: Xrm<any>, id: string): Readonly<Record<string, (options: object) => Promise<unknown>>> => {
  const all = accounts(xrm);
  return {
    get: (options) => all.get(id, {}, options),
    findOne: (options) => all.findOne({}, options),
    findMany: (options) => all.findMany({}, options),
    findPage: (options) => all.findPage({ total: true }, options),
    count: (options) => all.count({ where: { name: { contains: "e" } } }, options),
    exists: (options) => all.exists({}, options),
    aggregate: (options) => all.aggregate({ measures: { n: "count" } }, options),
  };
};

/** Queries that meet every part of a statement. */
const queries: readonly Query[] = [
  {},
  { where: { name: { contains: "a" } }, orderBy: { revenue: "desc" }, limit: 3 },
  { where: { deals: { some: { stage: "won" } }, not: { clubs: { some: { name: "chess" } } } } },
  { where: { parent: { contacts: { some: {} } } }, include: { parent: true } },
  { include: { deals: { orderBy: { title: "desc" }, limit: 1, include: { contact: true } }, clubs: { limit: 1 } } },
  { include: { subsidiaries: { include: { clubs: true, parent: { where: { active: true } } } } } },
];

/** A query whose answer grows by a factor at each level of its includes. */
async function endless(xrm: Xrm<any>): Promise<Query> {
  const root = await accounts(xrm).create({ name: "root" });
  const siblings = Array.from({ length: 100 }, (_, i) => ({ name: `s${i}`, parent: root["id"] }));
  await accounts(xrm).createMany(siblings);
  const level = (depth: number): Query =>
    depth === 0 ? {} : { include: { parent: { include: { subsidiaries: level(depth - 1) } } } };
  return level(4);
}

/** Cases on what bounds a call. */
export const control = topic("control", {
  async "bounded-calls-have-the-same-answers"(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    const bounds = [{ timeoutMs: 60_000 }, { signal: new AbortController().signal }];
    bounds.push({ timeoutMs: 60_000, signal: new AbortController().signal } as (typeof bounds)[number]);
    const check = async (on: Xrm<any>) => {
      for (const options of bounds) {
        for (const query of queries) {
          const plain = await on.entity("account").findMany(query);
          assert.deepEqual(await on.entity("account").findMany(query, options), plain, JSON.stringify(query));
          const page = await on.entity("account").findPage({ ...query, limit: 2 });
          assert.deepEqual(await on.entity("account").findPage({ ...query, limit: 2 }, options), page);
        }
        for (const [name, read] of Object.entries(reads(on, acme)))
          assert.deepEqual(await read(options), await read({}), name);
        const figures = {
          groupBy: { industry: true },
          measures: { sum: { sum: "revenue" } },
          orderBy: { sum: "desc" },
        };
        assert.deepEqual(
          await on.entity("account").aggregate({ where: { parent: null }, ...figures }, options),
          await on.entity("account").aggregate({ where: { parent: null }, ...figures }),
        );
      }
    };
    await check(xrm);
    await xrm.transaction(check);
    // A signal may outlive many calls: none of them may go on listening.
    const { signal } = new AbortController();
    await accounts(xrm).findMany({ include: { deals: true } }, { signal, timeoutMs: 60_000 });
    await xrm.transaction((tx) => tx.transaction((inner) => accounts(inner).count({}, { signal }), { signal }), {
      signal,
    });
    assert.equal(getEventListeners(signal, "abort").length, 0);
  },

  async "an-aborted-signal-stops-every-read"(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    for (const [name, read] of Object.entries(reads(xrm, acme))) {
      const error = await refused("ABORTED", read({ signal }));
      assert.equal(error.cause, reason, name);
      assert.equal(error.retryable, false);
    }
    await xrm.transaction(async (tx) => {
      for (const read of Object.values(reads(tx, acme))) await refused("ABORTED", read({ signal }));
      await tx.entity("account").update(acme, { employees: 11 });
    });
    assert.equal((await xrm.entity("account").get(acme))["employees"], 11);
    await refused(
      "ABORTED",
      xrm.transaction(() => assert.fail("not to be run"), { signal }),
    );
  },

  async "a-signal-acts-within-a-query"(t) {
    if (!t.capabilities.abortsReads) return;
    const xrm = await t.open(fixture);
    const query = await endless(xrm);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 5);
    await refused("ABORTED", xrm.entity("account").findMany(query, { signal: abort.signal }));
    assert.equal(await xrm.entity("account").count(), 101);
  },

  async "a-time-limit-stops-a-query"(t) {
    const xrm = await t.open(fixture);
    const query = await endless(xrm);
    const error = await refused("QUERY_TIMEOUT", xrm.entity("account").findMany(query, { timeoutMs: 50 }));
    assert.equal(error.retryable, true);
    assert.equal(error.params["timeoutMs"], 50);
    assert.equal(await xrm.entity("account").count({}, { timeoutMs: 10_000 }), 101);
  },

  async "a-read-that-was-stopped-marks-nothing"(t) {
    const xrm = await t.open(fixture);
    const query = await endless(xrm);
    await xrm.transaction(async (tx) => {
      const made = await tx.entity("account").create({ name: "before" });
      await refused("QUERY_TIMEOUT", tx.entity("account").findMany(query, { timeoutMs: 50 }));
      await tx.entity("account").update(String(made["id"]), { employees: 5 });
      await tx.transaction(async (inner) => {
        await refused("QUERY_TIMEOUT", inner.entity("account").findMany(query, { timeoutMs: 50 }));
        await inner.entity("account").create({ name: "inner" });
      });
    });
    const kept = await xrm.entity("account").findMany({ where: { name: { in: ["before", "inner"] } } });
    assert.deepEqual(column(kept, "employees"), [5, null]);
  },

  async "the-systems-own-limit"(t) {
    const xrm = await t.open(fixture, { queryTimeoutMs: 50 });
    const query = await endless(xrm);
    await refused("QUERY_TIMEOUT", xrm.entity("account").findMany(query));
    await refused("QUERY_TIMEOUT", xrm.entity("account").findMany(query, { timeoutMs: 20 }));
    const slow = xrm.entity("account").findMany({ limit: 1 }, { timeoutMs: 60_000 });
    assert.equal((await slow).length, 1);
  },

  async "an-aborted-transaction-is-rolled-back"(t) {
    const xrm = await t.open(fixture);
    const abort = new AbortController();
    const attempt = xrm.transaction(
      async (tx) => {
        await tx.entity("account").create({ name: "gone" });
        abort.abort();
        await pause(1_000);
        await tx.entity("account").create({ name: "gone too" });
      },
      { signal: abort.signal },
    );
    await refused("ABORTED", attempt);
    assert.equal(await xrm.entity("account").count(), 0);
    await xrm.transaction((tx) => tx.entity("account").create({ name: "kept" }), {
      signal: new AbortController().signal,
    });
    assert.equal(await xrm.entity("account").count(), 1);
  },

  async "an-aborted-savepoint-is-rolled-back-alone"(t) {
    const xrm = await t.open(fixture);
    await xrm.transaction(async (tx) => {
      await tx.entity("account").create({ name: "outer" });
      const abort = new AbortController();
      const inner = tx.transaction(
        async (savepoint) => {
          await savepoint.entity("account").create({ name: "inner" });
          abort.abort();
          await pause(1_000);
        },
        { signal: abort.signal },
      );
      await refused("ABORTED", inner);
      await tx.entity("account").create({ name: "after" });
    });
    assert.deepEqual(column(await xrm.entity("account").findMany(), "name").sort(), ["after", "outer"]);
  },

  async "a-signal-ends-the-wait-for-a-lock"(t) {
    const xrm = await t.open(fixture);
    const { id } = await xrm.entity("account").create({ name: "held" });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const holder = xrm.transaction(async (tx) => {
      await tx.entity("account").get(String(id), { lock: true });
      await tx.entity("account").update(String(id), { employees: 1 });
      await held;
    });
    await pause(20);
    const abort = new AbortController();
    const waiter = xrm.transaction(
      async (tx) => {
        await tx.entity("account").get(String(id), { lock: true });
        await tx.entity("account").update(String(id), { employees: 2 });
      },
      { signal: abort.signal },
    );
    setTimeout(() => abort.abort(), 20);
    await refused("ABORTED", waiter);
    release();
    await holder;
    await xrm.entity("account").update(String(id), { name: "free" });
    const row = await xrm.entity("account").get(String(id));
    assert.deepEqual([row["employees"], row["name"]], [1, "free"]);
  },

  async "wrong-bounds-are-refused"(t) {
    const xrm = await t.open(fixture);
    for (const options of [{ timeoutMs: 0 }, { timeoutMs: 1.5 }, { timeout: 5 }, { signal: true }, 7, null])
      await refused("INVALID_OPTIONS", xrm.entity("account").findMany({}, options as object));
    await refused(
      "INVALID_OPTIONS",
      xrm.transaction(() => 1, { signal: "no" } as never),
    );
  },
});
