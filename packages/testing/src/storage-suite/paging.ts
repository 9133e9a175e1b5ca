/** Keyset pages: nothing twice, nothing left out, whatever comes and goes. */

import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import { column, refused, topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

type Query = Record<string, unknown>;

async function walk(
  xrm: Xrm<any>,
  query: Query,
  between: (page: number) => Promise<unknown> = async () => undefined,
): Promise<unknown[][]> {
  const pages: unknown[][] = [];
  let after: string | null = null;
  do {
    const page: { rows: Query[]; next: string | null } = await xrm
      .entity("deal")
      .findPage(after === null ? query : { ...query, after });
    pages.push(column(page.rows, "title"));
    after = page.next;
    await between(pages.length);
  } while (after !== null && pages.length < 100);
  return pages;
}

/** Deals with ties and nulls in every sort key. */
async function many(xrm: Xrm<any>): Promise<void> {
  const { acme, beta } = await plant(xrm);
  const accounts = [acme, beta, null];
  await xrm.entity("deal").createMany(
    Array.from({ length: 24 }, (_, i) => ({
      title: `x${i}`,
      amount: i % 4 === 0 ? null : `${(i % 3) * 10}.00`,
      stage: ["open", "won", "lost"][i % 3],
      account: accounts[i % 3],
      closedOn: i % 2 ? "2026-01-15" : null,
      probability: i % 5 === 0 ? null : (i % 2) / 3,
    })),
  );
}

const orders: readonly unknown[] = [
  undefined,
  { id: "desc" },
  { amount: "asc" },
  { amount: "desc" },
  { title: "desc" },
  [{ stage: "desc" }, { amount: "asc" }, { closedOn: "desc" }],
  [{ closedOn: "asc" }, { probability: "desc" }],
  { account: { name: "asc" } },
  [{ account: { name: "desc" } }, { amount: "desc" }],
  { contact: { account: { industry: "desc" } } },
];

/** Cases on pages. */
export const paging = topic("paging", {
  async "pages-join-to-the-whole"(t) {
    const xrm = await t.open(fixture);
    await many(xrm);
    for (const orderBy of orders) {
      const query = { ...(orderBy ? { orderBy } : {}), where: { stage: { in: ["open", "won"] } } };
      const whole = column(await xrm.entity("deal").findMany(query), "title");
      for (const limit of [1, 3, 7, whole.length, 100]) {
        const pages = await walk(xrm, { ...query, limit });
        assert.deepEqual(pages.flat(), whole, JSON.stringify({ orderBy, limit }));
        assert(
          pages.every((page, i) => page.length === limit || i === pages.length - 1),
          "every page but the last is full",
        );
        assert(whole.length === 0 || (pages.at(-1) as unknown[]).length > 0, "the last page is not empty");
      }
    }
  },

  async "records-that-come-and-go-between-pages"(t) {
    const xrm = await t.open(fixture);
    await many(xrm);
    const before = column(
      await xrm.entity("deal").findMany({ orderBy: [{ amount: "asc" }, { title: "asc" }] }),
      "title",
    );
    const gone = new Set<unknown>();
    const pages = await walk(xrm, { orderBy: [{ amount: "asc" }, { title: "asc" }], limit: 4 }, async (page) => {
      // One that belongs before every place, one that belongs after, and the very record that the cursor stands at.
      await xrm.entity("deal").create({ title: `a${page}` });
      await xrm.entity("deal").create({ title: `z${page}`, amount: "999.00" });
      const title = pagesSoFar(page * 4 - 1);
      const deal = await xrm.entity("deal").findOne({ where: { title } });
      if (deal) {
        gone.add(title);
        await xrm.entity("deal").delete(String(deal["id"]));
      }
    });
    function pagesSoFar(at: number): string {
      return String(before[at]);
    }
    const seen = pages.flat();
    assert.equal(new Set(seen).size, seen.length, "nothing comes twice");
    for (const title of before) assert(seen.includes(title), `${String(title)} is left out`);
    assert(!seen.some((title) => /^a\d/.test(String(title))), "what comes before the place does not show");
    assert(
      seen.some((title) => /^z\d/.test(String(title))),
      "what comes after it does",
    );
    assert(gone.size > 3);
  },

  async "the-default-is-fifty"(t) {
    const xrm = await t.open(fixture);
    await xrm.entity("deal").createMany(Array.from({ length: 60 }, (_, i) => ({ title: `t${i}` })));
    const first = await xrm.entity("deal").findPage();
    assert.equal(first.rows.length, 50);
    assert(!("total" in first));
    const second = await xrm.entity("deal").findPage({ after: first.next });
    assert.equal(second.rows.length, 10);
    assert.equal(second.next, null);
  },

  async totals(t) {
    const xrm = await t.open(fixture);
    await many(xrm);
    const total = async (query: Query) => (await xrm.entity("deal").findPage(query)).total;
    assert.equal(await total({ limit: 2, total: true }), 29);
    assert.equal(
      await total({ limit: 2, total: true, where: { stage: "won" } }),
      await xrm.entity("deal").count({ where: { stage: "won" } }),
    );
    assert.equal(await total({ limit: 2, total: { upTo: 10 } }), 10);
    assert.equal(await total({ limit: 2, total: { upTo: 29 } }), 29);
    assert.equal(await total({ limit: 2, total: { upTo: 1_000 } }), 29);
  },

  async "strange-cursors-are-refused"(t) {
    const xrm = await t.open(fixture);
    await many(xrm);
    const { next } = await xrm.entity("deal").findPage({ orderBy: { amount: "asc" }, limit: 2 });
    assert.equal(typeof next, "string");
    const cursor = String(next);
    for (const after of [cursor.slice(0, -3), `${cursor}x`, "", "%%", "e30", 7, "x".repeat(100_000)]) {
      await refused("INVALID_CURSOR", xrm.entity("deal").findPage({ orderBy: { amount: "asc" }, limit: 2, after }));
    }
    await refused(
      "INVALID_CURSOR",
      xrm.entity("deal").findPage({ orderBy: { amount: "desc" }, limit: 2, after: cursor }),
    );
    await refused("INVALID_CURSOR", xrm.entity("account").findPage({ limit: 2, after: cursor }));
  },
});
