/** Steps that need a look: conversions, and plans that somebody has reviewed. */

import assert from "node:assert/strict";
import { field } from "@kith/schema";
import { refused } from "../storage-suite/case.ts";
import { topic } from "./case.ts";
import { thing } from "./models.ts";

/** Cases on steps that need a yes. */
export const conversions = topic("conversions", {
  async "go-through-the-field-types-and-list-what-does-not-fit"(t) {
    const before = thing({ a: field.text(), b: field.text(), d: field.datetime(), n: field.decimal() });
    const [, bad] = await t.make(before, "thing", [
      { a: "12", b: "true", d: "2026-03-04T05:06:07.000Z", n: "7.00" },
      { a: "many", b: "false", d: null, n: "7.50" },
    ]);
    const after = thing({ a: field.integer(), b: field.boolean(), d: field.date(), n: field.integer() });
    const { steps } = await t.plan(after);
    assert.deepEqual(
      steps.map((step) => `${step.class} ${step.id} ${step.offenderCount ?? ""}`),
      [
        "refused field.convert:thing.a 1",
        "confirm field.convert:thing.b ",
        "confirm field.convert:thing.d ",
        "refused field.convert:thing.n 1",
      ],
    );
    const [offender, ...others] = steps[0]?.offenders ?? [];
    assert.deepEqual(others, []);
    assert.deepEqual([offender?.id, offender?.values], [bad, { a: "many" }]);
    assert.match(offender?.message ?? "", /a must be a whole number/);
    await refused("MODEL_CHANGED", t.apply(after, { confirm: steps.map((step) => step.id) }));
    const xrm = await t.open(before);
    await xrm.entity("thing").update(String(bad), { a: " 7 ", n: "8" });
    await xrm.close();
    assert.equal((await refused("MODEL_CHANGED", t.open(after))).entity, "thing");
    assert.match((await refused("MODEL_CHANGED", t.apply(after))).message, /'field\.convert:thing\.a'/);
    await t.apply(after, { confirm: ["a", "b", "d", "n"].map((name) => `field.convert:thing.${name}`) });
    assert.deepEqual(await t.held(after), [
      { a: 12, b: true, d: "2026-03-04", n: 7 },
      { a: 7, b: false, d: null, n: 8 },
    ]);
    assert.deepEqual(await t.drift(after), []);
  },

  async "of-amounts-to-another-currency-are-asked-about"(t) {
    await t.make(thing({ m: field.money({ currency: "BRL" }) }), "thing", [{ m: "5" }]);
    assert.deepEqual(await t.steps(thing({ m: field.money({ currency: "USD" }) })), ["confirm field.convert:thing.m"]);
  },

  async "are-refused-by-a-plan-that-is-no-longer-true"(t) {
    await t.make(thing({ a: field.text() }), "thing", [{ a: "1" }]);
    const after = thing({ a: field.integer() });
    const confirm = ["field.convert:thing.a"];
    const plan = await t.plan(after);
    await t.direct("alter table thing add column by_hand text");
    await refused("PLAN_CHANGED", t.apply(after, { plan, confirm }));
    const { hash } = await t.plan(after);
    await refused("INVALID_OPTIONS", t.apply(after, { plan: hash.slice(0, 7), confirm }));
    await refused("PLAN_CHANGED", t.apply(after, { plan: hash.slice(1, 9), confirm }));
    await t.apply(after, { plan: hash.slice(0, 8), confirm });
    assert.deepEqual(await t.held(after), [{ a: 1 }]);
    const [row] = await t.direct("select by_hand from thing");
    assert.deepEqual({ ...row }, { by_hand: null });
  },
});
