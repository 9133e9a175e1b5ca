/** Lookups that come to lead to other entities than before. */

import assert from "node:assert/strict";
import { field } from "@kith/schema";
import { refused } from "../storage-suite/case.ts";
import { topic } from "./case.ts";
import { entity, modelOf } from "./models.ts";

const account = entity("account", { name: field.text() });
const contact = entity("contact", { name: field.text() });
/** Notes about records of one entity or of several. */
const notes = (about: object) => modelOf([account, contact, entity("note", { about })]);
const toOne = (options: object = {}) => notes(field.lookup("account", options));
const toEither = (options: object = {}) => notes(field.lookup(["account", "contact"], options));
const convert = ["field.convert:note.about"];

/** Cases on lookups to one entity and to several, in both directions. */
export const lookups = topic("lookups", {
  async "to-one-comes-to-lead-to-several"(t) {
    const [acme] = await t.make(toOne(), "account", [{ name: "Acme" }]);
    await t.make(toOne(), "note", [{ about: acme }, { about: null }]);
    await refused("MODEL_CHANGED", t.open(toEither()));
    assert.deepEqual(await t.held(toOne(), "note"), [{ about: acme }, { about: null }]);
    const report = await t.change(toEither());
    assert(report.applied.includes("field.convert:note.about"));
    const about = { entity: "account", id: acme };
    assert.deepEqual(await t.held(toEither(), "note"), [{ about }, { about: null }]);
    const xrm = await t.open(toEither());
    const all = xrm.entity("note");
    assert.equal(await all.count({ where: { about: { account: { name: "Acme" } } } }), 1);
    await refused("RESTRICTED", xrm.entity("account").delete(String(acme)));
    await refused("REFERENCE", all.create({ about: { entity: "contact", id: acme } }));
    const { id } = await xrm.entity("contact").create({ name: "Ana" });
    await all.create({ about: { entity: "contact", id } });
    await refused("RESTRICTED", xrm.entity("contact").delete(String(id)));
    // By hand as well: the table holds it.
    await assert.rejects(t.direct(`delete from account where id = '${acme}'`));
    await assert.rejects(t.direct(`delete from contact where id = '${id}'`));
  },

  async "to-several-comes-to-lead-to-one"(t) {
    const [acme] = await t.make(toEither(), "account", [{ name: "Acme" }]);
    const [ana] = await t.make(toEither(), "contact", [{ name: "Ana" }]);
    const [, other] = await t.make(toEither(), "note", [
      { about: { entity: "account", id: acme } },
      { about: { entity: "contact", id: ana } },
      {},
    ]);
    const [step, ...others] = await t.refusals(toOne());
    assert.deepEqual([step?.id, step?.offenderCount, others], [convert[0], 1, []]);
    assert.deepEqual(
      step?.offenders?.map((one) => [one.id, one.values]),
      [[other, { about: { entity: "contact", id: ana } }]],
    );
    await refused("MODEL_CHANGED", t.apply(toOne(), { confirm: convert }));
    assert.equal((await t.held(toEither(), "note")).length, 3);
    const before = await t.open(toEither());
    await before.entity("note").update(String(other), { about: { entity: "account", id: acme } });
    await before.close();
    await t.change(toOne());
    assert.deepEqual(await t.held(toOne(), "note"), [{ about: acme }, { about: acme }, { about: null }]);
    const xrm = await t.open(toOne());
    await refused("RESTRICTED", xrm.entity("account").delete(String(acme)));
    await refused("REFERENCE", xrm.entity("note").create({ about: ana }));
    await xrm.entity("contact").delete(String(ana));
    await assert.rejects(t.direct(`delete from account where id = '${acme}'`));
  },

  async "there-and-back-keeps-every-value-with-required-and-unique"(t) {
    const options = { required: true, unique: true };
    const ids = await t.make(toOne(options), "account", [{ name: "a" }, { name: "b" }]);
    await t.make(
      toOne(options),
      "note",
      ids.map((about) => ({ about })),
    );
    await t.change(toEither(options));
    const several = await t.open(toEither(options));
    const [first] = ids;
    const twice = several.entity("note").create({ about: { entity: "account", id: first } });
    assert.equal((await refused("UNIQUE", twice)).field, "about");
    await refused("INVALID_RECORD", several.entity("note").create({}));
    await several.close();
    await t.change(toOne(options));
    assert.deepEqual(
      await t.held(toOne(options), "note"),
      ids.map((about) => ({ about })),
    );
    const one = await t.open(toOne(options));
    assert.equal((await refused("UNIQUE", one.entity("note").create({ about: first }))).field, "about");
    await refused("INVALID_RECORD", one.entity("note").create({}));
  },

  async "to-several-gets-one-more-and-loses-one-that-nothing-leads-to"(t) {
    const company = entity("company", { name: field.text() });
    const wide = modelOf([
      account,
      contact,
      company,
      entity("note", { about: field.lookup(["account", "contact", "company"]) }),
    ]);
    const narrow = modelOf([
      account,
      contact,
      company,
      entity("note", { about: field.lookup(["contact", "company"]) }),
    ]);
    const [acme] = await t.make(toEither(), "account", [{ name: "Acme" }]);
    const [ana] = await t.make(toEither(), "contact", [{ name: "Ana" }]);
    const about = { entity: "contact", id: ana };
    const [made] = await t.make(toEither(), "note", [{ about: { entity: "account", id: acme } }, { about }]);
    await t.change(wide);
    const [firm] = await t.make(wide, "company", [{ name: "Firm" }]);
    await t.make(wide, "note", [{ about: { entity: "company", id: firm } }]);
    assert.equal((await t.refusals(narrow))[0]?.offenderCount, 1);
    const xrm = await t.open(wide);
    await xrm.entity("note").delete(String(made));
    await xrm.close();
    await t.change(narrow);
    assert.deepEqual(await t.held(narrow, "note"), [{ about }, { about: { entity: "company", id: firm } }]);
  },

  async "an-entity-that-they-lead-to-gets-another-name"(t) {
    const [ana] = await t.make(toEither(), "contact", [{ name: "Ana" }]);
    const [made] = await t.make(toEither(), "note", [{ about: { entity: "contact", id: ana } }]);
    const person = entity("person", { name: field.text() }, { was: "contact" });
    const after = modelOf([account, person, entity("note", { about: field.lookup(["account", "person"]) })]);
    const steps = await t.steps(after);
    assert(
      steps.every((step) => step.startsWith("safe ")),
      steps.join(),
    );
    assert.deepEqual(await t.held(after, "note"), [{ about: { entity: "person", id: ana } }]);
    assert.deepEqual(await t.drift(after), []);
    const xrm = await t.open(after);
    await refused("RESTRICTED", xrm.entity("person").delete(String(ana)));
    await xrm.entity("note").delete(String(made));
    await xrm.entity("person").delete(String(ana));
  },

  async "an-entity-gets-another-name-while-they-come-to-lead-to-others"(t) {
    const [acme] = await t.make(toOne(), "account", [{ name: "Acme" }]);
    await t.make(toOne(), "note", [{ about: acme }]);
    const company = entity("company", { name: field.text() }, { was: "account" });
    const several = modelOf([company, contact, entity("note", { about: field.lookup(["contact", "company"]) })]);
    await t.change(several);
    assert.deepEqual(await t.held(several, "note"), [{ about: { entity: "company", id: acme } }]);
    const firm = entity("firm", { name: field.text() }, { was: "company" });
    const one = modelOf([firm, contact, entity("note", { about: field.lookup("firm") })]);
    await t.change(one);
    assert.deepEqual(await t.held(one, "note"), [{ about: acme }]);
    const xrm = await t.open(one);
    await refused("RESTRICTED", xrm.entity("firm").delete(String(acme)));
  },
});
