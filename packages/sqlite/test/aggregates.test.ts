import { createXrm, type Xrm } from "@kith/core";
import { errorOf } from "@kith/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { type Entities, model } from "./fixture.ts";

let xrm: Xrm<Entities>;
let account = "";
beforeEach(async () => {
  xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
  account = (await xrm.account.create({ name: "a" })).id;
});
afterEach(() => xrm.close());

const largest = "92233720368547758.07";
const deals = (rows: readonly Record<string, unknown>[]) =>
  xrm.opportunity.createMany(rows.map((row, i) => ({ topic: `${i}`, account, ...row })) as never);

describe("exact figures", () => {
  it("add without floats and beyond 64 bits", async () => {
    await deals([{ amount: largest }, { amount: largest }, { amount: "0.01" }, { amount: null }]);
    const [row] = await xrm.opportunity.aggregate({
      measures: { sum: { sum: "amount" }, avg: { avg: "amount" }, n: "count" },
    });
    expect(row).toEqual({ sum: "184467440737095516.15", avg: "61489146912365172.05", n: 4 });
  });

  it("add negative numbers beyond 64 bits", async () => {
    await deals([{ amount: `-${largest}` }, { amount: `-${largest}` }, { amount: "-0.03" }]);
    const [row] = await xrm.opportunity.aggregate({ measures: { sum: { sum: "amount" }, avg: { avg: "amount" } } });
    expect(row).toEqual({ sum: "-184467440737095516.17", avg: "-61489146912365172.06" });
  });

  it.each([
    [["0.01", "0.02"], "0.02"],
    [["-0.01", "-0.02"], "-0.02"],
    [["0.01", "0.00"], "0.01"],
    [["-0.01", "0.00"], "-0.01"],
    [["0.01", "0.00", "0.00"], "0.00"],
    [["0.10", "0.20", "0.30"], "0.20"],
    [[largest, "92233720368547758.06"], largest],
  ])("round the average of %j half away from zero", async (amounts, avg) => {
    await deals(amounts.map((amount) => ({ amount })));
    expect(await xrm.opportunity.aggregate({ measures: { avg: { avg: "amount" } } })).toEqual([{ avg }]);
  });

  it("order as numbers, nulls smallest, on the fast way and on the wide one", async () => {
    const rows = [
      { agent: "a", amount: "9.00" },
      { agent: "b", amount: "10.00" },
      { agent: "c", amount: "-100.00" },
      { agent: "d", amount: null },
    ];
    await deals(rows);
    const ask = (orderBy: never, limit?: number) =>
      xrm.opportunity.aggregate({
        groupBy: { agent: true },
        measures: { m: { sum: "amount" } },
        orderBy,
        ...(limit ? { limit } : {}),
      });
    const order = async (orderBy: unknown, limit?: number) =>
      (await ask(orderBy as never, limit)).map(({ agent }) => agent);
    expect(await order({ m: "asc" })).toEqual(["d", "c", "a", "b"]);
    expect(await order({ m: "desc" }, 2)).toEqual(["b", "a"]);
    await deals([
      { agent: "e", amount: largest, topic: "x" },
      { agent: "e", amount: largest, topic: "y" },
    ]);
    expect(await order({ m: "asc" })).toEqual(["d", "c", "a", "b", "e"]);
    expect(await order({ m: "desc" }, 2)).toEqual(["e", "b"]);
  });
});

describe("whole numbers", () => {
  it("add exactly, and say when the sum is none that JavaScript holds", async () => {
    await deals([{ seats: Number.MAX_SAFE_INTEGER - 1 }, { seats: 1 }]);
    expect(await xrm.opportunity.aggregate({ measures: { s: { sum: "seats" } } })).toEqual([
      { s: Number.MAX_SAFE_INTEGER },
    ]);
    await deals([{ seats: 1, topic: "more" }]);
    const error = await errorOf(() => xrm.opportunity.aggregate({ measures: { s: { sum: "seats" } } }));
    expect(error).toMatchObject({ code: "OUT_OF_RANGE", entity: "opportunity", field: "seats" });
    expect(error.message).toContain("'s'");
  });
});

describe("floats", () => {
  it("say when a sum is beyond them", async () => {
    await deals([{ probability: 1e308 }, { probability: 1e308 }]);
    expect((await errorOf(() => xrm.opportunity.aggregate({ measures: { s: { sum: "probability" } } }))).code).toBe(
      "OUT_OF_RANGE",
    );
    expect(await xrm.opportunity.aggregate({ measures: { m: { max: "probability" } } })).toEqual([{ m: 1e308 }]);
  });

  it("add and average, nulls left out", async () => {
    await deals([{ probability: 0.5 }, { probability: 1.5 }, {}]);
    expect(
      await xrm.opportunity.aggregate({ measures: { s: { sum: "probability" }, a: { avg: "probability" } } }),
    ).toEqual([{ s: 2, a: 1 }]);
  });
});

describe("least and greatest", () => {
  it("follow the sort order and give the stored value", async () => {
    await xrm.account.createMany(["b", "Á", "a", "\u{1f44d}", "\uffee", "Z"].map((name) => ({ name })));
    const [row] = await xrm.account.aggregate({ measures: { low: { min: "name" }, high: { max: "name" } } });
    expect(row).toEqual({ low: "a", high: "\u{1f44d}" });
    await deals([{ stage: "won" }, { stage: "lost" }, { stage: "open" }]);
    expect(await xrm.opportunity.aggregate({ measures: { low: { min: "stage" }, high: { max: "stage" } } })).toEqual([
      { low: "open", high: "lost" },
    ]);
  });

  it("of nothing are null, and there is one row without groups", async () => {
    const measures = {
      n: "count",
      s: { sum: "amount" },
      a: { avg: "amount" },
      low: { min: "topic" },
      d: { countDistinct: "agent" },
    } as const;
    expect(await xrm.opportunity.aggregate({ measures })).toEqual([{ n: 0, s: null, a: null, low: null, d: 0 }]);
    expect(await xrm.opportunity.aggregate({ groupBy: { stage: true }, measures })).toEqual([]);
  });

  it("take money, dates, booleans and records", async () => {
    await deals([
      { amount: "-5.00", closedOn: "2026-02-01" },
      { amount: "3.00", closedOn: "0099-12-31" },
    ]);
    const [row] = await xrm.opportunity.aggregate({
      measures: {
        a: { min: "amount" },
        b: { max: "amount" },
        c: { min: "closedOn" },
        d: { max: "account" as never },
        e: { max: "version" },
      },
    });
    expect(row).toEqual({ a: "-5.00", b: "3.00", c: "0099-12-31", d: account, e: 1 });
  });
});

describe("groups", () => {
  it("form along exact values and come in the field's order", async () => {
    await xrm.account.createMany(["É", "e", "E", "é", "e"].map((name) => ({ name })));
    const rows = await xrm.account.aggregate({ groupBy: { name: true }, measures: { n: "count" } });
    expect(rows).toEqual([
      { name: "a", n: 1 },
      { name: "E", n: 1 },
      { name: "e", n: 2 },
      { name: "É", n: 1 },
      { name: "é", n: 1 },
    ]);
    await deals([{ stage: "won" }, { stage: "lost" }, { stage: "open" }, { stage: "won" }]);
    const stages = await xrm.opportunity.aggregate({
      groupBy: { stage: true },
      measures: { n: "count" },
      orderBy: { stage: "desc" },
    });
    expect(stages.map(({ stage, n }) => [stage, n])).toEqual([
      ["lost", 1],
      ["won", 2],
      ["open", 1],
    ]);
  });

  it("follow lookups and months, missing records as null", async () => {
    const parent = await xrm.account.create({ name: "p", country: "BR" });
    const child = await xrm.account.create({ name: "c", parent: parent.id });
    await deals([
      { closedOn: "2026-01-31", meetAt: "2026-01-31T23:59:59.999Z", account: child.id },
      { closedOn: "2026-01-01", meetAt: "2026-02-01T00:00:00.000Z", account: child.id },
      { closedOn: null, account },
    ]);
    const rows = await xrm.opportunity.aggregate({
      groupBy: { closedOn: "month", account: { parent: { country: true } } },
      measures: { n: "count" },
    });
    expect(rows).toEqual([
      { closedOn: null, account: { parent: { country: null } }, n: 1 },
      { closedOn: "2026-01", account: { parent: { country: "BR" } }, n: 2 },
    ]);
    const days = await xrm.opportunity.aggregate({
      groupBy: { meetAt: "day" },
      measures: { n: "count" },
      orderBy: { meetAt: "desc" },
    });
    expect(days).toEqual([
      { meetAt: "2026-02-01", n: 1 },
      { meetAt: "2026-01-31", n: 1 },
      { meetAt: null, n: 1 },
    ]);
  });

  it("are cut after they are ordered", async () => {
    await deals(Array.from({ length: 30 }, (_, i) => ({ agent: `u${i % 10}`, seats: i })));
    const rows = await xrm.opportunity.aggregate({
      where: { seats: { gte: 5 } },
      groupBy: { agent: true },
      measures: { s: { sum: "seats" }, d: { countDistinct: "topic" } },
      orderBy: [{ s: "desc" }],
      limit: 3,
    });
    expect(rows).toEqual([
      { agent: "u9", s: 57, d: 3 },
      { agent: "u8", s: 54, d: 3 },
      { agent: "u7", s: 51, d: 3 },
    ]);
  });
});
