import assert from "node:assert/strict";
import { createXrm, defineModel, type EntitiesOf } from "@kith/core";
import { memory } from "@kith/memory";
import { defineEntity, field } from "@kith/schema";
import { describe, it } from "vitest";
import { factory } from "../src/index.ts";

const account = defineEntity("account", {
  fields: {
    name: field.text({ required: true, unique: true }),
    size: field.choice(["s", "m"], { unique: true }),
    city: field.text(),
  },
});
const deal = defineEntity("deal", {
  unique: [["account", "title"]],
  checks: { cheap: { where: { amount: { lte: "25000" } }, message: "at most 25,000" } },
  fields: {
    title: field.text({ required: true, max: 30 }),
    account: field.lookup("account", { required: true }),
    previous: field.lookup("deal"),
    amount: field.money({ required: true }),
  },
});
const loop = defineEntity("loop", { fields: { other: field.lookup("pool", { required: true }) } });
const pool = defineEntity("pool", { fields: { other: field.lookup("loop", { required: true }) } });
const model = defineModel({ entities: [account, deal, loop, pool], currency: "EUR" });
interface Entities extends EntitiesOf<typeof model> {}

const open = () => createXrm<Entities>({ model, storage: memory() });

describe("factory", () => {
  it("creates a record and what it needs", async () => {
    const xrm = await open();
    const make = factory(xrm);
    const made = await make.create("deal");
    assert.equal((await xrm.account.get(made.account)).id, made.account);
    assert.equal((await xrm.deal.get(made.id)).title, made.title);
    assert(Number(made.amount) <= 25_000);
  });

  it("takes what a test cares about", async () => {
    const xrm = await open();
    const make = factory(xrm);
    const acme = await make.create("account", { name: "Acme" });
    const deals = await make.createMany("deal", 3, (i) => ({ title: `d${i}`, account: acme.id, amount: "5" }));
    assert.deepEqual(
      deals.map(({ title, account: to }) => [title, to]),
      [
        ["d0", acme.id],
        ["d1", acme.id],
        ["d2", acme.id],
      ],
    );
    const nested = await make.create("deal", {
      account: { name: "Beta", city: "Basel" },
      previous: { title: "before" },
    });
    assert.equal((await xrm.account.get(nested.account)).city, "Basel");
    assert.equal((await xrm.deal.get(String(nested.previous))).title, "before");
    // @ts-expect-error no such field
    await assert.rejects(make.create("deal", { titel: "x" }), /titel/);
  });

  it("is the same for the same seed", () => {
    const [a, b, c] = [1, 1, 2].map((seed) => factory(model, { seed }).plan("deal"));
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
    assert.deepEqual(
      a?.map(({ entity }) => entity),
      ["account", "deal"],
    );
  });

  it("keeps unique fields apart", async () => {
    const xrm = await open();
    await factory(xrm, { fill: 1 }).createMany("deal", 2);
    await factory(xrm, { fill: 0, seed: 3 }).createMany("account", 200);
    assert.equal(await xrm.account.count(), 202);
  });

  it("says when there is no way", () => {
    assert.throws(() => factory(model).plan("loop"), /circle \(loop → pool → loop\)/);
    assert.throws(() => factory(model).plan("nothing" as never), /no entity 'nothing'/);
    assert.equal(factory(model).plan("loop", { other: "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d" }).length, 1);
  });
});
