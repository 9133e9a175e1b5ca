/** Figures over many records. */

import assert from "node:assert/strict";
import { topic } from "./case.ts";
import { fixture, plant, thing } from "./fixture.ts";

/** Cases on aggregates. */
export const aggregates = topic("aggregates", {
  async "each-measure"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const measures = {
      all: "count",
      stages: { countDistinct: "stage" },
      amounts: { countDistinct: "amount" },
      sum: { sum: "amount" },
      avg: { avg: "amount" },
      min: { min: "amount" },
      max: { max: "amount" },
      first: { min: "closedOn" },
      last: { max: "title" },
      best: { max: "stage" },
      born: { min: "createdAt" },
    };
    assert.deepEqual(await xrm.entity("deal").aggregate({ measures }), [
      {
        all: 5,
        stages: 3,
        amounts: 4,
        sum: "60.05",
        avg: "15.01",
        min: "0.05",
        max: "30.00",
        first: "2026-01-15",
        last: "d5",
        best: "lost",
        born: "2026-01-31T09:30:00.000Z",
      },
    ]);
    assert.deepEqual(
      await xrm.entity("account").aggregate({
        measures: {
          sum: { sum: "employees" },
          avg: { avg: "employees" },
          min: { min: "employees" },
          active: { max: "active" },
          least: { min: "active" },
        },
      }),
      [{ sum: 60, avg: 20, min: 10, active: true, least: false }],
    );
  },

  async "nothing-to-measure"(t) {
    const xrm = await t.open(fixture);
    const measures = {
      n: "count",
      d: { countDistinct: "amount" },
      sum: { sum: "amount" },
      avg: { avg: "probability" },
      min: { min: "title" },
      max: { max: "closedOn" },
    };
    const nothing = { n: 0, d: 0, sum: null, avg: null, min: null, max: null };
    assert.deepEqual(await xrm.entity("deal").aggregate({ measures }), [nothing]);
    assert.deepEqual(await xrm.entity("deal").aggregate({ measures, groupBy: { stage: true } }), []);
    await xrm.entity("deal").create({ title: "a" });
    assert.deepEqual(
      await xrm.entity("deal").aggregate({ measures: { sum: { sum: "amount" }, d: { countDistinct: "amount" } } }),
      [{ sum: null, d: 0 }],
    );
    assert.deepEqual(await xrm.entity("deal").aggregate({ measures: { n: "count" }, where: { title: "b" } }), [
      { n: 0 },
    ]);
  },

  async groups(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const deals = xrm.entity("deal");
    assert.deepEqual(
      await deals.aggregate({ groupBy: { stage: true }, measures: { n: "count", sum: { sum: "amount" } } }),
      [
        { stage: "open", n: 1, sum: "20.00" },
        { stage: "won", n: 3, sum: "40.05" },
        { stage: "lost", n: 1, sum: null },
      ],
    );
    assert.deepEqual(
      await deals.aggregate({ groupBy: { account: { name: true, industry: true } }, measures: { n: "count" } }),
      [
        { account: { name: null, industry: null }, n: 1 },
        { account: { name: "Acme", industry: "tech" }, n: 2 },
        { account: { name: "beta", industry: "health" }, n: 2 },
      ],
    );
    assert.deepEqual(
      await deals.aggregate({
        groupBy: { account: { parent: { name: true } } },
        measures: { n: "count" },
        orderBy: { n: "desc" },
      }),
      [
        { account: { parent: { name: null } }, n: 3 },
        { account: { parent: { name: "Acme" } }, n: 2 },
      ],
    );
    assert.deepEqual(
      await deals.aggregate({
        groupBy: { amount: true, stage: true },
        measures: { n: "count" },
        where: { stage: "won" },
      }),
      [
        { amount: "0.05", stage: "won", n: 1 },
        { amount: "10.00", stage: "won", n: 1 },
        { amount: "30.00", stage: "won", n: 1 },
      ],
    );
  },

  async "groups-form-along-exact-values"(t) {
    const things = (await t.open(thing({ name: { kind: "text" } as never, n: { kind: "number" } as never }))).entity(
      "thing",
    );
    await things.createMany(["João", "joao", "JOÃO", "joao", "", null, "ß", "ss"].map((name) => ({ name })));
    assert.deepEqual(await things.aggregate({ groupBy: { name: true }, measures: { n: "count" } }), [
      { name: null, n: 1 },
      { name: "", n: 1 },
      { name: "JOÃO", n: 1 },
      { name: "João", n: 1 },
      { name: "joao", n: 2 },
      { name: "ss", n: 1 },
      { name: "ß", n: 1 },
    ]);
    assert.deepEqual(await things.aggregate({ measures: { d: { countDistinct: "name" } } }), [{ d: 6 }]);
    await things.deleteMany({});
    await things.createMany([0, -0, 0.1, 0.1 + 1e-18, 0.30000000000000004, 0.3].map((n) => ({ n })));
    assert.deepEqual(await things.aggregate({ groupBy: { n: true }, measures: { c: "count" } }), [
      { n: 0, c: 2 },
      { n: 0.1, c: 2 },
      { n: 0.3, c: 1 },
      { n: 0.30000000000000004, c: 1 },
    ]);
  },

  async "days-and-months"(t) {
    const xrm = await t.open(fixture);
    const deals = xrm.entity("deal");
    await deals.createMany([
      { title: "a", closedOn: "2026-01-31", seenAt: "2026-01-31T23:59:59.999Z" },
      { title: "b", closedOn: "2026-02-01", seenAt: "2026-02-01T00:30:00+01:00" },
      { title: "c", closedOn: "2026-02-28", seenAt: "2026-02-28T12:00:00Z" },
      { title: "d", closedOn: "0001-01-01", seenAt: "9999-12-31T23:59:59Z" },
      { title: "e" },
    ]);
    assert.deepEqual(await deals.aggregate({ groupBy: { closedOn: "month" }, measures: { n: "count" } }), [
      { closedOn: null, n: 1 },
      { closedOn: "0001-01", n: 1 },
      { closedOn: "2026-01", n: 1 },
      { closedOn: "2026-02", n: 2 },
    ]);
    assert.deepEqual(
      await deals.aggregate({ groupBy: { seenAt: "day" }, measures: { n: "count" }, orderBy: { seenAt: "desc" } }),
      [
        { seenAt: "9999-12-31", n: 1 },
        { seenAt: "2026-02-28", n: 1 },
        { seenAt: "2026-01-31", n: 2 },
        { seenAt: null, n: 1 },
      ],
    );
    assert.deepEqual(await deals.aggregate({ groupBy: { createdAt: "month" }, measures: { n: "count" } }), [
      { createdAt: "2026-01", n: 5 },
    ]);
  },

  async "order-and-limit"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const stages = async (query: object) =>
      (
        await xrm
          .entity("deal")
          .aggregate({ groupBy: { stage: true }, measures: { n: "count", sum: { sum: "amount" } }, ...query })
      ).map((row) => row["stage"]);
    assert.deepEqual(await stages({ orderBy: { n: "desc" } }), ["won", "open", "lost"]);
    assert.deepEqual(await stages({ orderBy: [{ n: "asc" }, { stage: "desc" }] }), ["lost", "open", "won"]);
    assert.deepEqual(await stages({ orderBy: { sum: "asc" } }), ["lost", "open", "won"]);
    assert.deepEqual(await stages({ orderBy: { sum: "desc" }, limit: 1 }), ["won"]);
    assert.deepEqual(await stages({ orderBy: { stage: "desc" }, limit: 2 }), ["lost", "won"]);
    assert.deepEqual(await stages({ limit: 0 }), []);
  },
});
