/** And, or, not, and what null does: conditions are true or false, never unknown. */

import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import { column, topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

async function names(xrm: Xrm<any>, where: object): Promise<unknown[]> {
  return column(await xrm.entity("account").findMany({ where, select: { name: true } }), "name");
}

const all = ["Acme", "beta", "Gámma", "lone"];

/** Cases on connectives and null. */
export const logic = topic("logic", {
  async "several-conditions-must-all-hold"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    assert.deepEqual(await names(xrm, { industry: "tech", employees: { gt: 5, lt: 20 } }), ["Acme"]);
    assert.deepEqual(await names(xrm, { employees: { gt: 10, lt: 20 } }), []);
    assert.deepEqual(await names(xrm, { and: [{ industry: "tech" }, { employees: 20 }] }), []);
    assert.deepEqual(await names(xrm, {}), all);
  },

  async "empty-lists"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    assert.deepEqual(await names(xrm, { and: [] }), all);
    assert.deepEqual(await names(xrm, { or: [] }), []);
    assert.deepEqual(await names(xrm, { not: { or: [] } }), all);
    assert.deepEqual(await names(xrm, { not: {} }), []);
    assert.deepEqual(await names(xrm, { code: { in: [] } }), []);
    assert.deepEqual(await names(xrm, { code: { notIn: [] } }), all);
    assert.deepEqual(await names(xrm, { or: [{}] }), all);
  },

  async "ne-and-not-include-null"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    assert.deepEqual(await names(xrm, { industry: { ne: "tech" } }), ["beta", "Gámma", "lone"]);
    assert.deepEqual(await names(xrm, { not: { industry: "tech" } }), ["beta", "Gámma", "lone"]);
    assert.deepEqual(await names(xrm, { industry: { notIn: ["tech", "health"] } }), ["Gámma", "lone"]);
    assert.deepEqual(await names(xrm, { not: { employees: { gt: 10 } } }), ["Acme", "lone"]);
    assert.deepEqual(await names(xrm, { not: { not: { employees: { gt: 10 } } } }), ["beta", "Gámma"]);
    assert.deepEqual(await names(xrm, { not: { employees: { between: [10, 20] } } }), ["Gámma", "lone"]);
    assert.deepEqual(await names(xrm, { not: { code: { contains: "b" } } }), ["Acme", "Gámma", "lone"]);
  },

  async "null-is-a-value-to-eq-ne-in-notIn"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    assert.deepEqual(await names(xrm, { industry: null }), ["lone"]);
    assert.deepEqual(await names(xrm, { industry: { eq: null } }), ["lone"]);
    assert.deepEqual(await names(xrm, { industry: { ne: null } }), ["Acme", "beta", "Gámma"]);
    assert.deepEqual(await names(xrm, { industry: { in: ["tech", null] } }), ["Acme", "lone"]);
    assert.deepEqual(await names(xrm, { industry: { notIn: ["tech", null] } }), ["beta", "Gámma"]);
    assert.deepEqual(await names(xrm, { industry: { in: [null] } }), ["lone"]);
    assert.deepEqual(await names(xrm, { industry: { notIn: [null] } }), ["Acme", "beta", "Gámma"]);
    assert.deepEqual(await names(xrm, { not: { industry: { in: ["tech", null] } } }), ["beta", "Gámma"]);
  },

  async nesting(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const where = {
      or: [
        { and: [{ industry: "tech" }, { not: { employees: { gte: 11 } } }] },
        { not: { or: [{ employees: { isNull: true } }, { employees: { lt: 30 } }] } },
      ],
    };
    assert.deepEqual(await names(xrm, where), ["Acme", "Gámma"]);
    assert.deepEqual(await names(xrm, { not: where }), ["beta", "lone"]);
    assert.deepEqual(await names(xrm, { active: true, or: [{ industry: "finance" }, { name: "lone" }] }), ["lone"]);
    let deep: object = { industry: "tech" };
    for (let i = 0; i < 10; i++) deep = { not: { and: [deep] } };
    assert.deepEqual(await names(xrm, deep), ["Acme"]);
  },

  async "system-fields"(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    await xrm.as({ id: "u1" }).entity("account").update(acme, { name: "Acme 2" });
    assert.deepEqual(await names(xrm, { id: acme }), ["Acme 2"]);
    assert.deepEqual(await names(xrm, { version: { gte: 2 } }), ["Acme 2", "beta", "Gámma"]);
    assert.deepEqual(await names(xrm, { updatedBy: "u1" }), ["Acme 2"]);
    assert.deepEqual(await names(xrm, { updatedBy: { ne: "u1" } }), ["beta", "Gámma", "lone"]);
    assert.deepEqual(await names(xrm, { createdAt: { lt: "2026-01-31T10:30:00+01:00" } }), []);
    assert.deepEqual(await names(xrm, { createdAt: { lte: "2026-01-31T10:30:00+01:00" } }), [
      "Acme 2",
      "beta",
      "Gámma",
      "lone",
    ]);
  },
});
