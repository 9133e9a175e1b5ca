/** Steps that the data stand in the way of. */

import assert from "node:assert/strict";
import type { XrmError } from "@kith/core";
import { field } from "@kith/schema";
import { errorOf } from "../error-of.ts";
import { refused } from "../storage-suite/case.ts";
import { type ChangeCase, type Row, topic } from "./case.ts";
import { entity, modelOf, thing } from "./models.ts";

/** What `a: field.text()` becomes, by name: the new fields, records of which the last is in the way, and the step that is refused. */
const strict: Readonly<Record<string, readonly [fields: object, rows: readonly Row[], step: string]>> = {
  required: [{ a: field.text({ required: true }) }, [{ a: "x" }, { a: null }], "field.require:thing.a"],
  "required-and-empty": [{ a: field.text({ required: true }) }, [{ a: "x" }, { a: "" }], "field.require:thing.a"],
  shorter: [{ a: field.text({ max: 2 }) }, [{ a: "xy" }, { a: "xyz" }], "field.limit:thing.a"],
  "a-pattern": [{ a: field.text({ pattern: "^x" }) }, [{ a: "x" }, { a: "y" }], "field.limit:thing.a"],
  unique: [{ a: field.text({ unique: true }) }, [{ a: "X" }, { a: "x" }], "unique.add:thing.a"],
  "fewer-choices": [{ a: field.choice(["x"]) }, [{ a: "x" }, { a: "y" }], "field.convert:thing.a"],
  "required-and-new": [{ a: field.text(), b: field.text({ required: true }) }, [{ a: "x" }], "field.add:thing.b"],
  "a-lookup": [{ a: field.lookup("thing") }, [{ a: "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d" }], "reference.add:thing.a"],
};

const listed: Record<string, ChangeCase["run"]> = {};
for (const [name, [fields, rows, id]] of Object.entries(strict)) {
  listed[name] = async (t) => {
    const before = thing({ a: field.text() });
    const ids = await t.make(before, "thing", rows);
    const refusals = await t.refusals(thing(fields));
    assert.deepEqual(
      refusals.map((step) => step.id),
      [id],
    );
    assert.deepEqual(
      refusals[0]?.offenders?.map((one) => one.id),
      [ids.at(-1)],
    );
    await refused("MODEL_CHANGED", t.open(thing(fields)));
    assert.deepEqual(await t.held(before), rows);
    assert.deepEqual(await t.drift(before), []);
  };
}

/** Cases on steps that are refused, with the records named. */
export const refusals = topic("refusals", {
  ...listed,

  async "a-check-that-records-break"(t) {
    const fields = { n: field.integer() };
    const [, bad] = await t.make(thing(fields), "thing", [{ n: 1 }, { n: -1 }]);
    const after = thing(fields, { checks: { positive: { where: { n: { gt: 0 } }, message: "too small" } } });
    const [step, ...others] = (await t.plan(after)).steps;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [step?.id, step?.class, step?.offenderCount, step?.offenders?.map((one) => one.id)],
      ["check.add:thing.positive", "refused", 1, [bad]],
    );
  },

  async "go-on-with-values-that-are-given"(t) {
    await t.make(thing({ a: field.text() }), "thing", [{ a: "x" }, { a: null }]);
    const after = thing({ a: field.text({ required: true }), b: field.integer({ required: true, unique: true }) });
    await t.apply(after, { backfill: { "thing.a": "none", "thing.b": ({ a }) => (a === "x" ? 1 : 11) } });
    assert.deepEqual(await t.held(after), [
      { a: "x", b: 1 },
      { a: "none", b: 11 },
    ]);
    assert.deepEqual(await t.drift(after), []);
  },

  async "a-function-that-fails"(t) {
    const before = thing({ a: field.text() });
    await t.make(before, "thing", [{ a: "x" }]);
    const fails = () => {
      throw new Error("no such luck");
    };
    const cause = (error: XrmError) => (error.cause as Error).message === "no such luck";
    const byDefault = thing({ a: field.text(), b: field.text({ required: true, default: fails }) });
    assert.ok(cause(await refused("INVALID_RECORD", () => t.plan(byDefault))));
    assert.ok(cause(await refused("INVALID_RECORD", () => t.open(byDefault))));
    const given = thing({ a: field.text(), b: field.text({ required: true }) });
    const error = await refused("INVALID_RECORD", () => t.apply(given, { backfill: { "thing.b": fails } }));
    assert.deepEqual([error.entity, error.field, cause(error)], ["thing", "b", true]);
    assert.deepEqual(await t.held(before), [{ a: "x" }]);
    assert.deepEqual(await t.drift(before), []);
  },

  async "a-function-that-answers-otherwise-the-second-time"(t) {
    const before = modelOf([entity("thing", { a: field.text() }), entity("other", {})]);
    const [, id] = await t.make(before, "thing", [{ a: "x" }, { a: "y" }]);
    const [there] = await t.make(before, "other", [{}]);
    const nobody = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";
    // What it becomes, what is given first, and what then, for the record of y.
    const ways: readonly (readonly [unknown, unknown, unknown])[] = [
      [field.integer({ unique: true }), 2, 1],
      [field.integer({ required: true }), 2, null],
      [field.integer({ max: 9 }), 2, 10],
      [field.integer({}), 2, -1],
      [field.lookup("other"), there, nobody],
    ];
    for (const [b, first, then] of ways) {
      const isLookup = first === there;
      const required = { ...(b as object), required: true };
      const checks = isLookup ? {} : { checks: { positive: { where: { b: { gte: 0 } }, message: "too small" } } };
      const after = modelOf([entity("thing", { a: field.text(), b: required }, checks), entity("other", {})]);
      let calls = 0;
      const fill = ({ a }: Row) => (++calls > 2 && a === "y" ? then : a === "y" ? first : isLookup ? there : 1);
      const error = await errorOf(() => t.apply(after, { backfill: { "thing.b": fill } }));
      assert.deepEqual([error.entity, error.field, error.params["id"]], ["thing", "b", id]);
      // Where others write meanwhile, it may have been them.
      assert.match(error.code, /^(MODEL|PLAN)_CHANGED$/);
      assert.match(error.message, /b must give a record the same value each time/);
      assert.deepEqual(await t.held(before), [{ a: "x" }, { a: "y" }]);
      assert.deepEqual(await t.drift(before), []);
    }
  },

  async "values-for-what-is-not-there"(t) {
    const model = thing({ a: field.text() });
    for (const backfill of [{ "thing.b": 1 }, { "other.a": 1 }, { a: 1 }, { "thing.a.b": 1 }]) {
      await refused("INVALID_OPTIONS", () => t.plan(model, { backfill }));
    }
  },

  async "what-a-table-of-the-application-refers-to"(t) {
    const before = modelOf([entity("thing", { a: field.text() }), entity("other", { a: field.text() })]);
    await t.make(before, "thing", [{ a: "x" }]);
    await t.direct("create table theirs (thing uuid references thing (id)); insert into theirs select id from thing");
    const after = modelOf([entity("other", { a: field.text() })]);
    await t.make(after, "other", [{ a: "y" }]);
    await refused("MODEL_CHANGED", () => t.apply(after, { confirm: ["entity.drop:thing"] }));
    await assert.rejects(async () => t.direct("insert into theirs values ('018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d')"));
    assert.deepEqual(await t.held(before), [{ a: "x" }]);
  },

  async "a-name-that-somebody-else-has-taken"(t) {
    const before = thing({ a: field.text() });
    await t.make(before, "thing", [{ a: "x" }]);
    await t.direct("create table theirs (x int); create unique index kith_unique_thing__b on theirs (x)");
    const after = thing({ a: field.text(), b: field.integer({ unique: true }) });
    const error = await refused("NOT_KITH", t.open(after));
    assert.match(error.message, /kith_unique_thing__b/);
    await t.direct("drop table theirs");
    assert.deepEqual(await t.held(after), [{ a: "x", b: null }]);
  },

  async "more-fields-than-a-table-takes"(t) {
    const fields = Object.fromEntries(Array.from({ length: 2_100 }, (_, n) => [`f${n}`, field.integer()]));
    await refused("INVALID_MODEL", t.open(thing(fields)));
  },
});
