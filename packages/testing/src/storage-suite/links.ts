/** Filters through lookups, children and links. */

import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import { column, topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

async function find(xrm: Xrm<any>, entity: string, where: object, name: string): Promise<unknown[]> {
  return column(await xrm.entity(entity).findMany({ where }), name);
}

/** Cases on filters through relations. */
export const links = topic("links", {
  async "through-a-lookup"(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    const deals = (where: object) => find(xrm, "deal", where, "title");
    assert.deepEqual(await deals({ account: acme }), ["d1", "d2"]);
    assert.deepEqual(await deals({ account: { ne: acme } }), ["d3", "d4", "d5"]);
    assert.deepEqual(await deals({ account: { industry: "tech" } }), ["d1", "d2"]);
    assert.deepEqual(await deals({ not: { account: { industry: "tech" } } }), ["d3", "d4", "d5"]);
    assert.deepEqual(await deals({ account: { industry: { ne: "tech" } } }), ["d3", "d4"]);
    assert.deepEqual(await deals({ account: { code: null } }), []);
    assert.deepEqual(await deals({ account: null }), ["d5"]);
  },

  async "through-two-lookups-and-to-itself"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    assert.deepEqual(await find(xrm, "deal", { contact: { account: { name: "beta" } } }, "title"), ["d3"]);
    assert.deepEqual(await find(xrm, "deal", { account: { parent: { name: "Acme" } } }, "title"), ["d3", "d4"]);
    assert.deepEqual(await find(xrm, "account", { parent: { parent: { name: "Acme" } } }, "name"), ["Gámma"]);
    assert.deepEqual(await find(xrm, "account", { parent: { parent: { parent: { name: "Acme" } } } }, "name"), []);
    assert.deepEqual(await find(xrm, "account", { not: { parent: { not: { name: "Acme" } } } }, "name"), [
      "Acme",
      "beta",
      "lone",
    ]);
  },

  async "some-every-none-of-children"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const accounts = (where: object) => find(xrm, "account", where, "name");
    assert.deepEqual(await accounts({ deals: { some: { stage: "won" } } }), ["Acme", "beta"]);
    assert.deepEqual(await accounts({ deals: { some: {} } }), ["Acme", "beta"]);
    assert.deepEqual(await accounts({ deals: { none: {} } }), ["Gámma", "lone"]);
    assert.deepEqual(await accounts({ deals: { none: { stage: "lost" } } }), ["Acme", "Gámma", "lone"]);
    assert.deepEqual(await accounts({ deals: { every: { amount: { gte: "1.00" } } } }), ["Acme", "Gámma", "lone"]);
    assert.deepEqual(await accounts({ deals: { every: { stage: "won" } } }), ["Gámma", "lone"]);
    assert.deepEqual(await accounts({ deals: { some: { stage: "won" }, none: { stage: "lost" } } }), ["Acme"]);
    assert.deepEqual(await accounts({ not: { deals: { some: { amount: null } } } }), ["Acme", "Gámma", "lone"]);
    assert.deepEqual(await accounts({ subsidiaries: { some: { subsidiaries: { some: {} } } } }), ["Acme"]);
    assert.deepEqual(await accounts({ contacts: { some: { deals: { some: { account: { name: "beta" } } } } } }), [
      "beta",
    ]);
  },

  async "some-every-none-of-links"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const accounts = (where: object) => find(xrm, "account", where, "name");
    assert.deepEqual(await accounts({ clubs: { some: { name: "golf" } } }), ["Acme", "beta"]);
    assert.deepEqual(await accounts({ clubs: { every: { name: "golf" } } }), ["beta", "Gámma", "lone"]);
    assert.deepEqual(await accounts({ clubs: { none: { name: "chess" } } }), ["beta", "Gámma", "lone"]);
    assert.deepEqual(await accounts({ clubs: { some: {} } }), ["Acme", "beta"]);
    assert.deepEqual(await find(xrm, "club", { members: { some: { deals: { some: { stage: "lost" } } } } }, "name"), [
      "golf",
    ]);
    assert.deepEqual(await find(xrm, "club", { members: { none: {} } }, "name"), ["empty"]);
    assert.deepEqual(await find(xrm, "club", { memberships: { some: { since: { gt: "2020-06-01" } } } }, "name"), [
      "golf",
    ]);
  },

  async "counts-and-aggregates-see-the-same"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const where = { clubs: { some: { name: "golf" } }, deals: { some: { stage: "won" } } };
    assert.equal(await xrm.entity("account").count({ where }), 2);
    assert.equal(await xrm.entity("account").exists({ where: { ...where, name: "lone" } }), false);
    assert.deepEqual(
      await xrm.entity("account").aggregate({ where, measures: { n: "count", total: { sum: "employees" } } }),
      [{ n: 2, total: 30 }],
    );
    assert.deepEqual(
      await xrm.entity("deal").aggregate({
        where: { account: { clubs: { some: { name: "chess" } } } },
        measures: { sum: { sum: "amount" } },
      }),
      [{ sum: "30.00" }],
    );
  },
});
