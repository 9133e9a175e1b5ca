/** A model is what its declarations were when it was made, and can always be told as JSON. */

import { createXrm, defineEntity, defineModel, field } from "@kith/core";
import { memory } from "@kith/memory";
import { errorOf } from "@kith/testing";
import { describe, expect, test } from "vitest";

describe("a model", () => {
  test("does not change with the declarations that it was made of", async () => {
    const values = ["a", "b"];
    const name = field.text({ max: 5 });
    const labels = { en: "Thing" };
    const model = defineModel({
      entities: [defineEntity("thing", { label: labels, fields: { name, kind: field.choice(values) } })],
    });
    const before = JSON.stringify(model);
    Object.assign(name, { max: 1 });
    values.push("c");
    labels.en = "Spoilt";
    const xrm: any = await createXrm<any>({ model, storage: memory() });
    expect(await xrm["thing"].create({ name: "abc" })).toMatchObject({ name: "abc" });
    expect(await errorOf(() => xrm["thing"].create({ kind: "c" }))).toMatchObject({ code: "INVALID_RECORD" });
    expect(xrm.$.describe("thing")).toMatchObject({ label: "Thing" });
    expect(JSON.stringify(model)).toBe(before);
    expect(Object.isFrozen(model.toJSON())).toBe(true);
  });
  test("is refused when JSON cannot hold it, with the field that is to blame", async () => {
    const circle: Record<string, unknown> = { type: "object" };
    circle["properties"] = { circle };
    const fields = {
      help: field.text({ help: "a\0b" }),
      label: field.text({ label: "\ud800" }),
      labels: field.choice(["a"], { labels: { a: "\0" } }),
      date: field.json({ schema: { const: new Date(0) } }),
      proto: field.json({ schema: JSON.parse('{"properties":{"__proto__":{}}}') }),
      circle: field.json({ schema: circle }),
    };
    const error = await errorOf(() => defineModel({ entities: [defineEntity("thing", { plural: "\0", fields })] }));
    expect(error.code).toBe("INVALID_MODEL");
    expect(new Set(error.issues.map((issue) => issue.path.slice(1).join(".")))).toEqual(
      new Set(["plural", "help.help", "label.label", "labels.labels", "date.schema", "proto.schema", "circle.schema"]),
    );
  });
  test("is refused, not choked on, when a plugin requires what is no id or a check has no bottom", async () => {
    let where: object = { n: 1 };
    for (let i = 0; i < 20_000; i++) where = { not: where };
    const checks = { deep: { where, message: "no" } } as never;
    const deep = defineEntity("deep", { fields: { n: field.integer() }, checks });
    expect((await errorOf(() => defineModel({ entities: [deep] }))).code).toBe("INVALID_MODEL");
    const requires = [5, null] as never;
    expect((await errorOf(() => defineModel({ plugins: [{ id: "p", requires }] }))).code).toBe("INVALID_MODEL");
  });
  test("has texts in the locales that it declares, whatever is asked for", async () => {
    const model = defineModel({
      entities: [defineEntity("thing", { label: { en: "Thing" }, fields: { name: field.text() } })],
    });
    const xrm: any = await createXrm<any>({ model, storage: memory() });
    for (const locale of ["constructor", "__proto__", "toString-x"])
      expect(xrm.$.describe("thing", { locale }).label).toBe("Thing");
  });
});
