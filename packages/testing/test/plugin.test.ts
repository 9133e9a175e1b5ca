import assert from "node:assert/strict";
import { type AnyPlugin, defineErrors, defineHooks, defineOperation, definePlugin } from "@kith/core";
import { memory } from "@kith/memory";
import { defineEntity, field } from "@kith/schema";
import { describe, it } from "vitest";
import { z } from "zod";
import { type PluginTestOptions, testPlugin } from "../src/index.ts";
import { spot, spotType } from "../src/plugin-types.ts";

const crm = definePlugin({
  id: "crm",
  entities: [
    defineEntity("account", {
      fields: { name: field.text({ required: true, unique: true }), rating: field.integer({ min: 0, max: 9 }) },
    }),
  ],
});

const errors = defineErrors("sales", { TOO_LATE: { message: "The deal {id} is over." } });

const win = defineOperation<any>()({
  name: "deal.win",
  input: z.object({ id: z.uuid() }),
  handler: ({ id }, { xrm }) => xrm.entity("deal").update(id, { stage: "won" }),
});

const sales = definePlugin({
  id: "sales",
  requires: ["crm"],
  fieldTypes: [spotType],
  entities: [
    defineEntity("deal", {
      checks: { order: { where: { or: [{ low: null }, { low: { lt: 500 } }] }, message: "low is below 500" } },
      fields: {
        title: field.text({ required: true, pattern: "^[A-Z]{2}-[0-9]{3}$" }),
        stage: field.choice(["open", "won", "lost"], { required: true, default: "open" }),
        account: field.lookup("account", { required: true }),
        amount: field.money({ required: true, min: "0", max: "100" }),
        low: field.integer({ required: true }),
        number: field.autonumber("D-{0000}"),
        at: spot() as never,
        address: field.address(),
        prefs: field.json({
          required: true,
          schema: z.object({ theme: z.enum(["dark", "light"]), size: z.int().min(1).max(3) }),
        }),
      },
    }),
  ],
  extend: {
    account: { deals: field.children("deal", { via: "account" }), wins: field.integer({ required: true, default: 0 }) },
  },
  hooks: defineHooks<any>()({
    deal: {
      beforeUpdate({ id, previous }: { id: string; previous: Record<string, unknown> }) {
        if (previous["stage"] === "lost") throw errors.TOO_LATE({ id });
      },
      async afterUpdate({ row, changed, ctx }: any) {
        if (!changed.has("stage") || row.stage !== "won") return;
        const account = await ctx.xrm.entity("account").get(row.account);
        await ctx.xrm.entity("account").update(row.account, { wins: account.wins + 1 });
      },
    },
  }),
  operations: [win],
});

testPlugin({ describe, it }, crm, { storage: memory });
testPlugin({ describe, it }, sales, {
  storage: memory,
  with: [crm],
  currency: "EUR",
  inputs: {
    "deal.win": [async (xrm) => ({ id: (await xrm.entity("deal").findOne())?.["id"] ?? (await createDeal(xrm)) })],
  },
});

async function createDeal(xrm: any): Promise<string> {
  const account = await xrm.entity("account").create({ name: "a" });
  const deal = await xrm
    .entity("deal")
    .create({ title: "AB-123", account: account.id, amount: "1", low: 1, prefs: { theme: "dark", size: 1 } });
  return deal.id;
}

/** Runs the suite with a runner of its own; gives the names of the tests that fail. */
async function failures(plugin: AnyPlugin, options: Omit<PluginTestOptions, "storage"> = {}): Promise<string[]> {
  const tests: [string, () => void | Promise<void>][] = [];
  testPlugin({ describe: (_, body) => body(), it: (name, body) => tests.push([name, body]) }, plugin, {
    storage: memory,
    ...options,
  });
  const failed: string[] = [];
  for (const [name, body] of tests) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

describe("what testPlugin finds", () => {
  const plain = defineEntity("thing", { fields: { name: field.text({ required: true }), n: field.integer() } });

  it("a requirement that is not declared", async () => {
    const middle = definePlugin({
      id: "middle",
      requires: ["crm"],
      entities: [defineEntity("shop", { fields: { account: field.lookup("account") } })],
    });
    const top = definePlugin({
      id: "top",
      requires: ["middle"],
      entities: [defineEntity("visit", { fields: { shop: field.lookup("shop"), account: field.lookup("account") } })],
    });
    assert.deepEqual(await failures(top, { with: [crm, middle] }), ["requires the plugins whose entities it uses"]);
  });

  it("a requirement that is not used", async () => {
    assert.deepEqual(
      await failures(definePlugin({ id: "alone", requires: ["crm"], entities: [plain] }), { with: [crm] }),
      ["uses the plugins that it requires"],
    );
  });

  it("hooks that go on for ever", async () => {
    const endless = definePlugin({
      id: "endless",
      entities: [plain],
      hooks: defineHooks<any>()({
        thing: {
          afterUpdate: ({ row, ctx }: any) =>
            ctx.xrm
              .entity("thing")
              .create({ name: `${row.id}` })
              .then((made: any) => ctx.xrm.entity("thing").update(made.id, { n: (row.n ?? 0) + 1 })),
        },
      }),
    });
    assert.deepEqual(await failures(endless), ["its hooks come to an end, whatever is written"]);
  });

  it("hooks that break", async () => {
    const broken = definePlugin({
      id: "broken",
      entities: [plain],
      hooks: defineHooks<any>()({ thing: { beforeDelete: () => Promise.reject(new TypeError("oops")) } }),
    });
    assert.deepEqual(await failures(broken), ["its hooks come to an end, whatever is written"]);
  });

  it("operations that take anything", async () => {
    const loose = definePlugin({
      id: "loose",
      entities: [plain],
      operations: [defineOperation<any>()({ name: "thing.do", input: z.any(), handler: () => 1 })],
    });
    assert.deepEqual(await failures(loose), ["thing.do: refuses bad input, and writes nothing then"]);
  });

  it("entities that no factory can make", async () => {
    const strict = definePlugin({
      id: "strict",
      entities: [plain],
      hooks: defineHooks<any>()({
        thing: {
          beforeCreate: ({ values }: any) => {
            if (values.name !== "x") throw errors.TOO_LATE({ id: 1 });
          },
        },
      }),
    });
    assert.deepEqual(await failures(strict), ["thing: factories can make records"]);
    assert.deepEqual(await failures(strict, { overrides: { thing: { name: "x" } } }), []);
  });
});
