/** Steps that lose nothing, which opening a system takes by itself. */

import assert from "node:assert/strict";
import { field } from "@kith/schema";
import { refused } from "../storage-suite/case.ts";
import { topic } from "./case.ts";
import { entity, modelOf, thing } from "./models.ts";

/** Cases on renames, new required fields, wider declarations and choices. */
export const safe = topic("safe", {
  async "become-required-in-one-step"(t) {
    const fields = { a: field.text(), n: field.integer(), up: field.lookup("thing") };
    const [id] = await t.make(thing(fields), "thing", [{ a: "x", n: 1 }]);
    await t.direct(`update thing set up = '${String(id)}'`);
    const after = { a: { required: true }, n: { required: true }, up: { required: true } };
    const required = thing({
      a: field.text(after.a),
      n: field.integer(after.n),
      up: field.lookup("thing", after.up),
    });
    assert.deepEqual(
      await t.steps(required),
      ["a", "n", "up"].map((name) => `safe field.require:thing.${name}`),
    );
    await t.change(required);
  },

  async "renames-over-skipped-releases-with-lookups-counters-and-text-indexes"(t) {
    const account = entity("account", {
      name: field.text({ required: true, unique: true, searchable: true }),
      no: field.autonumber("A{00}"),
    });
    const before = modelOf([account, entity("deal", { account: field.lookup("account") })]);
    const [id] = await t.make(before, "account", [{ name: "Ação" }]);
    await t.make(before, "deal", [{ account: id }]);
    const company = entity(
      "company",
      {
        title: field.text({ required: true, unique: true, searchable: true, was: ["label", "name"] }),
        number: field.autonumber("A{00}", { was: "no" }),
      },
      { was: ["firm", "account"] },
    );
    const after = modelOf([company, entity("deal", { company: field.lookup("company", { was: "account" }) })]);
    assert.deepEqual(await t.steps(after), [
      "safe entity.rename:company",
      "safe field.rename:company.title",
      "safe field.rename:company.number",
      "safe search.add:company",
      "safe field.rename:deal.company",
    ]);
    const xrm = await t.open(after);
    const companies = xrm.entity("company");
    const [found, ...others] = await companies.findMany({ search: "acao" });
    assert.deepEqual(others, []);
    assert.deepEqual([found?.["id"], found?.["title"], found?.["number"]], [id, "Ação", "A01"]);
    const deals = await xrm.entity("deal").findMany({ include: { company: { select: { id: true } } } });
    assert.deepEqual(
      deals.map((deal) => deal["company"]),
      [{ id }],
    );
    assert.equal((await companies.create({ title: "B" }))["number"], "A02");
    await refused("RESTRICTED", companies.delete(String(id)));
    await refused("UNIQUE", companies.create({ title: "acao" }));
    assert.deepEqual(await t.drift(after), []);
  },

  async "new-required-fields-are-filled-from-a-value-a-function-and-a-counter"(t) {
    await t.make(thing({ a: field.text() }), "thing", [{ a: "x" }, { a: "y" }]);
    let n = 0;
    const after = thing({
      a: field.text(),
      level: field.integer({ required: true, default: 3 }),
      key: field.integer({ required: true, unique: true, default: () => ++n % 2 }),
      no: field.autonumber("N{000}"),
      tags: field.tags({ required: true, default: ["new"] }),
    });
    assert.deepEqual(await t.held(after), [
      { a: "x", level: 3, key: 1, no: "N001", tags: ["new"] },
      { a: "y", level: 3, key: 0, no: "N002", tags: ["new"] },
    ]);
    assert.deepEqual(await t.drift(after), []);
  },

  async "wider-longer-optional-a-kind-that-holds-every-value-a-larger-scale-another-fold"(t) {
    const before = thing({
      a: field.text({ required: true, max: 5 }),
      n: field.integer(),
      d: field.decimal({ scale: 2 }),
      e: field.email(),
      t: field.text(),
    });
    await t.make(before, "thing", [
      { a: "abc", n: 9_007_199_254_740_991, d: "12.30", e: "a@b.co", t: "Ä" },
      { a: "abd", n: null, d: "-0.01", e: null, t: null },
    ]);
    const after = thing({
      a: field.text({ max: 50 }),
      n: field.decimal({ scale: 1 }),
      d: field.decimal({ scale: 4 }),
      e: field.longText(),
      t: field.text({ fold: false }),
    });
    const steps = await t.steps(after);
    assert(steps.length > 0 && steps.every((step) => step.startsWith("safe ")), steps.join());
    assert.deepEqual(await t.held(after), [
      { a: "abc", n: "9007199254740991.0", d: "12.3000", e: "a@b.co", t: "Ä" },
      { a: "abd", n: null, d: "-0.0100", e: null, t: null },
    ]);
    assert.deepEqual(await t.drift(after), []);
  },

  async "what-is-required-in-several-columns-is-left-alone-and-a-record-with-none-is-seen"(t) {
    const values = (required: boolean) => ({
      home: field.address({ required }),
      place: field.geo({ required }),
      about: field.lookup(["left", "right"], { required }),
    });
    const sides = [entity("left", { n: field.integer() }), entity("right", { n: field.integer() })];
    const before = modelOf([...sides, entity("thing", values(true))]);
    const [left] = await t.make(before, "left", [{ n: 1 }]);
    const [right] = await t.make(before, "right", [{ n: 1 }]);
    const rest = { home: { city: "Rio" }, place: { lat: 0, lng: 0 } };
    await t.make(before, "thing", [
      { ...rest, about: { entity: "left", id: left } },
      { ...rest, about: { entity: "right", id: right } },
    ]);
    const more = (required: boolean) =>
      modelOf([...sides, entity("thing", { ...values(required), note: field.text() })]);
    assert.deepEqual(await t.steps(more(true)), ["safe field.add:thing.note"]);
    await t.apply(more(true));
    await t.make(more(false), "thing", [{}]);
    assert.deepEqual(
      (await t.refusals(more(true))).map((step) => `${step.id} ${step.offenderCount}`),
      ["field.require:thing.home 1", "field.require:thing.place 1", "field.require:thing.about 1"],
    );
  },

  async "values-of-choices-are-renamed-in-the-data"(t) {
    const before = thing({ s: field.choice(["open", "won"]), m: field.multiChoice(["a", "b"]) });
    await t.make(before, "thing", [{ s: "won", m: ["a", "b"] }, { s: null }]);
    const after = thing({
      s: field.choice(["open", "closed"], { wasValues: { closed: ["done", "won"] } }),
      m: field.multiChoice(["b", "z"], { wasValues: { z: "a" } }),
    });
    assert.deepEqual(await t.held(after), [
      { s: "closed", m: ["b", "z"] },
      { s: null, m: null },
    ]);
  },
});
