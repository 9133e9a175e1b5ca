/** Systems that go on running while the model of their database becomes another one, and those that change nothing by themselves. */

import assert from "node:assert/strict";
import { XrmError } from "@kith/core";
import { field } from "@kith/schema";
import { pause, refused } from "../storage-suite/case.ts";
import { topic } from "./case.ts";
import { entity, modelOf, thing } from "./models.ts";

/** A second, within which a system looks at the model of its database again. */
const aSecond = () => pause(1_100);
/** What it says about it is read by the one case that is about it. */
const silent = { error: () => undefined };

/** Cases on programs of an older model, and on `migrate`. */
export const running = topic("running", {
  async "notices-another-model-tells-it-once-and-writes-no-more"(t) {
    const told: string[] = [];
    const logger = { error: (message: string) => void told.push(message) };
    const xrm = await t.open(thing({ a: field.text() }), { logger });
    const things = xrm.entity("thing");
    const { id } = await things.create({ a: "x" });
    await t.apply(modelOf([entity("thing", { b: field.text({ was: "a" }) })], { version: 2 }));
    const update = () => things.update(String(id), { a: "y" });
    // At once, since its statements no longer fit: refused by what it sees, or by what the database says.
    const first = await update().catch((error: unknown) => error);
    assert(first instanceof XrmError && ["MODEL_CHANGED", "MODEL_OLDER"].includes(first.code), String(first));
    await refused("MODEL_OLDER", update);
    await refused(
      "MODEL_OLDER",
      xrm.transaction(async (tx) => tx.entity("thing").delete(String(id))),
    );
    assert.equal(told.length, 1);
    assert.match(told[0] as string, /version 2/);
  },

  async "notices-within-a-second-also-where-its-statements-would-still-do"(t) {
    const xrm = await t.open(thing({ a: field.text() }), { logger: silent });
    const things = xrm.entity("thing");
    await things.create({ a: "x" });
    await (await t.open(thing({ a: field.text({ max: 500 }) }))).close();
    await aSecond();
    await refused("MODEL_CHANGED", things.create({ a: "y" }));
    assert.equal(await things.count(), 1);
  },

  async "writes-on-when-the-model-only-got-more-that-a-record-can-do-without"(t) {
    const own = { a: field.text() };
    const xrm = await t.open(thing(own), { logger: silent });
    const things = xrm.entity("thing");
    await things.create({ a: "x" });
    const more = { ...own, b: field.integer(), up: field.lookup("thing") };
    await t.apply(modelOf([entity("thing", more, { indexes: [["a"]] }), entity("other", {})], { version: 2 }));
    await aSecond();
    assert.equal((await things.create({ a: "y" }))["a"], "y");
    await t.apply(modelOf([entity("thing", { ...more, c: field.integer({ default: 1 }) })], { version: 3 }));
    await aSecond();
    await refused("MODEL_OLDER", things.create({ a: "z" }));
  },

  async "does-nothing-by-itself-when-told-so"(t) {
    const model = thing({ a: field.text() });
    const none = { migrate: "none" } as const;
    assert.match((await refused("MODEL_CHANGED", t.open(model, none))).message, /migrate: 'none'/);
    await t.apply(model);
    await (await t.open(model, none)).close();
    await refused("MODEL_CHANGED", t.open(thing({ a: field.text(), b: field.text() }), none));
    await (await t.open(thing({ a: field.text({ label: "A" }) }), none)).close();
  },
});
