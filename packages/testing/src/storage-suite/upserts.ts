/** Finding by a unique key, and changing or making. */

import assert from "node:assert/strict";
import { refused, topic } from "./case.ts";
import { fixture, plant } from "./fixture.ts";

/** Cases on upserts. */
export const upserts = topic("upserts", {
  async "makes-then-changes"(t) {
    const xrm = await t.open(fixture);
    const accounts = xrm.entity("account");
    const made = await accounts.upsert({ code: "É1", name: "First" }, { by: "code" });
    assert.equal(made["version"], 1);
    // Compares as the constraint does: folded.
    const changed = await accounts.upsert({ code: "e1", name: "Second" }, { by: "code" });
    assert.deepEqual([changed["id"], changed["name"], changed["version"]], [made["id"], "Second", 2]);
    assert.equal((await accounts.upsert({ code: "E1", name: "Second" }, { by: "code" }))["version"], 2);
    assert.equal(await accounts.count(), 1);
  },

  async "by-several-fields"(t) {
    const xrm = await t.open(fixture);
    const { acme, lone } = await plant(xrm);
    const deals = xrm.entity("deal");
    const before = await deals.count();
    assert.equal(
      (await deals.upsert({ title: "D1", account: acme, amount: "99.00" }, { by: ["account", "title"] }))["amount"],
      "99.00",
    );
    assert.equal(await deals.count(), before);
    await deals.upsert({ title: "D1", account: lone }, { by: ["title", "account"] });
    assert.equal(await deals.count(), before + 1);
  },

  async "null-finds-nothing"(t) {
    const xrm = await t.open(fixture);
    await xrm.entity("account").upsert({ name: "a" }, { by: "code" });
    await xrm.entity("account").upsert({ name: "a", code: null }, { by: "code" });
    assert.equal(await xrm.entity("account").count(), 2);
  },

  async "other-constraints-still-hold"(t) {
    const xrm = await t.open(fixture);
    const { acme } = await plant(xrm);
    await refused(
      "REFERENCE",
      xrm
        .entity("account")
        .upsert({ code: "A", name: "x", parent: "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d" }, { by: "code" }),
    );
    await refused("UNIQUE", xrm.entity("account").upsert({ code: "new", name: "x", id: acme }, { by: "code" }));
    await refused("INVALID_OPTIONS", xrm.entity("account").upsert({ name: "x" }, { by: "name" }));
    assert.equal((await xrm.entity("account").get(acme))["version"], 1);
  },
});
