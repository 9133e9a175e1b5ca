import {
  createXrm,
  defineEntity,
  defineErrors,
  defineHooks,
  defineModel,
  definePlugin,
  type EntitiesOf,
  field,
  type Hooks,
  type Xrm,
  XrmError,
} from "@kith/core";
import { memory } from "@kith/memory";
import { errorOf } from "@kith/testing";
import { describe, expect, test } from "vitest";

const account = defineEntity("account", {
  fields: { name: field.text({ required: true }), total: field.integer({ required: true, default: 0 }) },
});
const order = defineEntity("order", {
  fields: {
    account: field.lookup("account", { required: true, onDelete: "cascade" }),
    amount: field.integer({ required: true }),
    note: field.text(),
  },
});
const entities = [account, order] as const;
interface Entities extends EntitiesOf<typeof entities> {}

async function open(...hooks: Hooks<Entities>[]): Promise<Xrm<Entities>> {
  const plugins = hooks.map((one, i) => definePlugin({ id: `plugin${i}`, requires: ["base"], hooks: one }));
  const model = defineModel({ plugins: [...plugins, definePlugin({ id: "base", entities })] });
  return createXrm({ model: model as never, storage: memory() }) as Promise<Xrm<Entities>>;
}
const define = defineHooks<Entities>();

describe("what hooks see", () => {
  test("events, values, previous, changed, in order", async () => {
    const seen: unknown[] = [];
    const note = (what: unknown) => void seen.push(what);
    const xrm = await open(
      define({
        order: {
          beforeCreate: ({ values }) => note(["beforeCreate", values.amount]),
          afterCreate: ({ row }) => note(["afterCreate", row.amount, row.version]),
          beforeUpdate: ({ values, previous }) => note(["beforeUpdate", values.amount, previous.amount]),
          afterUpdate: ({ row, previous, changed }) =>
            note(["afterUpdate", row.version, previous.version, [...changed]]),
          beforeDelete: ({ previous }) => note(["beforeDelete", previous.amount]),
          afterDelete: ({ id, previous }) => note(["afterDelete", id === previous.id]),
        },
        "*": { beforeDelete: ({ entity }) => note(["any", entity]) },
      }),
    );
    const { id } = await xrm.account.create({ name: "a" });
    const made = await xrm.order.create({ account: id, amount: 1 });
    await xrm.order.update(made.id, { amount: 2, note: null });
    await xrm.order.update(made.id, { amount: 2 });
    await xrm.order.delete(made.id);
    expect(seen).toEqual([
      ["beforeCreate", 1],
      ["afterCreate", 1, 1],
      ["beforeUpdate", 2, 1],
      ["afterUpdate", 2, 1, ["amount"]],
      ["beforeUpdate", 2, 2],
      ["beforeDelete", 2],
      ["any", "order"],
      ["afterDelete", true],
    ]);
  });
  test("what they change is checked again, and may fill in what is required", async () => {
    const xrm = await open(define({ account: { beforeCreate: ({ values }) => void (values.name ??= "unnamed") } }));
    expect((await xrm.account.create({} as never)).name).toBe("unnamed");
    const bad = await open(define({ account: { beforeCreate: ({ values }) => void (values.total = "x" as never) } }));
    expect(await errorOf(() => bad.account.create({ name: "a" }))).toMatchObject({
      code: "INVALID_RECORD",
      field: "total",
    });
    const keep = await open(define({ account: { afterCreate: ({ row }) => void (row.name = "changed") } }));
    expect((await keep.account.create({ name: "a" })).name).toBe("a");
  });
  test("plugins run in the order of what they require", async () => {
    const seen: string[] = [];
    const hooks = (name: string) => define({ account: { beforeCreate: () => void seen.push(name) } });
    const last = definePlugin({ id: "last", requires: ["first"], hooks: hooks("last") });
    const first = definePlugin({ id: "first", requires: ["base"], hooks: hooks("first") });
    const model = defineModel({ plugins: [last, first, definePlugin({ id: "base", entities })] });
    const xrm = (await createXrm({ model: model as never, storage: memory() })) as Xrm<Entities>;
    await xrm.account.create({ name: "a" });
    expect(seen).toEqual(["first", "last"]);
  });
  test("commands of hooks join the transaction", async () => {
    const xrm = await open(
      define({
        order: {
          async afterCreate({ row, ctx }) {
            const { total } = await ctx.xrm.account.get(row.account, { lock: true });
            await ctx.xrm.account.update(row.account, { total: total + row.amount });
          },
        },
      }),
    );
    const { id } = await xrm.account.create({ name: "a" });
    await Promise.all([1, 2, 3, 4].map((amount) => xrm.order.create({ account: id, amount })));
    expect((await xrm.account.get(id)).total).toBe(10);
  });
});

test("the caller gets the record as hooks left it", async () => {
  const xrm = await open(
    define({
      account: {
        afterCreate: async ({ row, ctx }) => void (await ctx.xrm.account.update(row.id, { total: 5 })),
        afterUpdate: async ({ row, ctx }) =>
          void (row.total < 10 && (await ctx.xrm.order.create({ account: row.id, amount: 1 }))),
      },
    }),
  );
  const made = await xrm.account.create({ name: "a" });
  expect(made).toMatchObject({ total: 5, version: 2 });
  expect(await xrm.account.update(made.id, { name: "b" }, { ifVersion: made.version })).toMatchObject({ version: 3 });
});

test("deleteMany takes a tree from its leaves, where branches may not be deleted before", async () => {
  const node = defineEntity("node", { fields: { parent: field.lookup("node") } });
  const xrm = await createXrm({ model: defineModel({ entities: [node] }), storage: memory() });
  let parent: string | null = null;
  for (let i = 0; i < 5; i++) parent = (await xrm.node.create({ parent })).id;
  expect(await xrm.node.deleteMany({})).toBe(5);
});

describe("refusing", () => {
  test("an after-hook that throws leaves no row and no event", async () => {
    const xrm = await open(define({ order: { afterCreate: () => Promise.reject(new Error("no stock")) } }));
    const told: string[] = [];
    xrm.$.on("*", (event) => void told.push(event.type));
    const { id } = await xrm.account.create({ name: "a" });
    const error = await errorOf(() => xrm.order.create({ account: id, amount: 1 }));
    expect(error).toMatchObject({
      code: "HOOK_FAILED",
      plugin: "plugin0",
      entity: "order",
      cause: new Error("no stock"),
    });
    expect(error.message).toContain("plugin0: order.afterCreate");
    expect([await xrm.order.count(), told]).toEqual([0, ["account.created"]]);
  });
  test("a coded error comes out as it is", async () => {
    const errors = defineErrors("shop", { TOO_MUCH: { message: "An order of {amount} is too much." } });
    const xrm = await open(
      define({
        order: {
          beforeCreate: ({ values }) => {
            throw errors.TOO_MUCH({ amount: values.amount });
          },
        },
      }),
    );
    const { id } = await xrm.account.create({ name: "a" });
    expect(await errorOf(() => xrm.order.create({ account: id, amount: 99 }))).toMatchObject({
      code: "shop.TOO_MUCH",
      message: "An order of 99 is too much.",
      params: { amount: 99 },
    });
    expect(() => defineErrors("shop", { low: { message: "x" } })).toThrow(XrmError);
  });
  test("createMany is all or nothing with hooks too", async () => {
    const xrm = await open(
      define({
        account: {
          afterCreate: ({ row }) => {
            if (row.name === "bad") throw new Error("no");
          },
        },
      }),
    );
    await errorOf(() => xrm.account.createMany([{ name: "a" }, { name: "bad" }, { name: "c" }]));
    expect(await xrm.account.count()).toBe(0);
  });
});

describe("endless hooks", () => {
  test("a circle is named", async () => {
    const xrm = await open(
      define({
        account: {
          async afterUpdate({ row, ctx }) {
            await ctx.xrm.account.update(row.id, { total: row.total + 1 });
          },
        },
      }),
    );
    const { id } = await xrm.account.create({ name: "a" });
    const error = await errorOf(() => xrm.account.update(id, { total: 1 }));
    expect(error.code).toBe("HOOK_CYCLE");
    expect(error.message).toContain("plugin0: account.afterUpdate → plugin0: account.afterUpdate");
    expect((await xrm.account.get(id)).total).toBe(0);
  });
  test("depth is bounded", async () => {
    const xrm = await open(
      define({
        account: {
          async afterCreate({ ctx }) {
            await ctx.xrm.account.create({ name: "again" });
          },
        },
      }),
    );
    expect(await errorOf(() => xrm.account.create({ name: "a" }))).toMatchObject({ code: "HOOK_DEPTH" });
    expect(await xrm.account.count()).toBe(0);
  });
});

describe("deleting", () => {
  test("a cascade is a command: its hooks run, its events are told", async () => {
    const seen: string[] = [];
    const xrm = await open(
      define({ order: { beforeDelete: ({ previous }) => void seen.push(`hook ${previous.amount}`) } }),
    );
    xrm.$.on("order.deleted", (event) => void seen.push(`event ${event.row.amount}`));
    const { id } = await xrm.account.create({ name: "a" });
    await xrm.order.createMany([
      { account: id, amount: 1 },
      { account: id, amount: 2 },
    ]);
    await xrm.account.delete(id);
    expect(seen).toEqual(["hook 1", "hook 2", "event 1", "event 2"]);
    expect(await xrm.order.count()).toBe(0);
  });
});
