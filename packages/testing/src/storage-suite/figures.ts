/** Sums and averages: exact where they can be, refused where they cannot be given. */

import assert from "node:assert/strict";
import { refused, topic } from "./case.ts";
import { thing } from "./fixture.ts";

/** Cases on computed figures. */
export const figures = topic("figures", {
  async "exact-sums-beyond-64-bits"(t) {
    const things = (
      await t.open(
        thing({
          amount: { kind: "money" } as never,
          fine: { kind: "decimal", scale: 12 } as never,
          g: { kind: "boolean" } as never,
        }),
      )
    ).entity("thing");
    const most = "92233720368547758.07";
    await things.createMany([
      { amount: most, g: true },
      { amount: most, g: true },
      { amount: most, g: true },
      { amount: `-${most}`, g: false },
      { amount: "0.01", g: false, fine: "0.000000000001" },
    ]);
    assert.deepEqual(
      await things.aggregate({
        groupBy: { g: true },
        measures: { sum: { sum: "amount" }, avg: { avg: "amount" } },
        orderBy: { sum: "desc" },
      }),
      [
        { g: true, sum: "276701161105643274.21", avg: most },
        { g: false, sum: "-92233720368547758.06", avg: "-46116860184273879.03" },
      ],
    );
    assert.deepEqual(
      await things.aggregate({
        measures: { sum: { sum: "amount" }, fine: { avg: "fine" }, max: { max: "amount" }, min: { min: "amount" } },
      }),
      [{ sum: "184467440737095516.15", fine: "0.000000000001", max: most, min: `-${most}` }],
    );
    await things.deleteMany({});
    await things.createMany([...Array.from({ length: 10 }, () => ({ amount: "0.10" })), { amount: "0.20" }]);
    assert.deepEqual(await things.aggregate({ measures: { sum: { sum: "amount" } } }), [{ sum: "1.20" }]);
  },

  async "averages-of-large-floats"(t) {
    const things = (await t.open(thing({ x: { kind: "number" } as never }))).entity("thing");
    const most = 1.7976931348623157e308;
    await things.createMany([{ x: most }, { x: 5e-324 }]);
    const [one] = await things.aggregate({ measures: { avg: { avg: "x" }, sum: { sum: "x" } } });
    assert.deepEqual(one, { avg: most / 2, sum: most });
    await things.deleteMany({});
    await things.createMany([{ x: 1e200 }, { x: 3e200 }]);
    const [two] = await things.aggregate({ measures: { avg: { avg: "x" } } });
    assert.deepEqual(two, { avg: 2e200 });
  },

  async "exact-averages-round-half-away-from-zero"(t) {
    const things = (await t.open(thing({ amount: { kind: "money" } as never }))).entity("thing");
    for (const [list, avg] of [
      [["0.01", "0.02"], "0.02"],
      [["-0.01", "-0.02"], "-0.02"],
      [["0.01", "0.00"], "0.01"],
      [["-0.01", "0.00"], "-0.01"],
      [["0.01", "0.00", "0.00"], "0.00"],
      [["-0.01", "0.00", "0.00"], "0.00"],
      [["0.01", "0.01", "0.00"], "0.01"],
      [["92233720368547758.07", "92233720368547758.06"], "92233720368547758.07"],
      [["-92233720368547758.07", "-92233720368547758.06"], "-92233720368547758.07"],
    ] as const) {
      await things.deleteMany({});
      await things.createMany(list.map((amount) => ({ amount })));
      assert.deepEqual(await things.aggregate({ measures: { avg: { avg: "amount" } } }), [{ avg }], list.join());
    }
  },

  async "whole-numbers-add-up-exactly-or-not-at-all"(t) {
    const things = (await t.open(thing({ n: { kind: "integer" } as never, x: { kind: "number" } as never }))).entity(
      "thing",
    );
    const most = Number.MAX_SAFE_INTEGER;
    await things.createMany([{ n: most }, { n: most }, { n: -most }, { n: -most + 1 }]);
    assert.deepEqual(await things.aggregate({ measures: { sum: { sum: "n" } } }), [{ sum: 1 }]);
    assert.deepEqual(
      await things.aggregate({ where: { n: { gt: 0 } }, measures: { avg: { avg: "n" }, max: { max: "n" } } }),
      [{ avg: most, max: most }],
    );
    const error = await refused(
      "OUT_OF_RANGE",
      things.aggregate({ where: { n: { gt: 0 } }, measures: { sum: { sum: "n" } } }),
    );
    assert.equal(error.entity, "thing");
    await things.deleteMany({});
    await things.createMany([{ x: Number.MAX_VALUE }, { x: Number.MAX_VALUE }]);
    await refused("OUT_OF_RANGE", things.aggregate({ measures: { sum: { sum: "x" } } }));
    assert.deepEqual(await things.aggregate({ measures: { max: { max: "x" } } }), [{ max: Number.MAX_VALUE }]);
  },

  async "beyond-range-only-where-it-is-asked-for"(t) {
    const most = Number.MAX_SAFE_INTEGER;
    const fields = { group: { kind: "text" }, n: { kind: "integer" }, amount: { kind: "money", currency: "BRL" } };
    const things = (await t.open(thing(fields as never))).entity("thing");
    // The sum of amounts is beyond 64 bits too, so that no figure of the query is computed in the simple way.
    const amount = "-92233720368547758.07";
    await things.createMany([
      { group: "a", n: -most, amount },
      { group: "a", n: -most, amount },
      { group: "b", n: 2, amount },
      { group: "c", n: 1 },
    ]);
    const query = {
      groupBy: { group: true },
      measures: { n: { sum: "n" }, total: { sum: "amount" } },
      orderBy: { n: "desc" },
    };
    assert.deepEqual(await things.aggregate({ ...query, limit: 2 }), [
      { group: "b", n: 2, total: amount },
      { group: "c", n: 1, total: null },
    ]);
    await refused("OUT_OF_RANGE", things.aggregate(query));
  },

  async "floats-within-a-rounding"(t) {
    const things = (await t.open(thing({ x: { kind: "number" } as never }))).entity("thing");
    await things.createMany(Array.from({ length: 1_000 }, () => ({ x: 0.1 })));
    const [row] = await things.aggregate({ measures: { sum: { sum: "x" }, avg: { avg: "x" } } });
    assert(Math.abs(Number(row?.["sum"]) - 100) < 1e-9 && Math.abs(Number(row?.["avg"]) - 0.1) < 1e-12);
  },
});
