/** Money of several currencies: never added as it stands, and converted exactly. */

import assert from "node:assert/strict";
import { defineModel, exchangeRates, type Model, type Xrm } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { refused, topic } from "./case.ts";

const sale = defineEntity("sale", {
  fields: {
    team: field.text(),
    amount: field.money({ currencyField: "currency" }),
    currency: field.text({ max: 3 }),
    price: field.money({ currency: "USD" }),
    fee: field.money(),
    closedOn: field.date(),
    seenAt: field.datetime(),
    parent: field.lookup("sale"),
    source: field.lookup(["sale", "letter"]),
  },
});
const letter = defineEntity("letter", { fields: { text: field.text() } });
const model = defineModel({
  plugins: [exchangeRates(), { id: "shop", entities: [sale, letter] } as never],
  currency: "EUR",
}) as Model;

async function rates(xrm: Xrm<any>) {
  await xrm.entity("exchangeRate").createMany([
    { from: "USD", to: "BRL", rate: "5.00", on: "2026-01-01" },
    { from: "USD", to: "BRL", rate: "5.10", on: "2026-01-15" },
    { from: "BRL", to: "EUR", rate: "0.16", on: "2026-01-01" },
    { from: "EUR", to: "BRL", rate: "6.00", on: "2026-01-20" },
    { from: "JPY", to: "BRL", rate: "0.033333333333", on: "2020-01-01" },
  ]);
}

/** Cases on currencies. */
export const conversion = topic("currencies", {
  async "never-added-as-they-stand"(t) {
    const sales = (await t.open(model)).entity("sale");
    await sales.createMany([
      { amount: "1.00", currency: "USD", team: "a" },
      { amount: "2.00", currency: "BRL", team: "a" },
    ]);
    for (const fn of ["sum", "avg", "min", "max"]) {
      const error = await refused("INVALID_QUERY", sales.aggregate({ measures: { x: { [fn]: "amount" } } }));
      assert.equal(error.issues[0]?.code, "MIXED_CURRENCIES");
    }
    const measures = { x: { sum: "amount" } };
    await refused("INVALID_QUERY", sales.aggregate({ measures, where: { or: [{ currency: "USD" }] } }));
    await refused(
      "INVALID_QUERY",
      sales.aggregate({ measures: { x: { sum: { parent: "amount" } } }, where: { currency: "USD" } }),
    );
    assert.deepEqual(await sales.aggregate({ measures, where: { currency: "USD" } }), [{ x: "1.00" }]);
    assert.deepEqual(await sales.aggregate({ measures: { x: { sum: "amount", where: { currency: "BRL" } } } }), [
      { x: "2.00" },
    ]);
    assert.deepEqual(await sales.aggregate({ measures, groupBy: { currency: true } }), [
      { currency: "BRL", x: "2.00" },
      { currency: "USD", x: "1.00" },
    ]);
    const parents = { measures: { x: { sum: { parent: "amount" } } }, where: { parent: { currency: "USD" } } };
    assert.deepEqual(await sales.aggregate(parents), [{ x: null }]);
    const sources = { x: { sum: { source: { sale: "amount" } } } };
    await refused("INVALID_QUERY", sales.aggregate({ measures: sources }));
    const inBrl = { source: { sale: { currency: "BRL" } } };
    assert.deepEqual(await sales.aggregate({ measures: sources, where: inBrl }), [{ x: null }]);
    const byCurrency = { groupBy: { source: { sale: { currency: true } } }, measures: sources };
    assert.deepEqual(await sales.aggregate(byCurrency), [{ source: { sale: { currency: null } }, x: null }]);
  },

  async "apart-through-lookups-to-several"(t) {
    const money = { amount: field.money({ currencyField: "currency" }), currency: field.text({ max: 3 }) };
    const shop = defineEntity("shop", { fields: money });
    const person = defineEntity("person", { fields: money });
    const visit = defineEntity("visit", {
      fields: { shop: field.lookup("shop"), about: field.lookup(["shop", "person"]) },
    });
    const xrm = await t.open(defineModel({ entities: [shop, person, visit] }));
    const [usd, brl] = await xrm.entity("shop").createMany([
      { amount: "1.00", currency: "USD" },
      { amount: "2.00", currency: "BRL" },
    ]);
    const about = (row: Record<string, unknown> | undefined) => ({ entity: "shop", id: row?.["id"] });
    const visits = xrm.entity("visit");
    await visits.createMany([
      { shop: usd?.["id"], about: about(usd) },
      { shop: usd?.["id"], about: about(brl) },
    ]);
    const measures = { x: { sum: { about: { shop: "amount" } } } };
    // The lookup of the same name is another way to another record.
    await refused("INVALID_QUERY", visits.aggregate({ measures, where: { shop: { currency: "USD" } } }));
    await refused("INVALID_QUERY", visits.aggregate({ measures, groupBy: { shop: { currency: true } } }));
    const error = await refused("INVALID_QUERY", visits.aggregate({ measures }));
    assert.match(error.message, /group by 'about\.shop\.currency'/);
    assert.deepEqual(await visits.aggregate({ measures, where: { about: { shop: { currency: "BRL" } } } }), [
      { x: "2.00" },
    ]);
    assert.deepEqual(await visits.aggregate({ measures, groupBy: { about: { shop: { currency: true } } } }), [
      { about: { shop: { currency: "BRL" } }, x: "2.00" },
      { about: { shop: { currency: "USD" } }, x: "1.00" },
    ]);
  },

  async "by-the-rate-of-the-day"(t) {
    const xrm = await t.open(model);
    await rates(xrm);
    const sales = xrm.entity("sale");
    await sales.createMany([
      { team: "a", amount: "10.00", currency: "USD", closedOn: "2026-01-14" },
      { team: "a", amount: "10.00", currency: "USD", closedOn: "2026-01-15" },
      { team: "a", amount: "7.00", currency: "BRL", closedOn: "2026-01-01" },
      // The only rate is the other way round.
      { team: "b", amount: "16.00", currency: "EUR", closedOn: "2026-01-19" },
      { team: "b", amount: "16.00", currency: "EUR", closedOn: "2026-01-20" },
      { team: "c", closedOn: "2026-01-01" },
      { team: "d", amount: "1.00", currency: "JPY", closedOn: "2026-01-01" },
    ]);
    const total = { sum: "amount", convertTo: "BRL", on: "closedOn" };
    const mean = { avg: "amount", convertTo: "BRL", on: "closedOn" };
    const rows = await sales.aggregate({
      groupBy: { team: true },
      measures: { n: "count", total, mean, last: { max: "closedOn" } },
    });
    assert.deepEqual(rows, [
      { team: "a", n: 3, total: "108.00", mean: "36.00", last: "2026-01-15" },
      { team: "b", n: 2, total: "196.00", mean: "98.00", last: "2026-01-20" },
      { team: "c", n: 1, total: null, mean: null, last: "2026-01-01" },
      { team: "d", n: 1, total: "0.03", mean: "0.03", last: "2026-01-01" },
    ]);
    assert.deepEqual(await sales.aggregate({ measures: { total } }), [{ total: "304.03" }]);
    const some = {
      groupBy: { team: true },
      measures: { total },
      having: { total: { gt: "0.03" } },
      orderBy: { total: "desc" },
    };
    assert.deepEqual(await sales.aggregate(some), [
      { team: "b", total: "196.00" },
      { team: "a", total: "108.00" },
    ]);
    assert.deepEqual(await sales.aggregate({ ...some, limit: 1 }), [{ team: "b", total: "196.00" }]);
    const fixed = { sum: "amount", convertTo: "BRL", on: "2026-01-14", where: { currency: "USD" } };
    assert.deepEqual(await sales.aggregate({ measures: { fixed }, where: { team: "a" } }), [{ fixed: "100.00" }]);
    assert.deepEqual(await sales.aggregate({ measures: { total }, where: { team: "z" } }), [{ total: null }]);
  },

  async "fixed-currencies-and-instants"(t) {
    const xrm = await t.open(model);
    await rates(xrm);
    await xrm.entity("sale").createMany([
      { price: "1.00", fee: "1.00", seenAt: "2026-01-15T02:00:00Z" },
      { price: "1.00", seenAt: "2026-01-15T03:00:00Z" },
    ]);
    const measures = {
      price: { sum: "price", convertTo: "BRL", on: "seenAt" },
      fee: { sum: "fee", convertTo: "EUR" },
    };
    const by = (timeZone: string) => xrm.as({ id: "u", timeZone }).entity("sale").aggregate({ measures });
    assert.deepEqual(await by("UTC"), [{ price: "10.20", fee: "1.00" }]);
    assert.deepEqual(await by("America/Sao_Paulo"), [{ price: "10.10", fee: "1.00" }]);
    const made = { price: { sum: "price", convertTo: "BRL" } };
    assert.deepEqual(await xrm.entity("sale").aggregate({ measures: made }), [{ price: "10.20" }]);
  },

  async "rounded-once-half-away-from-zero"(t) {
    const xrm = await t.open(model);
    await xrm.entity("exchangeRate").createMany([
      { from: "AAA", to: "EUR", rate: "0.5", on: "2020-01-01" },
      { from: "EUR", to: "CCC", rate: "3", on: "2020-01-01" },
    ]);
    const sales = xrm.entity("sale");
    const total = async (list: readonly (readonly [string, string])[]) => {
      await sales.deleteMany({});
      await sales.createMany(list.map(([amount, currency]) => ({ amount, currency })));
      const [row] = await sales.aggregate({
        measures: { x: { sum: "amount", convertTo: "EUR" }, m: { avg: "amount", convertTo: "EUR" } },
      });
      return [row?.["x"], row?.["m"]];
    };
    assert.deepEqual(await total([["0.01", "AAA"]]), ["0.01", "0.01"]);
    assert.deepEqual(await total([["-0.01", "AAA"]]), ["-0.01", "-0.01"]);
    // Three thirds are one, and two halves are one: each amount rounded by itself would give more.
    assert.deepEqual(
      await total([
        ["0.01", "CCC"],
        ["0.01", "CCC"],
        ["0.01", "CCC"],
      ]),
      ["0.01", "0.00"],
    );
    assert.deepEqual(
      await total([
        ["0.01", "AAA"],
        ["0.01", "AAA"],
        ["0.01", "CCC"],
      ]),
      ["0.01", "0.00"],
    );
    assert.deepEqual(
      await total([
        ["92233720368547758.07", "AAA"],
        ["92233720368547758.07", "EUR"],
      ]),
      ["138350580552821637.11", "69175290276410818.55"],
    );
  },

  async "a-missing-rate-is-named"(t) {
    const xrm = await t.open(model);
    await rates(xrm);
    const sales = xrm.entity("sale");
    await sales.create({ amount: "1.00", currency: "USD", closedOn: "2025-12-31" });
    const measures = { x: { sum: "amount", convertTo: "BRL", on: "closedOn" } };
    const error = await refused("NO_RATE", sales.aggregate({ measures }));
    assert.deepEqual(error.params, { from: "USD", to: "BRL", on: "2025-12-31" });
    assert.equal(error.retryable, false);
    await sales.create({ amount: "1.00", currency: "USD" });
    const empty = await refused("NO_RATE", sales.aggregate({ measures, where: { closedOn: null } }));
    assert.equal(empty.field, "closedOn");
    await refused("NO_RATE", sales.aggregate({ measures: { x: { sum: "amount", convertTo: "CHF" } } }));
    for (const x of [
      { max: "amount", convertTo: "BRL" },
      { sum: "amount", convertTo: "brl" },
      { sum: "amount", convertTo: "BRL", on: "team" },
      { sum: "amount", convertTo: "BRL", on: "2026-02-30" },
      { sum: "amount", on: "closedOn" },
      { sum: "version", convertTo: "BRL" },
      { count: true, convertTo: "BRL" },
    ])
      await refused("INVALID_QUERY", sales.aggregate({ measures: { x } as never }));
  },
});
