/** Streams: the whole, page by page, whatever comes and goes. */

import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import { column, refused, topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

type Query = Record<string, unknown>;

const all = (xrm: Xrm<any>, query: Query, options?: object) =>
  Array.fromAsync(xrm.entity("deal").stream(query, ...(options ? [options] : [])));

/** Deals with ties and nulls, and what leads to and from them. */
async function many(xrm: Xrm<any>): Promise<void> {
  const { acme, beta } = await plant(xrm);
  await xrm.entity("deal").createMany(
    Array.from({ length: 24 }, (_, i) => ({
      title: `x${i}`,
      amount: i % 4 === 0 ? null : `${(i % 3) * 10}.00`,
      account: [acme, beta, null][i % 3],
    })),
  );
}

/** Cases on streams. */
export const streams = topic("streams", {
  async "give-what-findMany-gives"(t) {
    const xrm = await t.open(fixture);
    await many(xrm);
    const queries: readonly Query[] = [
      {},
      { orderBy: { amount: "desc" } },
      { orderBy: [{ account: { name: "asc" } }, { amount: "asc" }], select: { title: true } },
      { where: { account: { industry: "tech" } }, include: { account: { include: { clubs: true } } } },
      { where: { title: "nowhere" } },
    ];
    for (const query of queries) {
      const whole = await xrm.entity("deal").findMany(query);
      for (const batch of [1, 2, 7, whole.length || 1, 1_000])
        assert.deepEqual(await all(xrm, { ...query, batch }), whole, JSON.stringify({ query, batch }));
      assert.deepEqual(await all(xrm, query), whole);
      assert.deepEqual(await all(xrm, { ...query, batch: 3 }, { timeoutMs: 60_000 }), whole);
      for (const limit of [0, 1, 5, 6, 100])
        assert.deepEqual(await all(xrm, { ...query, limit, batch: 3 }), whole.slice(0, limit));
    }
  },

  async "stay-right-while-records-come-and-go"(t) {
    const xrm = await t.open(fixture);
    await many(xrm);
    const deals = xrm.entity("deal");
    const orderBy = [{ amount: "asc" }, { title: "asc" }];
    const before = column(await deals.findMany({ orderBy }), "title");
    const seen: unknown[] = [];
    for await (const row of deals.stream({ orderBy, batch: 3 })) {
      seen.push(row["title"]);
      // The record at hand goes, as one that a job has done; one comes before the place, and one after it.
      await deals.delete(String(row["id"]));
      if (seen.length > 8) continue;
      await deals.create({ title: `a${seen.length}` });
      await deals.create({ title: `z${seen.length}`, amount: "999.00" });
    }
    assert.equal(new Set(seen).size, seen.length, "nothing comes twice");
    for (const title of before) assert(seen.includes(title), `${String(title)} is left out`);
    assert.equal(seen.filter((title) => /^z\d/.test(String(title))).length, 8, "what comes after the place shows");
    assert(!seen.slice(9).some((title) => /^a\d/.test(String(title))), "what comes before it does not");
  },

  async "see-their-transaction"(t) {
    const xrm = await t.open(fixture);
    await many(xrm);
    await xrm.transaction(async (tx) => {
      await tx.entity("deal").create({ title: "inside" });
      const rows = await all(tx, { batch: 4 });
      assert.equal(rows.length, 30);
      assert(column(rows, "title").includes("inside"));
      for await (const row of tx.entity("deal").stream({ batch: 5 }))
        await tx.entity("deal").update(String(row["id"]), { probability: 0.5 });
      await tx.transaction(async (inner) => assert.equal((await all(inner, { batch: 9 })).length, 30));
    });
    assert.equal(await xrm.entity("deal").count({ where: { probability: 0.5 } }), 30);
    await refused(
      "TX_MISUSED",
      xrm.transaction(() => all(xrm, {})),
    );
  },

  async "end-when-nobody-wants-more"(t) {
    const xrm = await t.open(fixture);
    await many(xrm);
    let seen = 0;
    for await (const _ of xrm.entity("deal").stream({ batch: 2 })) if (++seen === 5) break;
    assert.equal(seen, 5);
    const broken = (async () => {
      for await (const _ of xrm.entity("deal").stream({ batch: 2 })) throw new Error("enough");
    })();
    await assert.rejects(broken, /enough/);
    const stream = xrm.entity("deal").stream({ batch: 2 });
    await stream.next();
    await stream.return(undefined);
    assert.equal((await stream.next()).done, true);
    await xrm.transaction((tx) => tx.entity("deal").create({ title: "free" }));
  },

  async "are-bounded"(t) {
    const xrm = await t.open(fixture);
    await many(xrm);
    const abort = new AbortController();
    const seen: unknown[] = [];
    const walk = async () => {
      for await (const row of xrm.entity("deal").stream({ batch: 2 }, { signal: abort.signal })) {
        seen.push(row);
        if (seen.length === 3) abort.abort();
      }
    };
    // What was read already is given; the next page is not read.
    await refused("ABORTED", walk());
    assert.equal(seen.length, 4);
    // A timer fires between pages, although every page may be answered at once.
    const timed = AbortSignal.timeout(1);
    const endless = async () => {
      for (;;) for await (const _ of xrm.entity("deal").stream({ batch: 1 }, { signal: timed }));
    };
    await refused("ABORTED", endless());
  },

  async "refuse-what-they-do-not-know"(t) {
    const xrm = await t.open(fixture);
    for (const query of [{ batch: 0 }, { batch: 10_001 }, { after: null }, { total: true }, { limit: -1 }, { bach: 5 }])
      await refused("INVALID_OPTIONS", all(xrm, query));
    await refused("INVALID_QUERY", all(xrm, { where: { nowhere: 1 } }));
    await refused("INVALID_OPTIONS", all(xrm, {}, { timeoutMs: -1 }));
  },
});
