/** References that were broken by hand: no change is made of them, and all are named. */

import assert from "node:assert/strict";
import { field } from "@kith/schema";
import { type ChangeContext, topic } from "./case.ts";
import { thing } from "./models.ts";

const nobody = "0190a0a0-0000-7000-8000-00000000000f";

const before = { up: field.lookup("thing"), n: field.integer() };
const after = { ...before, m: field.integer() };

/** Makes records of `thing`, and lets the second name one that is not there; gives its id. */
async function breakOne(t: ChangeContext): Promise<string> {
  const [first] = await t.make(thing(before), "thing", [{ n: 1 }]);
  const [second] = await t.make(thing(before), "thing", [{ n: 2, up: first }]);
  const { storage } = await t.plan(thing(before));
  const unheld =
    storage === "sqlite" ? "pragma foreign_keys = off" : "alter table thing drop constraint kith_fk_thing__up";
  await t.direct(`${unheld}; update thing set up = '${nobody}' where id = '${String(second)}'`);
  return second as string;
}

/** See the file. */
export const broken = topic("broken", {
  async listed(t) {
    const id = await breakOne(t);
    for (const model of [thing(before), thing(after)]) {
      assert.deepEqual(
        (await t.refusals(model)).map((step) => [step.id, step.offenderCount, step.offenders]),
        [
          [
            "reference.add:thing.up",
            1,
            [{ id, values: { up: nobody }, message: `up names ${nobody}, which is not there` }],
          ],
        ],
      );
      await assert.rejects(t.apply(model), {
        code: "MODEL_CHANGED",
        message: /thing: up refers to thing \(1 record stands in the way\)/,
      });
    }
    await assert.rejects(t.open(thing(after)), { code: "MODEL_CHANGED", message: /up refers to thing/ });
    await t.direct("update thing set up = null");
    await t.change(thing(after));
    assert.deepEqual(await t.held(thing(after)), [
      { n: 1, up: null, m: null },
      { n: 2, up: null, m: null },
    ]);
  },

  async "field-that-goes"(t) {
    await breakOne(t);
    await t.change(thing({ n: field.integer() }));
    assert.deepEqual(await t.held(thing({ n: field.integer() })), [{ n: 1 }, { n: 2 }]);
    // It comes back with its values.
    assert.equal((await t.refusals(thing(before)))[0]?.id, "reference.add:thing.up");
  },
});
