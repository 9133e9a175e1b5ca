/** Autonumbers when the model changes: no number is given twice. */

import assert from "node:assert/strict";
import { field } from "@kith/schema";
import { type ChangeContext, topic } from "./case.ts";
import { entity, modelOf, thing } from "./models.ts";

const year = new Date().getUTCFullYear();
type Fields = Parameters<typeof thing>[0];

/** The numbers that the next two records of `thing` get. */
async function next(t: ChangeContext, fields: Fields, name = "no"): Promise<unknown[]> {
  const xrm = await t.open(thing(fields));
  const made = [await xrm.entity("thing").create({}), ...(await xrm.entity("thing").createMany([{}]))];
  await xrm.close();
  return made.map((row) => (row as Record<string, unknown>)[name]);
}

/** See the file. */
export const counters = topic("counters", {
  async text(t) {
    for (const fold of [true, false]) {
      const name = fold ? "no" : "mark";
      const before = { no: field.text(), mark: field.text({ fold: false }) };
      if (fold)
        await t.make(thing(before), "thing", [{ no: "A7", mark: "A7" }, { no: "A03" }, { no: "B99", mark: "A90x" }]);
      const after = fold
        ? { no: field.autonumber("A{0}"), mark: field.text({ fold: false }) }
        : { no: field.autonumber("A{0}"), mark: field.autonumber("A{00}") };
      await t.change(thing(after));
      assert.deepEqual(await next(t, after, name), fold ? ["A8", "A9"] : ["A11", "A12"]);
    }
  },

  async "without-a-number"(t) {
    await t.make(thing({ code: field.text() }), "thing", [{}, { code: "N02" }, {}, { code: "N1" }]);
    const after = { no: field.autonumber("N{00}", { was: "code" }) };
    await t.change(thing(after));
    const rows = await t.held(thing(after));
    assert.deepEqual(rows, [{ no: "N03" }, { no: "N02" }, { no: "N04" }, { no: "N1" }]);
    assert.deepEqual(await next(t, after), ["N05", "N06"]);
  },

  async periods(t) {
    const hand = [`${year}/0041`, `${year - 1}/0900`, `${year}/x`, `${year + 1}/0007`, `${year}/12345678901234567890`];
    await t.make(
      thing({ no: field.text() }),
      "thing",
      hand.map((no) => ({ no })),
    );
    const after = { no: field.autonumber("{yyyy}/{0000}") };
    await t.change(thing(after));
    assert.deepEqual(await next(t, after), [`${year}/0042`, `${year}/0043`]);
  },

  async "another-pattern"(t) {
    const before = { no: field.autonumber("A{000}") };
    const [, , last] = await t.make(thing(before), "thing", [{}, {}, {}]);
    const xrm = await t.open(thing(before));
    await xrm.entity("thing").delete(last as string);
    await xrm.close();
    const wider = { no: field.autonumber("A{0}") };
    await t.change(thing(wider));
    assert.deepEqual(await next(t, wider), ["A4", "A5"]);
    const other = { no: field.autonumber("B{0}") };
    await t.change(thing(other));
    assert.deepEqual(await next(t, other), ["B1", "B2"]);
    await t.change(thing(wider));
    assert.deepEqual(await next(t, wider), ["A6", "A7"]);
    const later = { no: field.autonumber("A{0}", { start: 100 }) };
    await t.change(thing(later));
    assert.deepEqual(await next(t, later), ["A100", "A101"]);
    await t.change(thing(wider));
    assert.deepEqual(await next(t, wider), ["A102", "A103"]);
  },

  async renamed(t) {
    const before = { no: field.autonumber("A{0}"), mark: field.autonumber("A{0}") };
    await t.make(thing(before), "thing", [{}, {}]);
    const less = thing({ mark: field.autonumber("A{0}") });
    await t.apply(less, { confirm: ["field.drop:thing.no"] });
    const after = modelOf([entity("item", { no: field.autonumber("A{0}", { was: "mark" }) }, { was: "thing" })]);
    await t.change(after);
    const xrm = await t.open(after);
    assert.equal((await xrm.entity("item").create({})).no, "A3");
    await xrm.close();
  },
});
