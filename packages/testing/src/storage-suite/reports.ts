/** What reports ask for: groups by what their figures are, figures of some of a group's records, and figures through lookups. */

import assert from "node:assert/strict";
import { refused, topic } from "./case.ts";
import { fixture, plant, thing } from "./fixture.ts";

/** Cases on `having`, filters of single measures, and measures of other records' fields. */
export const reports = topic("reports", {
  async having(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const stages = async (having: object, more: object = {}) =>
      (
        await xrm.entity("deal").aggregate({
          groupBy: { stage: true },
          measures: {
            n: "count",
            total: { sum: "amount" },
            mean: { avg: "amount" },
            accounts: { countDistinct: "account" },
            last: { max: "closedOn" },
            first: { min: "title" },
          },
          having,
          ...more,
        })
      ).map((row) => row["stage"]);
    assert.deepEqual(await stages({}), ["open", "won", "lost"]);
    assert.deepEqual(await stages({ n: 1 }), ["open", "lost"]);
    assert.deepEqual(await stages({ n: { gte: 3 } }), ["won"]);
    assert.deepEqual(await stages({ total: { gt: "20.00" } }), ["won"]);
    assert.deepEqual(await stages({ total: { between: ["20", "40.05"] } }), ["open", "won"]);
    assert.deepEqual(await stages({ total: null }), ["lost"]);
    assert.deepEqual(await stages({ total: { ne: "20.00" } }), ["won", "lost"]);
    assert.deepEqual(await stages({ not: { total: { lt: "30.00" } } }), ["won", "lost"]);
    assert.deepEqual(await stages({ mean: { eq: "13.35" } }), ["won"]);
    assert.deepEqual(await stages({ accounts: { in: [1] } }), ["open", "lost"]);
    assert.deepEqual(await stages({ last: { gte: "2026-01-31" } }), ["open", "won"]);
    assert.deepEqual(await stages({ last: { isNull: true } }), ["lost"]);
    assert.deepEqual(await stages({ first: { contains: "D2" } }), ["open"]);
    assert.deepEqual(await stages({ or: [{ n: { gt: 2 } }, { stage: "lost" }] }), ["won", "lost"]);
    assert.deepEqual(await stages({ and: [{ n: 1 }, { stage: { ne: "lost" } }] }), ["open"]);
    assert.deepEqual(await stages({ n: 1 }, { orderBy: { stage: "desc" }, limit: 1 }), ["lost"]);
    assert.deepEqual(await stages({ n: 1 }, { orderBy: { total: "desc" }, limit: 1 }), ["open"]);
    assert.deepEqual(await stages({ n: { gt: 5 } }), []);
    const whole = { measures: { n: "count" }, having: { n: { gt: 5 } } };
    assert.deepEqual(await xrm.entity("deal").aggregate(whole), []);
  },

  async "having-on-groups-and-spans"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const rows = await xrm.entity("deal").aggregate({
      groupBy: { closedOn: "month", account: { name: true, industry: true } },
      measures: { n: "count" },
      having: { closedOn: { gte: "2026-01" }, account: { industry: { in: ["tech", "health"] } } },
    });
    assert.deepEqual(rows, [
      { closedOn: "2026-01", account: { name: "Acme", industry: "tech" }, n: 2 },
      { closedOn: "2026-02", account: { name: "beta", industry: "health" }, n: 1 },
    ]);
  },

  async "having-beyond-64-bits"(t) {
    const things = (await t.open(thing({ g: { kind: "text" }, amount: { kind: "money" } } as never))).entity("thing");
    const most = "92233720368547758.07";
    await things.createMany([
      { g: "a", amount: most },
      { g: "a", amount: most },
      { g: "b", amount: most },
      { g: "c", amount: "1.00" },
    ]);
    const groups = async (having: object) =>
      (await things.aggregate({ groupBy: { g: true }, measures: { s: { sum: "amount" } }, having })).map(
        (row) => row["g"],
      );
    assert.deepEqual(await groups({ s: { gt: most } }), ["a"]);
    assert.deepEqual(await groups({ s: { gte: most } }), ["a", "b"]);
    assert.deepEqual(await groups({ s: { lt: "2.00" } }), ["c"]);
  },

  async "figures-of-some-records"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const [row] = await xrm.entity("deal").aggregate({
      measures: {
        n: "count",
        all: { count: true },
        won: { count: true, where: { stage: "won" } },
        wonSum: { sum: "amount", where: { stage: "won" } },
        wonMean: { avg: "amount", where: { stage: "won" } },
        lostSum: { sum: "amount", where: { stage: "lost" } },
        stages: { countDistinct: "stage", where: { amount: { gt: "5" } } },
        top: { max: "title", where: { stage: { in: ["open", "won"] } } },
        best: { max: "stage", where: { not: { stage: "lost" } } },
        tech: { count: true, where: { account: { industry: "tech" } } },
        early: { min: "closedOn", where: { closedOn: { gt: "2026-01-15" } } },
        chance: { avg: "probability", where: { stage: "won" } },
      },
    });
    assert.deepEqual(row, {
      n: 5,
      all: 5,
      won: 3,
      wonSum: "40.05",
      wonMean: "13.35",
      lostSum: null,
      stages: 2,
      top: "d5",
      best: "won",
      tech: 2,
      early: "2026-01-31",
      chance: null,
    });
    const query = (least: string) => ({
      groupBy: { account: { name: true } },
      where: { account: { ne: null } },
      measures: { big: { count: true, where: { amount: { gte: least } } }, n: "count" },
      orderBy: [{ big: "desc" }],
      having: { big: { gte: 1 } },
      limit: 5,
    });
    assert.deepEqual(await xrm.entity("deal").aggregate(query("15.00")), [
      { account: { name: "Acme" }, big: 1, n: 2 },
      { account: { name: "beta" }, big: 1, n: 2 },
    ]);
    assert.deepEqual(await xrm.entity("deal").aggregate(query("25.00")), [{ account: { name: "beta" }, big: 1, n: 2 }]);
  },

  async "figures-through-lookups"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const rows = await xrm.entity("deal").aggregate({
      groupBy: { stage: true },
      measures: {
        people: { sum: { account: "employees" } },
        mean: { avg: { account: "employees" } },
        last: { max: { account: "name" } },
        parents: { countDistinct: { account: { parent: "name" } } },
        wonPeople: { sum: { account: "employees" }, where: { account: { industry: "tech" } } },
      },
      orderBy: { people: "desc" },
    });
    const accounts = await xrm.entity("account").findMany({});
    const size = (name: string) => Number(accounts.find((one) => one["name"] === name)?.["employees"]);
    assert.deepEqual(rows, [
      {
        stage: "won",
        people: size("Acme") + size("beta"),
        mean: (size("Acme") + size("beta")) / 2,
        last: "beta",
        parents: 1,
        wonPeople: size("Acme"),
      },
      ...[
        { stage: "open", people: size("Acme"), mean: size("Acme"), last: "Acme", parents: 0, wonPeople: size("Acme") },
        { stage: "lost", people: size("beta"), mean: size("beta"), last: "beta", parents: 1, wonPeople: null },
      ].sort((a, b) => b.people - a.people),
    ]);
  },

  async "what-is-refused"(t) {
    const xrm = await t.open(fixture);
    const measures = { n: "count", total: { sum: "amount" } };
    for (const query of [
      { measures, having: { m: 1 } },
      { measures, having: { n: "3" } },
      { measures, having: { n: { above: 3 } } },
      { measures, having: { total: { gt: 5 } } },
      { measures, having: { stage: "won" } },
      { measures, having: 5 },
      { measures, having: [] },
      { measures: { x: { count: 1 } } },
      { measures: { x: { sum: "amount", max: "amount" } } },
      { measures: { x: { sum: "amount", wher: {} } } },
      { measures: { x: { sum: "amount", where: { amout: "1" } } } },
      { measures: { x: { where: { amount: "1" } } } },
      { measures: { x: { sum: { account: "name" } } } },
      { measures: { x: { sum: { account: "employes" } } } },
      { measures: { x: { sum: { stage: "x" } } } },
      { measures: { x: { sum: { account: "employees", contact: "name" } } } },
      { measures: { x: { max: { account: { contacts: "name" } } } } },
    ])
      await refused("INVALID_QUERY", xrm.entity("deal").aggregate(query as never));
  },
});
