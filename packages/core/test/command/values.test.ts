/** What writes make of values, defaults, copies and ids that are not as expected. */

import { createXrm, defineEntity, defineModel, definePlugin, field, type StandardSchema, XrmError } from "@kith/core";
import { memory } from "@kith/memory";
import { errorOf } from "@kith/testing";
import { describe, expect, test } from "vitest";

const id = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";
const systemOf = (entities: readonly object[], hooks: object = {}, options: object = {}): Promise<any> => {
  const model = defineModel({ plugins: [definePlugin({ id: "p", entities: entities as never, hooks })] });
  return createXrm<any>({ model, storage: memory(), ...options });
};
const thing = defineEntity("thing", { fields: { name: field.text({ unique: true }), tags: field.tags() } });

describe("values", () => {
  test("what only looks like values that say nothing is refused", async () => {
    const xrm = await systemOf([thing]);
    for (const values of [new Map([["name", "a"]]), Promise.resolve({ name: "a" }), new Date()])
      expect(await errorOf(() => xrm["thing"].create(values))).toMatchObject({ code: "INVALID_RECORD" });
    expect(await xrm["thing"].count()).toBe(0);
  });
  test("options that are no options are refused", async () => {
    const xrm = await systemOf([thing]);
    const row = await xrm["thing"].create({ name: "a" });
    for (const options of [null, 1, "x"]) {
      expect(await errorOf(() => xrm["thing"].update(row.id, { name: "b" }, options))).toMatchObject({
        code: "INVALID_OPTIONS",
      });
      expect(await errorOf(() => xrm["thing"].delete(row.id, options))).toMatchObject({ code: "INVALID_OPTIONS" });
      expect(await errorOf(() => xrm.transaction(() => 1, options as never))).toMatchObject({
        code: "INVALID_OPTIONS",
      });
    }
    expect(await errorOf(() => xrm.$.jsonSchema("thing", "delete" as never))).toMatchObject({
      code: "INVALID_OPTIONS",
    });
  });
  test("a default function that throws is a problem of its field", async () => {
    const boom = () => {
      throw new TypeError("boom");
    };
    const xrm = await systemOf([defineEntity("a", { fields: { n: field.text({ default: boom }) } })]);
    const error = await errorOf(() => xrm["a"].create({}));
    expect(error).toMatchObject({ code: "INVALID_RECORD", field: "n", cause: { message: "boom" } });
  });
  test("ids that newId makes are held to the form of ids", async () => {
    const upper = await systemOf([thing], {}, { newId: () => id.toUpperCase() });
    await upper["thing"].create({ name: "a" });
    expect(await upper["thing"].get(id)).toMatchObject({ name: "a" });
    const wrong = await systemOf([thing], {}, { newId: () => "hello" });
    expect(await errorOf(() => wrong["thing"].create({}))).toMatchObject({ code: "INVALID_OPTIONS" });
  });
});

/** Takes text, gives its length: does not take what it gave. */
const length: StandardSchema<string, number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => {
      if (value === "boom") throw new SyntaxError("inside");
      return typeof value === "string" ? { value: value.length } : { issues: [{ message: "must be text" }] };
    },
  },
};

describe("schemas of json fields", () => {
  const doc = defineEntity("doc", {
    fields: { key: field.text({ unique: true }), size: field.json({ schema: length }) },
  });
  test("a schema is given a value once, with hooks and upserts too", async () => {
    const hooks = { doc: { beforeCreate() {}, beforeUpdate() {} } };
    for (const xrm of [await systemOf([doc]), await systemOf([doc], hooks)]) {
      expect(await xrm["doc"].upsert({ key: "k", size: "abc" }, { by: "key" })).toMatchObject({ size: 3 });
      const row = await xrm["doc"].upsert({ key: "K", size: "abcd" }, { by: "key" });
      expect(row).toMatchObject({ size: 4, version: 2 });
      expect(await xrm["doc"].update(row.id, { size: "ab" })).toMatchObject({ size: 2 });
    }
  });
  test("what a hook changed is read", async () => {
    const change = ({ values }: { values: Record<string, unknown> }) => {
      if (values["key"] === "good") values["size"] = "hook";
      if (values["key"] === "bad") values["size"] = {};
    };
    const xrm = await systemOf([doc], { doc: { beforeCreate: change } });
    expect(await xrm["doc"].create({ key: "good" })).toMatchObject({ size: 4 });
    expect(await errorOf(() => xrm["doc"].create({ key: "bad" }))).toMatchObject({ field: "size" });
  });
  test("a schema that throws is a problem of its field", async () => {
    const xrm = await systemOf([doc]);
    expect(await errorOf(() => xrm["doc"].create({ size: "boom" }))).toMatchObject({ code: "INVALID_RECORD" });
  });
  test("a JSON Schema's references and id are its own", async () => {
    const schema = { type: "object", properties: { x: { $ref: "#/$defs/t" } }, $defs: { t: { type: "integer" } } };
    const fields = {
      a: field.json({ schema }),
      b: field.json({ schema: { ...schema, $id: "https://example.com/s" } }),
      c: field.json({ schema: { ...schema, $id: "https://example.com/s" } }),
    };
    const xrm = await systemOf([defineEntity("doc", { fields })]);
    await xrm["doc"].create({ a: { x: 1 }, b: { x: 1 }, c: { x: 1 } });
    const error = await errorOf(() => xrm["doc"].create({ a: { x: "1" }, c: { x: "1" } }));
    expect(error.issues.map((issue) => issue.path)).toEqual([
      ["a", "x"],
      ["c", "x"],
    ]);
    expect(xrm.$.jsonSchema("doc")).toMatchObject({
      properties: { a: { anyOf: [{ $id: "urn:kith:doc:a" }, { type: "null" }] } },
    });
  });
});

describe("copies", () => {
  test("what a hook or a handler does to its copies, nobody else sees", async () => {
    const seen: unknown[] = [];
    const spoil = (e: any) => {
      if (e.row) e.row.name = "spoilt";
      if (e.previous) e.previous.name = "spoilt";
      e.changed?.clear?.();
    };
    const hooks = {
      thing: { afterUpdate: spoil, beforeDelete: spoil },
      "*": {
        afterUpdate: (e: any) => void seen.push([e.row.name, e.previous.name, [...e.changed]]),
        beforeDelete: (e: any) => void seen.push(e.previous.name),
      },
    };
    const xrm = await systemOf([thing], hooks);
    xrm.$.on("thing.created", spoil);
    xrm.$.on("*", (event: any) => void (event.change === "created" && seen.push(event.row["name"])));
    const row = await xrm["thing"].create({ name: "a" });
    expect(await xrm["thing"].update(row.id, { name: "b" })).toMatchObject({ name: "b" });
    await xrm["thing"].delete(row.id);
    expect(seen).toEqual(["a", ["b", "a", ["name"]], "b"]);
  });
});

describe("changes", () => {
  const hooked = (seen: string[]) => ({
    thing: { afterUpdate: ({ changed }: { changed: ReadonlySet<string> }) => void seen.push([...changed].join()) },
  });
  test("the same list is no change, although it is another array", async () => {
    const seen: string[] = [];
    const xrm = await systemOf([thing], hooked(seen));
    xrm.$.on("thing.updated", () => void seen.push("told"));
    const row = await xrm["thing"].create({ name: "a", tags: ["x", "y"] });
    expect(await xrm["thing"].update(row.id, { tags: ["x", "y"] })).toMatchObject({ version: 1 });
    expect(await xrm["thing"].update(row.id, { name: "b", tags: ["x", "y"] })).toMatchObject({ version: 2 });
    expect(seen).toEqual(["name", "told"]);
  });
  test("wrong values are refused, whether or not a record matches", async () => {
    const xrm = await systemOf([thing]);
    const error = await errorOf(() => xrm["thing"].updateMany({ name: "nobody" }, { nam: "x" }));
    expect(error).toMatchObject({ code: "INVALID_RECORD" });
  });
  test("of several new records the wrong one is named, also when there are two", async () => {
    const xrm = await systemOf([thing]);
    const error = await errorOf(() => xrm["thing"].createMany([{ name: "a" }, { nam: "x" }]));
    expect(error.message).toContain("Record 1:");
    expect(error.issues.map(({ path }) => path)).toEqual([[1, "nam"]]);
    const only = await errorOf(() => xrm["thing"].createMany([{ nam: "x" }]));
    expect(only.issues.map(({ path }) => path)).toEqual([["nam"]]);
  });
  test("an upsert leaves what cannot be changed any more as it is", async () => {
    const code = field.text({ unique: true });
    const card = defineEntity("card", {
      fields: { code, holder: field.text({ immutable: true }), note: field.text() },
    });
    const xrm = await systemOf([card]);
    await xrm["card"].upsert({ code: "c", holder: "Ana", note: "first" }, { by: "code" });
    const again = await xrm["card"].upsert({ code: "c", holder: "Bia", note: "second" }, { by: "code" });
    expect(again).toMatchObject({ holder: "Ana", note: "second", version: 2 });
  });
});

describe("deleting and checking", () => {
  test("a cascade reaches a record of another entity that has the same id", async () => {
    const child = defineEntity("child", { fields: { of: field.lookup("thing", { onDelete: "cascade" }) } });
    const xrm = await systemOf([thing, child]);
    await xrm["thing"].create({ id });
    await xrm["child"].create({ id, of: id });
    await xrm["thing"].delete(id);
    expect(await xrm["child"].count()).toBe(0);
  });
  test("a cascade goes down a hundred levels; beyond, nothing is deleted", async () => {
    const node = defineEntity("node", { fields: { parent: field.lookup("node", { onDelete: "cascade" }) } });
    const xrm = await systemOf([node]);
    const chain = async (levels: number) => {
      const ids: string[] = [];
      for (let i = 0; i < levels; i++)
        ids.push((await xrm["node"].create(i === 0 ? {} : { parent: ids.at(-1) })).id as string);
      return ids[0];
    };
    await xrm["node"].delete(await chain(100));
    expect(await xrm["node"].count()).toBe(0);
    const top = await chain(101);
    expect(await errorOf(() => xrm["node"].delete(top))).toMatchObject({ code: "RESTRICTED" });
    expect(await xrm["node"].count()).toBe(101);
  });
  test("a check over what the engine stamps sees the new stamps", async () => {
    const checks = { signed: { where: { updatedBy: { isNull: false } }, message: "Somebody must have done it." } };
    const xrm = await systemOf([defineEntity("a", { fields: { n: field.integer() }, checks: checks as never })]);
    const row = await xrm.as({ id: "u" })["a"].create({ n: 1 });
    expect(await errorOf(() => xrm["a"].update(row.id, { n: 2 }))).toMatchObject({ code: "INVALID_RECORD" });
  });
});

describe("errors", () => {
  test("an error is plain JSON, whatever its parameters are", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const issue = { code: "X", path: [], message: "m", params: { big: 2n } };
    const error = new XrmError("NOT_FOUND", "m", { params: { big: 1n, circle, fine: [1] }, issues: [issue] });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      params: { big: "the bigint 1", circle: "an object", fine: [1] },
      issues: [{ params: { big: "the bigint 2" } }],
    });
  });
});
