/** Making, reading, changing and deleting one record. */

import assert from "node:assert/strict";
import { isRecordId } from "@kith/schema";
import { refused, topic } from "./case.ts";
import { fixture } from "./fixture.ts";

const id = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";

/** Cases on single records. */
export const crud = topic("crud", {
  async "create-gives-the-whole-record"(t) {
    const xrm = await t.open(fixture);
    const made = await xrm.entity("account").create({ name: "Acme" });
    const { id: given, ...rest } = made;
    assert(isRecordId(given));
    const now = "2026-01-31T09:30:00.000Z";
    assert.deepEqual(rest, {
      version: 1,
      createdAt: now,
      createdBy: null,
      updatedAt: now,
      updatedBy: null,
      name: "Acme",
      code: null,
      industry: null,
      revenue: null,
      employees: null,
      rating: null,
      founded: null,
      active: true,
      tags: null,
      settings: null,
      parent: null,
    });
    assert.deepEqual(Object.keys(made).slice(0, 6), [
      "id",
      "version",
      "createdAt",
      "createdBy",
      "updatedAt",
      "updatedBy",
    ]);
    assert.deepEqual(await xrm.entity("account").get(String(given)), made);
    assert.deepEqual(await xrm.entity("account").findMany(), [made]);
  },

  async "create-takes-an-id"(t) {
    const xrm = await t.open(fixture);
    const made = await xrm.entity("account").create({ id: id.toUpperCase(), name: "Acme" });
    assert.equal(made["id"], id);
    assert.equal((await xrm.entity("account").get(id.toUpperCase()))["id"], id);
    const error = await refused("UNIQUE", xrm.entity("account").create({ id, name: "Other" }));
    assert.deepEqual(error.params["fields"], ["id"]);
    assert.equal(error.entity, "account");
    assert.equal(await xrm.entity("account").count(), 1);
  },

  async "ids-sort-by-creation"(t) {
    const xrm = await t.open(fixture);
    const made = [];
    for (let i = 0; i < 20; i++) made.push((await xrm.entity("account").create({ name: `n${19 - i}` }))["id"]);
    assert.deepEqual(
      (await xrm.entity("account").findMany()).map((row) => row["id"]),
      made,
    );
  },

  async "get-of-nothing-is-not-found"(t) {
    const xrm = await t.open(fixture);
    const error = await refused("NOT_FOUND", xrm.entity("account").get(id));
    assert.equal(error.entity, "account");
    assert.equal(await xrm.entity("account").findOne({ where: { id } }), null);
    assert.equal(await xrm.entity("account").exists({ where: { id } }), false);
  },

  async "update-changes-what-is-named"(t) {
    const xrm = await t.open(fixture);
    const made = await xrm.entity("account").create({ name: "Acme", code: "A", employees: 5, settings: { a: 1 } });
    t.clock.now += 1_000;
    const changed = await xrm
      .as({ id: "u1" })
      .entity("account")
      .update(String(made["id"]), { name: "Acme 2", employees: null });
    assert.deepEqual(changed, {
      ...made,
      name: "Acme 2",
      employees: null,
      version: 2,
      updatedAt: "2026-01-31T09:30:01.000Z",
      updatedBy: "u1",
    });
    assert.deepEqual(await xrm.entity("account").get(String(made["id"])), changed);
  },

  async "update-of-nothing-is-not-found"(t) {
    const xrm = await t.open(fixture);
    await refused("NOT_FOUND", xrm.entity("account").update(id, { name: "x" }));
    await refused("NOT_FOUND", xrm.entity("account").update(id, {}));
    await refused("NOT_FOUND", xrm.entity("account").update(id, { name: "x" }, { ifVersion: 1 }));
  },

  async "update-that-changes-nothing-writes-nothing"(t) {
    const xrm = await t.open(fixture);
    const full = {
      name: "Acme",
      revenue: "1.50",
      rating: 0.1,
      tags: ["a", "b"],
      settings: { b: [1, { c: null }], a: "é" },
      active: false,
      founded: "2020-02-29",
      employees: 0,
    };
    const made = await xrm.entity("account").create(full);
    t.clock.now += 1_000;
    for (const change of [
      {},
      { name: "Acme" },
      { ...full, revenue: "1.5", settings: { a: "é", b: [1, { c: null }] } },
      { code: null },
      { rating: 0.1, employees: -0 },
    ]) {
      assert.deepEqual(await xrm.as({ id: "u1" }).entity("account").update(String(made["id"]), change), made);
    }
    assert.deepEqual(await xrm.entity("account").get(String(made["id"])), made);
    assert.equal((await xrm.entity("account").update(String(made["id"]), { tags: ["b", "a"] }))["version"], 2);
    assert.equal((await xrm.entity("account").update(String(made["id"]), { name: "acme" }))["version"], 3);
    assert.equal((await xrm.entity("account").update(String(made["id"]), { code: "" }))["version"], 4);
    assert.equal((await xrm.entity("account").update(String(made["id"]), { settings: null }))["version"], 5);
  },

  async "if-version-guards-update-and-delete"(t) {
    const xrm = await t.open(fixture);
    const made = await xrm.entity("account").create({ name: "Acme" });
    const key = String(made["id"]);
    assert.equal((await xrm.entity("account").update(key, { name: "B" }, { ifVersion: 1 }))["version"], 2);
    const error = await refused("CONFLICT", xrm.entity("account").update(key, { name: "C" }, { ifVersion: 1 }));
    assert.equal(error.entity, "account");
    await refused("CONFLICT", xrm.entity("account").update(key, { name: "B" }, { ifVersion: 7 }));
    await refused("CONFLICT", xrm.entity("account").delete(key, { ifVersion: 1 }));
    assert.equal((await xrm.entity("account").get(key))["name"], "B");
    await xrm.entity("account").delete(key, { ifVersion: 2 });
    await refused("NOT_FOUND", xrm.entity("account").get(key));
  },

  async "delete-removes-the-record"(t) {
    const xrm = await t.open(fixture);
    const made = await xrm.entity("account").createMany([{ name: "a" }, { name: "b" }]);
    assert.equal(await xrm.entity("account").delete(String(made[0]?.["id"])), undefined);
    assert.deepEqual(await xrm.entity("account").findMany(), [made[1]]);
    await refused("NOT_FOUND", xrm.entity("account").delete(String(made[0]?.["id"])));
  },

  async "values-are-independent-of-the-storage"(t) {
    const xrm = await t.open(fixture);
    const settings = { list: [1, 2], inner: { a: "x" } };
    const tags = ["a"];
    const made = await xrm.entity("account").create({ name: "Acme", settings, tags });
    const before = structuredClone(made);
    settings.list.push(3);
    tags.push("b");
    const spoil = (row: Record<string, unknown>) => {
      (row["settings"] as typeof settings).inner.a = "spoilt";
      (row["tags"] as string[]).push("spoilt");
      row["name"] = "spoilt";
    };
    spoil(made);
    for (const read of [
      () => xrm.entity("account").get(String(before["id"])),
      async () => (await xrm.entity("account").findMany())[0] as Record<string, unknown>,
      () => xrm.entity("account").update(String(before["id"]), {}),
    ]) {
      const row = await read();
      assert.deepEqual(row, before);
      spoil(row);
    }
    const change = { settings: { list: [9], inner: { a: "y" } } };
    const changed = await xrm.entity("account").update(String(before["id"]), change);
    change.settings.list.push(10);
    spoil(changed);
    assert.deepEqual((await xrm.entity("account").get(String(before["id"])))["settings"], {
      list: [9],
      inner: { a: "y" },
    });
  },
});
