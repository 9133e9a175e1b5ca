/** Spans of time seen from now: in the actor's zone, with the actor's fiscal year, at each asking anew. */

import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import { column, refused, topic } from "./case.ts";
import { fixture } from "./fixture.ts";

type Reader = { readonly timeZone?: string; readonly fiscalYearStart?: number };

/** Makes deals with these dates and instants, and gives a question about them: the titles of what is within a span. */
async function asker(xrm: Xrm<any>, rows: readonly { closedOn?: string; seenAt?: string }[]) {
  await xrm.entity("deal").createMany(rows.map((row) => ({ title: row.closedOn ?? row.seenAt, ...row })));
  return async (field: string, within: unknown, reader: Reader = {}) => {
    const found = await xrm
      .as({ id: "u", ...reader })
      .entity("deal")
      .findMany({ where: { [field]: { within } }, orderBy: { title: "asc" } });
    return column(found, "title");
  };
}

const days = (...closedOn: string[]) => closedOn.map((day) => ({ closedOn: day }));
const instants = (...seenAt: string[]) => seenAt.map((instant) => ({ seenAt: instant }));

/** Cases on `within`. */
export const relative = topic("relative-dates", {
  async "dates-by-word"(t) {
    t.clock.now = Date.UTC(2026, 0, 31, 9, 30);
    const all = ["2025-07-01", "2025-12-31", "2026-01-01", "2026-01-25", "2026-01-26", "2026-01-30", "2026-01-31"];
    const later = ["2026-02-01", "2026-02-02", "2026-02-28", "2026-03-31", "2026-04-01", "2026-06-30", "2027-01-01"];
    const ask = await asker(await t.open(fixture), days(...all, ...later));
    assert.deepEqual(await ask("closedOn", "today"), ["2026-01-31"]);
    assert.deepEqual(await ask("closedOn", "yesterday"), ["2026-01-30"]);
    assert.deepEqual(await ask("closedOn", "tomorrow"), ["2026-02-01"]);
    assert.deepEqual(await ask("closedOn", "this_week"), ["2026-01-26", "2026-01-30", "2026-01-31", "2026-02-01"]);
    assert.deepEqual(await ask("closedOn", "last_week"), ["2026-01-25"]);
    assert.deepEqual(await ask("closedOn", "next_week"), ["2026-02-02"]);
    assert.deepEqual(await ask("closedOn", "next_month"), ["2026-02-01", "2026-02-02", "2026-02-28"]);
    assert.deepEqual(await ask("closedOn", "last_month"), ["2025-12-31"]);
    assert.deepEqual(await ask("closedOn", "next_quarter"), ["2026-04-01", "2026-06-30"]);
    assert.deepEqual(await ask("closedOn", "last_year"), ["2025-07-01", "2025-12-31"]);
    assert.deepEqual(await ask("closedOn", "next_year"), ["2027-01-01"]);
    assert.deepEqual(await ask("closedOn", { last: 1, unit: "month" }), ["2025-12-31"]);
    assert.deepEqual(await ask("closedOn", { last: 5, unit: "day" }), ["2026-01-26", "2026-01-30"]);
    assert.deepEqual(await ask("closedOn", { next: 2, unit: "quarter" }), ["2026-04-01", "2026-06-30"]);
    assert.deepEqual(await ask("closedOn", { last: 10_000, unit: "year" }), ["2025-07-01", "2025-12-31"]);
    assert.deepEqual(await ask("closedOn", "this_fiscal_year", { fiscalYearStart: 7 }), [
      ...all,
      ...later.slice(0, -1),
    ]);
    assert.deepEqual(await ask("closedOn", "last_fiscal_quarter", { fiscalYearStart: 2 }), []);
    assert.deepEqual(
      await ask("closedOn", "next_fiscal_quarter", { fiscalYearStart: 2 }),
      later.slice(0, 6).filter((day) => day < "2026-05"),
    );
  },

  async "instants-by-the-actors-day"(t) {
    // 23:30 on the 30th in São Paulo, 08:00 on the 31st in Kolkata.
    t.clock.now = Date.UTC(2026, 0, 31, 2, 30);
    const all = [
      "2026-01-30T02:59:59.999Z",
      "2026-01-30T03:00:00.000Z",
      "2026-01-30T18:29:59.999Z",
      "2026-01-30T18:30:00.000Z",
      "2026-01-31T02:59:59.999Z",
      "2026-01-31T03:00:00.000Z",
      "2026-01-31T18:30:00.000Z",
    ];
    const ask = await asker(await t.open(fixture), instants(...all));
    assert.deepEqual(await ask("seenAt", "today", { timeZone: "America/Sao_Paulo" }), all.slice(1, 5));
    assert.deepEqual(await ask("seenAt", "today", { timeZone: "Asia/Kolkata" }), all.slice(3, 6));
    assert.deepEqual(await ask("seenAt", "today", { timeZone: "+05:30" }), all.slice(3, 6));
    assert.deepEqual(await ask("seenAt", "today"), all.slice(4));
    // The same question on the next day is another one, though its statement is the same.
    t.clock.now += 86_400_000;
    assert.deepEqual(await ask("seenAt", "yesterday", { timeZone: "America/Sao_Paulo" }), all.slice(1, 5));
    assert.deepEqual(await ask("createdAt", "this_year"), all);
  },

  async "days-that-clocks-change"(t) {
    const ask = await asker(
      await t.open(fixture),
      instants(
        "2026-03-08T04:59:59.999Z",
        "2026-03-08T05:00:00.000Z",
        "2026-03-09T03:59:59.999Z",
        "2026-03-09T04:00:00.000Z",
        "2017-10-15T02:59:59.999Z",
        "2017-10-15T03:00:00.000Z",
        "2011-12-30T09:59:59.999Z",
        "2011-12-30T10:00:00.000Z",
      ),
    );
    t.clock.now = Date.UTC(2026, 2, 8, 12);
    // 23 hours long.
    assert.deepEqual(await ask("seenAt", "today", { timeZone: "America/New_York" }), [
      "2026-03-08T05:00:00.000Z",
      "2026-03-09T03:59:59.999Z",
    ]);
    // It has no midnight: clocks went from 23:59:59 to 01:00.
    t.clock.now = Date.UTC(2017, 9, 15, 12);
    assert.deepEqual(await ask("seenAt", "today", { timeZone: "America/Sao_Paulo" }), ["2017-10-15T03:00:00.000Z"]);
    // Samoa left out a day: its yesterday has no hours.
    t.clock.now = Date.UTC(2011, 11, 30, 20);
    assert.deepEqual(await ask("seenAt", "today", { timeZone: "Pacific/Apia" }), ["2011-12-30T10:00:00.000Z"]);
    assert.deepEqual(await ask("seenAt", "yesterday", { timeZone: "Pacific/Apia" }), []);
    assert.deepEqual(await ask("seenAt", { last: 2, unit: "day" }, { timeZone: "Pacific/Apia" }), [
      "2011-12-30T09:59:59.999Z",
    ]);
  },

  async "one-now-in-a-transaction"(t) {
    const xrm = await t.open(fixture);
    await xrm.entity("deal").create({ title: "a", closedOn: "2026-01-31" });
    await xrm.transaction(async (tx: Xrm<any>) => {
      t.clock.now += 86_400_000;
      assert.equal(await tx.entity("deal").count({ where: { closedOn: { within: "today" } } }), 1);
      assert.equal(await tx.entity("deal").updateMany({ closedOn: { within: "today" } }, { stage: "won" }), 1);
    });
    assert.equal(await xrm.entity("deal").count({ where: { closedOn: { within: "today" } } }), 0);
    assert.equal(await xrm.entity("deal").updateMany({ closedOn: { within: "yesterday" } }, { stage: "lost" }), 1);
  },

  async "through-relations-and-in-includes"(t) {
    const xrm = await t.open(fixture);
    const account = await xrm.entity("account").create({ name: "a", founded: "2026-01-30" });
    await xrm.entity("deal").createMany([
      { title: "old", closedOn: "2026-01-30", account: account["id"] },
      { title: "new", closedOn: "2026-01-31", account: account["id"] },
    ]);
    const query = {
      where: { founded: { within: "yesterday" }, deals: { some: { closedOn: { within: "today" } } } },
      include: { deals: { where: { closedOn: { within: "today" } } } },
    };
    const [found] = await xrm.entity("account").findMany(query);
    assert.deepEqual(column(found?.["deals"] as Record<string, unknown>[], "title"), ["new"]);
  },

  async "what-is-no-span"(t) {
    const xrm = await t.open(fixture);
    for (const within of ["this_decade", "Today", "", 5, true, {}, { last: 0, unit: "day" }, { last: 1 }, ["today"]]) {
      const error = await refused("INVALID_QUERY", xrm.entity("deal").findMany({ where: { closedOn: { within } } }));
      assert.equal(error.issues[0]?.code, "RELATIVE", error.message);
    }
    for (const within of [
      { last: 1, next: 1, unit: "day" },
      { last: 1.5, unit: "day" },
      { last: 1, unit: "hour" },
      { last: 10_001, unit: "day" },
      { from: "2026-01-01" },
    ])
      await refused("INVALID_QUERY", xrm.entity("deal").count({ where: { closedOn: { within } } }));
    await refused("INVALID_QUERY", xrm.entity("deal").count({ where: { closedOn: { within: null } } }));
    await refused("INVALID_QUERY", xrm.entity("deal").count({ where: { title: { within: "today" } } }));
  },
});
