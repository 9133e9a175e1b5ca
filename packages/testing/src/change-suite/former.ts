/** What the model no longer has, and the database keeps until somebody says otherwise. */

import assert from "node:assert/strict";
import { field } from "@kith/schema";
import { refused } from "../storage-suite/case.ts";
import { topic } from "./case.ts";
import { entity, modelOf, thing } from "./models.ts";

/** Cases on former fields and entities: kept, taken up again, thrown away by name. */
export const former = topic("former", {
  async "is-kept-out-of-the-way-of-new-records-and-taken-up-again"(t) {
    const gone = entity("gone", { thing: field.lookup("thing", { required: true }) });
    const before = modelOf([
      entity("thing", { a: field.text({ required: true, unique: true }), b: field.text() }),
      gone,
    ]);
    const [id] = await t.make(before, "thing", [{ a: "x", b: "y" }]);
    await t.make(before, "gone", [{ thing: id }]);
    const without = thing({ b: field.text() });
    await t.make(without, "thing", [{ b: "new" }]);
    assert.deepEqual(await t.steps(without), ["destructive field.drop:thing.a", "destructive entity.drop:gone"]);
    const again = modelOf([entity("thing", { a: field.text(), b: field.text() }), gone]);
    assert.deepEqual(await t.held(again), [
      { a: "x", b: "y" },
      { a: null, b: "new" },
    ]);
    assert.deepEqual(await t.held(again, "gone"), [{ thing: id }]);
  },

  async "lets-a-record-go-that-it-still-names-and-then-says-that-it-is-missed"(t) {
    const before = modelOf([entity("thing", {}), entity("gone", { thing: field.lookup("thing") })]);
    const [id] = await t.make(before, "thing", [{}]);
    await t.make(before, "gone", [{ thing: id }]);
    const xrm = await t.open(thing({}));
    await xrm.entity("thing").delete(String(id));
    await xrm.close();
    const step = (await t.refusals(before)).find((one) => one.id === "reference.add:gone.thing");
    assert.equal(step?.offenderCount, 1);
    assert.deepEqual(
      step.offenders?.map((one) => one.values),
      [{ thing: id }],
    );
  },

  async "stands-in-the-way-of-a-new-name-until-it-is-thrown-away"(t) {
    const fields = { a: field.text() };
    await t.make(modelOf([entity("thing", fields), entity("other", fields)]), "other", [{ a: "old" }]);
    await t.make(thing(fields), "thing", [{ a: "x" }]);
    const after = modelOf([entity("other", fields, { was: "thing" })]);
    const [step, ...others] = await t.refusals(after);
    assert.deepEqual([step?.id, step?.rows, others], ["entity.drop:other", 1, []]);
    for (const change of [() => t.apply(after), () => t.open(after)]) {
      const error = await refused("MODEL_CHANGED", change);
      assert.match(error.message, /confirm 'entity\.drop:other'/);
    }
    assert.deepEqual(await t.held(thing(fields)), [{ a: "x" }]);
    const confirm = ["entity.drop:other"];
    const plan = await t.plan(after, { confirm });
    assert(plan.steps.every((one) => one.class !== "refused"));
    await t.apply(after, { plan, confirm });
    assert.deepEqual(await t.held(after, "other"), [{ a: "x" }]);
    assert.deepEqual(await t.drift(after), []);
  },

  async "is-thrown-away-only-by-name"(t) {
    const before = modelOf([
      entity("thing", { a: field.text(), b: field.text({ unique: true }) }),
      entity("other", {}),
    ]);
    await t.make(before, "thing", [{ a: "x", b: "y" }]);
    const after = thing({});
    const made = await t.plan(after);
    assert.deepEqual(
      made.steps.map(({ id }) => id),
      [
        "field.retire:thing.a",
        "field.drop:thing.a",
        "field.retire:thing.b",
        "field.drop:thing.b",
        "unique.drop:thing.b_fold",
        "entity.retire:other",
        "entity.drop:other",
      ],
    );
    const report = await t.apply(after, { plan: made, confirm: ["field.drop:thing.b"] });
    assert.deepEqual(report.left, ["field.drop:thing.a", "entity.drop:other"]);
    const columns = async () => Object.keys((await t.direct("select * from thing"))[0] ?? {});
    const kept = (await columns()).filter((name) => /^[ab](_fold)?$/.test(name));
    assert.deepEqual(kept.sort(), ["a", "a_fold"]);
    await t.apply(after, { confirm: ["field.drop:thing.a", "entity.drop:other"] });
    assert(!(await columns()).includes("a"));
    assert.deepEqual(await t.steps(after), []);
    await refused("INVALID_OPTIONS", t.apply(after, { confirm: ["field.drop:thing.a"] }));
    assert.deepEqual(await t.drift(after), []);
  },
});
