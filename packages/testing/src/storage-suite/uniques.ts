/** Unique constraints. */

import assert from "node:assert/strict";
import { defineModel } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { refused, topic } from "./case.ts";
import { fixture, plant, thing } from "./fixture.ts";

const unique = (kind: string, options: object = {}) => thing({ value: { kind, unique: true, ...options } as never });

/** Cases on unique constraints. */
export const uniques = topic("uniques", {
  async "text-compares-folded"(t) {
    const things = (await t.open(unique("text"))).entity("thing");
    await things.create({ value: "João Straße" });
    for (const value of ["joao strasse", "JOÃO STRASSE", "joa\u0303o straße"]) {
      const error = await refused("UNIQUE", things.create({ value }));
      assert.deepEqual(
        [error.entity, error.field, error.params["fields"], error.retryable],
        ["thing", "value", ["value"], false],
      );
    }
    await things.create({ value: "joao strase" });
    assert.equal(await things.count(), 2);
  },

  async "text-that-says-fold-false-compares-exactly"(t) {
    const things = (await t.open(unique("text", { fold: false }))).entity("thing");
    await things.createMany(["João", "joao", "JOAO", "joa\u0303o", "", " "].map((value) => ({ value })));
    await refused("UNIQUE", things.create({ value: "joao" }));
    await refused("UNIQUE", things.create({ value: "" }));
  },

  async "other-kinds"(t) {
    const kinds: readonly (readonly [string, unknown, unknown, unknown])[] = [
      ["integer", 5, 5, 6],
      ["number", 0, -0, 0.1],
      ["number", 0.1 + 0.2, 0.30000000000000004, 0.3],
      ["decimal", "1.50", "+1.5", "1.51"],
      ["date", "2026-01-31", "2026-01-31", "2026-02-01"],
      ["datetime", "2026-01-31T00:00:00Z", "2026-01-31T01:00:00+01:00", "2026-01-31T00:00:00.001Z"],
      ["email", "Ann@Acme.example", "ann@ACME.example", "bob@acme.example"],
      ["user", "u1", "u1", "U1"],
    ];
    const entities = kinds.map(([kind], i) =>
      defineEntity(`thing${i}`, { fields: { value: { kind, unique: true } as never } }),
    );
    const xrm = await t.open(defineModel({ entities }));
    for (const [i, [, first, same, other]] of kinds.entries()) {
      const things = xrm.entity(`thing${i}`);
      await things.create({ value: first });
      await refused("UNIQUE", things.create({ value: same }));
      await things.create({ value: other });
      await things.createMany([{ value: null }, {}]);
    }
  },

  async "null-is-free"(t) {
    const xrm = await t.open(fixture);
    await xrm.entity("account").createMany([{ name: "a" }, { name: "b" }, { name: "c", code: null }]);
    await xrm.entity("deal").createMany([{ title: "same" }, { title: "same" }, { title: "same", account: null }]);
    assert.equal(await xrm.entity("deal").count(), 3);
  },

  async "several-fields-together"(t) {
    const xrm = await t.open(fixture);
    const { acme, beta } = await plant(xrm);
    const error = await refused("UNIQUE", xrm.entity("deal").create({ title: "D1", account: acme }));
    assert.deepEqual(error.params["fields"], ["account", "title"]);
    assert.equal(error.field, undefined);
    await xrm.entity("deal").create({ title: "D1", account: beta });
    await xrm.entity("deal").create({ title: "d9", account: acme });
    await refused(
      "UNIQUE",
      xrm
        .entity("membership")
        .create({ account: acme, club: (await xrm.entity("club").findOne({ where: { name: "golf" } }))?.["id"] }),
    );
  },

  async "updates-are-checked-too"(t) {
    const xrm = await t.open(fixture);
    const { acme, beta } = await plant(xrm);
    await refused("UNIQUE", xrm.entity("account").update(beta, { code: "a" }));
    assert.equal((await xrm.entity("account").get(beta))["code"], "B");
    // Its own value is no clash, whatever its form.
    assert.equal((await xrm.entity("account").update(beta, { code: "b" }))["code"], "b");
    assert.equal((await xrm.entity("account").update(acme, { code: null }))["code"], null);
    assert.equal((await xrm.entity("account").update(beta, { code: "A" }))["code"], "A");
  },

  async "a-deleted-record-frees-its-key"(t) {
    const xrm = await t.open(fixture);
    const { lone } = await plant(xrm);
    await xrm.entity("account").update(lone, { code: "X" });
    await refused("UNIQUE", xrm.entity("account").create({ name: "n", code: "x" }));
    await xrm.entity("account").delete(lone);
    await xrm.entity("account").create({ name: "n", code: "x" });
  },

  async "within-one-call"(t) {
    const xrm = await t.open(fixture);
    await refused(
      "UNIQUE",
      xrm.entity("account").createMany([
        { name: "a", code: "X" },
        { name: "b", code: "x" },
      ]),
    );
    assert.equal(await xrm.entity("account").count(), 0);
  },

  async "case-of-one-key-can-change"(t) {
    const entity = defineEntity("thing", {
      unique: [["a", "b"]],
      fields: { a: field.choice(["x", "y"]), b: field.integer(), c: field.text({ unique: true }) },
    });
    const things = (await t.open(defineModel({ entities: [entity] }))).entity("thing");
    const first = await things.create({ a: "x", b: 1, c: "one" });
    const second = await things.create({ a: "y", b: 1, c: "two" });
    await refused("UNIQUE", things.update(String(second["id"]), { a: "x" }));
    await things.update(String(first["id"]), { b: 2 });
    await things.update(String(second["id"]), { a: "x", c: "TWO" });
    await refused("UNIQUE", things.update(String(first["id"]), { b: 1 }));
  },
});
