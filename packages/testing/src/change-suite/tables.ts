/** What the tables themselves keep, and what others put on them. */

import assert from "node:assert/strict";
import { field } from "@kith/schema";
import { topic } from "./case.ts";
import { thing } from "./models.ts";

/** Cases on constraints that hold also for those who write by hand, and on what is not Kith's. */
export const tables = topic("tables", {
  async "a-check-is-a-constraint-until-the-model-says-otherwise"(t) {
    const fields = { n: field.integer() };
    const sized = (where: object) => thing(fields, { checks: { some: { where, message: "the wrong size" } } });
    await t.make(sized({ n: { gte: 5 } }), "thing", [{ n: 7 }]);
    await assert.rejects(t.direct("update thing set n = 1"), /kith_check_thing__some/);
    await (await t.open(sized({ n: { lt: 9 } }))).close();
    await t.direct("update thing set n = 1");
    await assert.rejects(t.direct("update thing set n = 9"), /kith_check_thing__some/);
  },

  async "a-check-means-in-the-table-what-it-means-in-the-model"(t) {
    const where = { or: [{ n: { gte: 5 } }, { s: { startsWith: 'it\'s "t0".' } }] };
    const model = thing({ n: field.integer(), s: field.text() }, { checks: { some: { where, message: "neither" } } });
    const xrm = await t.open(model);
    const { id } = await xrm.entity("thing").create({ n: null, s: 'it\'s "t0". fine' });
    await assert.rejects(t.direct("update thing set s = 'x', s_fold = 'x'"), /kith_check_thing__some/);
    await t.direct("update thing set n = 5");
    assert.equal((await xrm.entity("thing").get(String(id)))["n"], 5);
  },

  async "columns-indexes-and-views-of-others-stay"(t) {
    const before = thing({ a: field.text({ required: true }), parent: field.lookup("thing") });
    const [first] = await t.make(before, "thing", [{ a: "x" }]);
    await t.make(before, "thing", [{ a: "y", parent: first }]);
    await t.direct(
      "alter table thing add column note text default 'n'; create index by_note on thing (note); create view seen as select a from thing",
    );
    const after = thing({ a: field.text(), parent: field.lookup("thing") });
    await t.make(after, "thing", [{ a: null }]);
    assert.deepEqual(await t.held(after), [
      { a: "x", parent: null },
      { a: "y", parent: first },
      { a: null, parent: null },
    ]);
    const notes = await t.direct("select note from thing");
    assert.deepEqual(
      notes.map(({ note }) => note),
      ["n", "n", "n"],
    );
    assert.equal((await t.direct("select a from seen")).length, 3);
    const drift = await t.drift(after);
    assert.deepEqual(drift.map(({ kind, name }) => `${kind} ${name}`).sort(), [
      "column.extra note",
      "index.extra by_note",
    ]);
  },
});
