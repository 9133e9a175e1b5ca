/** Search in step with every write, and with what is declared searchable. */

import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import { field } from "@kith/schema";
import { column, refused, topic } from "./case.ts";
import { thing } from "./fixture.ts";
import { found, model, people } from "./search-fixture.ts";

/** Cases on what search finds after writes. */
export const searchWrites = topic("search", {
  async "kept-in-step-with-writes"(t) {
    const xrm = await t.open(model);
    const persons = xrm.entity("person");
    const ann = (await persons.create({ name: "Ann", notes: "amber" })) as { id: string };
    const bob = (await persons.create({ name: "Bob" })) as { id: string };
    assert.deepEqual(await found(xrm, "amber"), ["Ann"]);
    await persons.update(ann.id, { notes: "basalt" });
    assert.deepEqual(await found(xrm, "amber"), []);
    assert.deepEqual(await found(xrm, "ann basalt"), ["Ann"]);
    await persons.update(ann.id, { age: 7 });
    assert.deepEqual(await found(xrm, "ann basalt"), ["Ann"]);
    await persons.update(bob.id, { labels: ["amber"] });
    assert.deepEqual(await found(xrm, "amber"), ["Bob"]);
    await persons.updateMany({}, { notes: "cobalt" });
    assert.deepEqual(await found(xrm, "cobalt"), ["Ann", "Bob"]);
    await persons.update(bob.id, { notes: null, labels: null });
    assert.deepEqual(await found(xrm, "cobalt"), ["Ann"]);
    await persons.delete(ann.id);
    assert.deepEqual(await found(xrm, "cobalt"), []);
    assert.deepEqual(await found(xrm, "ann"), []);
    await persons.create({ name: "Ann again" });
    assert.deepEqual(await found(xrm, "ann"), ["Ann again"]);
    await persons.deleteMany({});
    assert.equal(await persons.count({ search: "b" }), 0);
  },

  async "kept-in-step-with-upserts-and-cascades"(t) {
    const xrm = await t.open(model);
    const firms = xrm.entity("firm");
    const first = (await firms.upsert({ code: "c", name: "Granite" }, { by: "code" })) as { id: string };
    await firms.upsert({ code: "c", name: "Marble" }, { by: "code" });
    assert.equal(await firms.count({ search: "granite" }), 0);
    assert.equal(await firms.count({ search: "marble" }), 1);
    await xrm.entity("person").createMany([{ name: "Ann", firm: first.id }, { name: "Anton" }]);
    await firms.delete(first.id);
    assert.equal(await firms.count({ search: "marble" }), 0);
    assert.deepEqual(await found(xrm, "an"), ["Anton"]);
  },

  async "inside-transactions"(t) {
    const xrm = await t.open(model);
    await people(xrm);
    const ana = (await xrm.entity("person").findOne({ search: "ana" })) as { id: string };
    await assert.rejects(
      xrm.transaction(async (tx: Xrm<any>) => {
        await tx.entity("person").create({ name: "Quartz" });
        await tx.entity("person").update(ana.id, { name: "Onyx" });
        assert.deepEqual(await found(tx, "quartz"), ["Quartz"]);
        assert.deepEqual(await found(tx, "onyx vip"), ["Onyx"]);
        assert.deepEqual(await found(tx, "ana"), []);
        await assert.rejects(
          tx.transaction(async (inner: Xrm<any>) => {
            await inner.entity("person").delete(ana.id);
            await inner.entity("person").create({ name: "Opal" });
            assert.deepEqual(await found(inner, "onyx"), []);
            assert.deepEqual(await found(inner, "o"), ["Opal", "Zoë Ångström"]);
            throw new Error("back");
          }),
        );
        assert.deepEqual(await found(tx, "onyx"), ["Onyx"]);
        assert.deepEqual(await found(tx, "opal"), []);
        if (t.capabilities.readsDuringTransaction) {
          const seen = await new Promise<unknown[]>((resolve, reject) => {
            setImmediate(() => found(xrm, "ana").then(resolve, reject));
          }).catch(() => ["Ana Joaquina"]);
          assert.deepEqual(seen, ["Ana Joaquina"]);
        }
        throw new Error("back");
      }),
    );
    assert.deepEqual(await found(xrm, "quartz"), []);
    assert.deepEqual(await found(xrm, "ana"), ["Ana Joaquina"]);
    await xrm.transaction(async (tx: Xrm<any>) => {
      await tx.entity("person").create({ name: "Quartz" });
      await tx.transaction((inner: Xrm<any>) => inner.entity("person").update(ana.id, { name: "Onyx" }));
    });
    assert.deepEqual(await found(xrm, "quartz"), ["Quartz"]);
    assert.deepEqual(await found(xrm, "onyx"), ["Onyx"]);
  },

  async "a-failed-write-leaves-the-index-as-it-was"(t) {
    const xrm = await t.open(model);
    const firms = xrm.entity("firm");
    const one = (await firms.create({ code: "1", name: "Granite" })) as { id: string };
    const two = (await firms.create({ code: "2", name: "Slate" })) as { id: string };
    await refused("UNIQUE", firms.create({ code: "1", name: "Marble" }));
    await refused("UNIQUE", firms.update(two.id, { code: "1", name: "Marble" }));
    await refused(
      "UNIQUE",
      firms.createMany([
        { code: "3", name: "Marble" },
        { code: "1", name: "Marble" },
      ]),
    );
    assert.equal(await firms.count({ search: "marble" }), 0);
    assert.equal(await firms.count({ search: "slate" }), 1);
    await firms.delete(one.id);
    assert.equal(await firms.count({ search: "granite" }), 0);
  },

  async "long-texts-to-their-bound"(t) {
    const xrm = await t.open(
      thing({ text: field.longText({ searchable: true }), more: field.text({ searchable: true }) }),
    );
    const things = xrm.entity("thing");
    const many = Array.from({ length: 60_000 }, (_, i) => `w${i}`).join(" ");
    const wide = Array.from({ length: 9_000 }, (_, i) => `${"ж".repeat(50)}${String.fromCodePoint(0x4e00 + i)}`).join(
      " ",
    );
    await things.createMany([
      { text: many, more: "first" },
      { text: wide, more: "second" },
      { text: "é".repeat(300_000), more: "third" },
    ]);
    const more = async (search: string) => column(await things.findMany({ search, orderBy: { id: "asc" } }), "more");
    assert.deepEqual(await more('"w0"'), ["first"]);
    assert.deepEqual(await more('"w9999" first'), ["first"]);
    assert.deepEqual(await more('"w59999"'), [], "behind the bound");
    assert.deepEqual(await more("жжж"), ["second"]);
    assert.deepEqual(await more("e".repeat(200)), ["third"], "longer words are cut alike");
    assert.equal(await things.count({ search: "e" }), 1);
  },

  async "survives-a-restart"(t) {
    if (!t.capabilities.durable) return;
    const xrm = await t.open(model);
    await people(xrm);
    const again = await t.restart(model);
    assert.deepEqual(await found(again, "joao silva"), ["João da Silva"]);
  },

  async "a-field-made-searchable-later"(t) {
    if (!t.capabilities.durable) return;
    const before = await t.open(thing({ name: field.text(), note: field.text({ searchable: true }) }));
    const rows = Array.from({ length: 1_201 }, (_, i) => ({ name: `name${i}`, note: `note${i % 7}` }));
    for (let i = 0; i < rows.length; i += 500) await before.entity("thing").createMany(rows.slice(i, i + 500));
    const after = await t.restart(
      thing({ name: field.text({ searchable: true }), note: field.text({ searchable: { weight: "C" } }) }),
    );
    const things = after.entity("thing");
    assert.equal(await things.count({ search: "name" }), 1_201);
    assert.equal(await things.count({ search: '"name1200"' }), 1);
    assert.equal(await things.count({ search: "note3 name" }), rows.filter(({ note }) => note === "note3").length);
    await things.updateMany({ name: "name5" }, { name: "other" });
    assert.equal(await things.count({ search: '"name5"' }), 0);
    const none = await t.restart(thing({ name: field.text(), note: field.text() }));
    await refused("INVALID_QUERY", none.entity("thing").count({ search: "name" }));
    await none.entity("thing").create({ name: "last" });
    const back = await t.restart(thing({ name: field.text({ searchable: true }), note: field.text() }));
    assert.equal(await back.entity("thing").count({ search: "last" }), 1);
    assert.equal(await back.entity("thing").count({ search: "note3" }), 0);
  },
});
