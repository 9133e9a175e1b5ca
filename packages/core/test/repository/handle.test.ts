import {
  createXrm,
  defineEntity,
  defineHooks,
  defineModel,
  defineOperation,
  definePlugin,
  type EntitiesOf,
  field,
  parseOptions,
  type RecordEvent,
  XrmError,
} from "@kith/core";
import { memory } from "@kith/memory";
import { errorOf } from "@kith/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const account = defineEntity("account", {
  label: { en: "Account", "pt-BR": "Conta" },
  title: "name",
  fields: {
    name: field.text({ required: true, label: { en: "Name", "pt-BR": "Nome" }, help: "As on the invoice." }),
    stage: field.choice(["open", "won"], { labels: { won: { en: "Won", "pt-BR": "Ganho" } } }),
    parent: field.lookup("account"),
  },
});
interface Registry extends EntitiesOf<readonly [typeof account]> {}
const rename = defineOperation<Registry>()({
  name: "account.rename",
  label: { en: "Rename", "pt-BR": "Renomear" },
  input: z.object({ id: z.string(), name: z.string().min(2) }),
  output: z.object({ name: z.string() }),
  async handler({ id, name }, { xrm, actor }) {
    const row = await xrm.account.update(id, { name });
    if (name === "broken") return {} as { name: string };
    if (name === "fails") throw new Error("no");
    return { name: `${row.name} by ${actor?.id}` };
  },
});
const stray = defineOperation<Registry>()({ name: "account.stray", input: z.object({}), handler: () => 1 });
const model = defineModel({ plugins: [definePlugin({ id: "crm", entities: [account], operations: [rename] })] });
const open = () => createXrm<Registry>({ model, storage: memory() });

describe("names", () => {
  test("an entity that is not there is named with the nearest that is", async () => {
    const xrm = await open();
    expect(() => (xrm as never as Record<string, unknown>)["acount"]).toThrow("Did you mean 'account'?");
    expect(() => xrm.entity("acount")).toThrow(XrmError);
    expect(() => xrm.entity("__proto__")).toThrow(XrmError);
    expect(() => xrm.entity(undefined as never)).toThrow(XrmError);
  });
  test("a handle can be awaited, printed and compared", async () => {
    const xrm = await open();
    expect(await Promise.resolve(xrm)).toBe(xrm);
    expect(String(Object.prototype.toString.call(xrm))).toBe("[object Object]");
    expect(() => JSON.stringify(xrm)).not.toThrow();
    expect(xrm.account).toBe(xrm.account);
  });
});

describe("options", () => {
  test.each<[unknown, string]>([
    [null, "takes an object"],
    [{ model }, "storage must be a storage"],
    [{ storage: memory() }, "model must be"],
    [{ model, storage: memory(), stroage: 1 }, "Did you mean 'storage'?"],
    [{ model, storage: memory(), waitMs: -1 }, "waitMs must be a whole number"],
    [{ model, storage: memory(), transactionMs: "5" }, "transactionMs must be a whole number"],
    [{ model, storage: memory(), limits: { dept: 5 } }, "Did you mean 'depth'?"],
    [{ model, storage: memory(), clock: 5 }, "clock must be a function"],
  ])("createXrm(%#) is refused", async (options, message) =>
    expect((await errorOf(() => createXrm(options as never))).message).toContain(message),
  );
  test.each([
    null,
    {},
    { id: "" },
    { id: 5 },
    { id: "x".repeat(256) },
    { id: "a\0" },
    { id: "a", roles: "admin" },
    { id: "a", rols: [] },
  ])("as(%j) is refused", async (actor) => {
    const xrm = await open();
    expect(await errorOf(() => xrm.as(actor as never))).toMatchObject({ code: "INVALID_OPTIONS" });
  });
  test("plugin options come out typed, or every issue is told", () => {
    const schema = z.object({ currency: z.string().length(3).default("BRL"), days: z.number() });
    expect(parseOptions("sales", schema, { days: 3 })).toEqual({ currency: "BRL", days: 3 });
    expect(() => parseOptions("sales", schema, { currency: "real" })).toThrow(/plugin 'sales'.*currency.*days/);
  });
});

describe("operations", () => {
  test("run in a transaction, as the actor, with checked input and output", async () => {
    const xrm = await open();
    const { id } = await xrm.account.create({ name: "Acme" });
    expect(await xrm.as({ id: "u1" }).invoke(rename, { id, name: "Beta" })).toEqual({ name: "Beta by u1" });
    expect(await errorOf(() => xrm.invoke(rename, { id, name: "x" }))).toMatchObject({
      code: "INVALID_INPUT",
      field: "name",
    });
    expect(await errorOf(() => xrm.invoke(rename, { id, name: "broken" }))).toMatchObject({ code: "INVALID_INPUT" });
    await expect(xrm.invoke(rename, { id, name: "fails" })).rejects.toThrow("no");
    expect(await xrm.account.get(id)).toMatchObject({ name: "Beta", updatedBy: "u1", version: 2 });
  });
  test("one that the model does not have is refused", async () => {
    const xrm = await open();
    expect((await errorOf(() => xrm.invoke(stray, {}))).message).toContain("It has account.rename.");
    expect(await errorOf(() => xrm.invoke(null as never, {}))).toMatchObject({ code: "UNKNOWN_OPERATION" });
  });
});

describe("events", () => {
  test("are told after the commit, in order, and never for what was rolled back", async () => {
    const xrm = await open();
    const told: string[] = [];
    const off = xrm.$.on(
      "*",
      (event) => void told.push(`${event.type} ${(event as RecordEvent<{ name: string }>).row.name}`),
    );
    await xrm.transaction(async (tx) => {
      const { id } = await tx.account.create({ name: "a" });
      await tx
        .transaction(async (inner) => {
          await inner.account.create({ name: "lost" });
          throw new Error("no");
        })
        .catch(() => undefined);
      await tx.account.update(id, { name: "b" });
      await tx.account.update(id, { name: "b" });
      expect(told).toEqual([]);
    });
    await errorOf(() => xrm.account.create({ name: "" }));
    off();
    await xrm.account.create({ name: "unheard" });
    expect(told).toEqual(["account.created a", "account.updated b"]);
  });
  test("say who, when, what it was and what changed", async () => {
    const xrm = await open();
    const events: RecordEvent[] = [];
    xrm.$.on("account.updated", (event) => void events.push(event as never));
    xrm.$.on("account.deleted", (event) => void events.push(event as never));
    const me = xrm.as({ id: "u1", roles: ["sales"] });
    const { id } = await me.account.create({ name: "a" });
    const row = await me.account.update(id, { name: "b", stage: null });
    await me.account.delete(id);
    expect(events).toEqual([
      {
        type: "account.updated",
        entity: "account",
        change: "updated",
        id,
        row,
        previous: expect.objectContaining({ name: "a", version: 1 }),
        changed: ["name"],
        actor: { id: "u1", roles: ["sales"] },
        at: row.updatedAt,
      },
      {
        type: "account.deleted",
        entity: "account",
        change: "deleted",
        id,
        row,
        previous: null,
        changed: [],
        actor: { id: "u1", roles: ["sales"] },
        at: expect.any(String),
      },
    ]);
  });
  test("a handler that fails harms nobody, and the logger hears of it", async () => {
    const heard: unknown[] = [];
    const xrm = await createXrm<Registry>({
      model,
      storage: memory(),
      logger: { error: (message, cause) => void heard.push([message, cause]) },
    });
    xrm.$.on("account.created", () => {
      throw new Error("first");
    });
    xrm.$.on("account.created", async () => Promise.reject(new Error("second")));
    await xrm.account.create({ name: "a" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([
      [expect.stringContaining("account.created"), new Error("first")],
      [expect.stringContaining("account.created"), new Error("second")],
    ]);
    expect(() => xrm.$.on("account.creatd" as never, () => undefined)).toThrow("Did you mean 'created'?");
    expect(() => xrm.$.on("acount.created" as never, () => undefined)).toThrow("Did you mean 'account'?");
  });
});

describe("what screens need", () => {
  test("entities are described in a locale", async () => {
    const xrm = await open();
    const { label, plural, title, fields } = xrm.$.describe("account", { locale: "pt-BR" });
    expect({ label, plural, title }).toEqual({ label: "Conta", plural: "Contas", title: "name" });
    expect(fields.find((one) => one.name === "name")).toMatchObject({
      label: "Nome",
      help: "As on the invoice.",
      required: true,
      widget: "text",
      sortable: true,
    });
    expect(fields.find((one) => one.name === "stage")?.values).toEqual([
      { value: "open", label: "open" },
      { value: "won", label: "Ganho" },
    ]);
    expect(fields.find((one) => one.name === "parent")).toMatchObject({ to: "account", many: false });
    expect(xrm.$.operations({ locale: "pt-BR" })).toMatchObject([
      { name: "account.rename", label: "Renomear", input: { required: ["id", "name"] } },
    ]);
  });
  test("JSON Schemas of what is written and read", async () => {
    const xrm = await open();
    expect(xrm.$.jsonSchema("account", "create")).toMatchObject({ required: ["name"], additionalProperties: false });
    expect(Object.keys((xrm.$.jsonSchema("account", "update") as { properties: object }).properties)).toEqual([
      "name",
      "stage",
      "parent",
    ]);
    expect((xrm.$.jsonSchema("account") as { required: string[] }).required).toEqual([
      "id",
      "version",
      "createdAt",
      "createdBy",
      "updatedAt",
      "updatedBy",
      "name",
      "stage",
      "parent",
    ]);
  });
});

test("a closed system refuses everything", async () => {
  const xrm = await open();
  await xrm.close();
  await xrm.close();
  for (const call of [
    () => xrm.account.create({ name: "a" }),
    () => xrm.account.count(),
    () => xrm.transaction(async () => 1),
    () => xrm.invoke(rename, { id: "", name: "" }),
  ]) {
    expect(await errorOf(call)).toMatchObject({ code: "CLOSED" });
  }
});

describe("what a newcomer gets wrong", () => {
  test("an error that names a field can be shown beside it", async () => {
    const unique = defineEntity("tag", {
      fields: { name: field.text({ unique: true }), a: field.text(), b: field.text() },
      unique: [["a", "b"]],
    });
    const xrm = await createXrm({ model: defineModel({ entities: [unique] }), storage: memory() });
    await xrm.tag.create({ name: "x", a: "1", b: "2" });
    const one = await errorOf(() => xrm.tag.create({ name: "X" }));
    expect(one.issues).toEqual([{ code: "UNIQUE", path: ["name"], message: one.message }]);
    const both = await errorOf(() => xrm.tag.create({ a: "1", b: "2" }));
    expect(both.issues.map((issue) => issue.path)).toEqual([["a"], ["b"]]);
  });
  test("a call without what it needs says what it needs", async () => {
    const xrm = await open();
    expect((await errorOf(() => xrm.invoke("account.rename" as never, {} as never))).message).toContain(
      "the operation itself",
    );
    expect((await errorOf(() => xrm.account.upsert({ name: "a" }, {} as never))).message).toContain("{ by: 'email' }");
    expect(() => (defineHooks as unknown as (hooks: object) => unknown)({ account: {} })).toThrow(
      "defineHooks<Entities>()(",
    );
    expect((await errorOf(() => xrm.entity("account").findMany({ order: { name: "asc" } }))).message).toContain(
      "Did you mean 'orderBy'?",
    );
  });
  test("a relation that leaves out its ends is told of once, and nobody's plugin is blamed", () => {
    const bad = defineEntity("bad", { fields: { kids: field.children("bad", {} as never) } });
    expect(() => defineModel({ entities: [bad] })).toThrow(
      "The model has a problem: bad.kids.via is missing: name the children's lookup to this entity",
    );
  });
});
