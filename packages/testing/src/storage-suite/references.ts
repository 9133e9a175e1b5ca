/** Lookups: what they name exists, and what happens when it goes. */

import assert from "node:assert/strict";
import { defineModel } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { column, refused, topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

const nowhere = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";

/** Cases on references. */
export const references = topic("references", {
  async "a-lookup-names-a-record-that-is-there"(t) {
    const xrm = await t.open(fixture);
    const { acme, golf } = await plant(xrm);
    for (const account of [nowhere, golf]) {
      const error = await refused("REFERENCE", xrm.entity("contact").create({ account }));
      assert.deepEqual([error.entity, error.field, error.params["id"]], ["contact", "account", account]);
    }
    await refused("REFERENCE", xrm.entity("account").update(acme, { parent: nowhere }));
    await refused("REFERENCE", xrm.entity("contact").createMany([{ account: acme }, { account: nowhere }]));
    assert.equal(await xrm.entity("contact").count(), 3);
    assert.equal((await xrm.entity("account").get(acme))["version"], 1);
  },

  async restrict(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    await xrm.entity("membership").deleteMany({});
    await xrm.entity("contact").deleteMany({});
    const error = await refused("RESTRICTED", xrm.entity("account").delete(acme));
    assert.deepEqual([error.entity, error.params["by"], error.params["lookup"]], ["account", "deal", "account"]);
    assert.equal(await xrm.entity("account").count(), 4);
    await xrm.entity("deal").deleteMany({ account: acme });
    await xrm.entity("account").delete(acme);
    assert.equal(await xrm.entity("account").count(), 3);
  },

  async "a-refused-delete-undoes-its-cascades"(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    await refused("RESTRICTED", xrm.entity("account").delete(acme));
    assert.equal(await xrm.entity("contact").count({ where: { account: acme } }), 1);
    assert.equal(await xrm.entity("membership").count({ where: { account: acme } }), 2);
    assert.equal(await xrm.entity("deal").count({ where: { contact: null } }), 3);
    assert.equal(await xrm.entity("account").count({ where: { parent: acme } }), 1);
  },

  async "cascade-and-clear"(t) {
    const xrm = await t.open(fixture);
    const { acme, beta, ann } = await plant(xrm);
    await xrm.entity("deal").updateMany({ account: acme }, { account: null });
    await xrm.entity("account").delete(acme);
    assert.equal(await xrm.entity("contact").count(), 2);
    assert.equal(await xrm.entity("membership").count(), 1);
    const child = await xrm.entity("account").get(beta);
    assert.deepEqual([child["parent"], child["version"]], [null, 3]);
    // The contact went by cascade, and with it what looked up to it was cleared.
    assert.equal(await xrm.entity("deal").count({ where: { contact: ann } }), 0);
    assert.equal((await xrm.entity("deal").findOne({ where: { title: "d1" } }))?.["contact"], null);
  },

  async "a-record-may-look-up-to-itself"(t) {
    const xrm = await t.open(fixture);
    const made = await xrm.entity("account").create({ id: nowhere, name: "self", parent: nowhere });
    assert.equal(made["parent"], nowhere);
    await xrm.entity("account").update(nowhere, { parent: null });
    await xrm.entity("account").update(nowhere, { parent: nowhere });
    await xrm.entity("account").delete(nowhere);
    assert.equal(await xrm.entity("account").count(), 0);
  },

  async "within-one-call-in-order"(t) {
    const xrm = await t.open(fixture);
    await xrm.entity("account").createMany([
      { id: nowhere, name: "a" },
      { name: "b", parent: nowhere },
    ]);
    assert.equal(await xrm.entity("account").count({ where: { parent: nowhere } }), 1);
  },

  async "chains-and-circles-of-cascades"(t) {
    const node = defineEntity("node", {
      fields: {
        name: field.text(),
        next: field.lookup("node", { onDelete: "cascade" }),
        previous: field.children("node", { via: "next" }),
      },
    });
    const nodes = (await t.open(defineModel({ entities: [node] }))).entity("node");
    const ids: string[] = [];
    for (let i = 0; i < 20; i++)
      ids.push(String((await nodes.create({ name: `n${i}`, next: ids[i - 1] ?? null }))["id"]));
    await nodes.delete(ids[10] as string);
    assert.deepEqual(
      column(await nodes.findMany({ orderBy: { id: "asc" } }), "name"),
      Array.from({ length: 10 }, (_, i) => `n${i}`),
    );
    await nodes.update(ids[0] as string, { next: ids[9] });
    await nodes.delete(ids[5] as string);
    assert.equal(await nodes.count(), 0);
  },
});
