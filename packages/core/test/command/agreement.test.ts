/** ajv's compiled validators and the field types' own `read` and `limit` must agree on every value: the second serves where code cannot be compiled. */

import { defineEntity, defineModel, type FieldModel, field, XrmError } from "@kith/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { ValueReader } from "../../src/command/read-values.ts";
import { makeAjv } from "../../src/model/ajv.ts";

const everything = defineEntity("everything", {
  fields: {
    text: field.text({ required: true, max: 12, pattern: "^[^x]*$" }),
    longText: field.longText({ min: 2, max: 40 }),
    email: field.email(),
    phone: field.phone(),
    url: field.url(),
    integer: field.integer({ min: -5, max: 9 }),
    number: field.number({ max: 1e6 }),
    decimal: field.decimal({ scale: 3, min: "-1", max: "10" }),
    percent: field.percent({ min: 0, max: 100 }),
    money: field.money({ currency: "BRL" }),
    boolean: field.boolean(),
    date: field.date({ min: "2000-01-01" }),
    day: field.date(),
    datetime: field.datetime(),
    time: field.time(),
    choice: field.choice(["a", "b"]),
    multi: field.multiChoice(["a", "b", "c"], { max: 2 }),
    tags: field.tags({ max: 3 }),
    json: field.json(),
    shaped: field.json({ schema: z.object({ n: z.number() }) }),
    other: field.lookup("everything"),
    user: field.user({ immutable: true }),
    number1: field.autonumber("{0000}"),
    children: field.children("everything", { via: "other" }),
  },
});
const model = defineModel({ entities: [everything] });
const entity = model.entities.get("everything") as NonNullable<ReturnType<typeof model.entities.get>>;
const compiled = new ValueReader(entity, makeAjv(model.fieldTypes.values()));
const interpreted = new ValueReader(entity, undefined);

const texts = [
  "",
  " ",
  "a",
  "x",
  "açaí",
  "a\0b",
  "\ud800",
  "😀",
  "2026-02-28",
  "2026-02-30",
  "0000-01-01",
  "2026-01-31T09:30:00Z",
  "2026-01-31T09:30:00.123456Z",
  "2026-01-31T23:30:00-03:00",
  "2026-01-31",
  "09:30",
  "24:00",
  "9:30",
  "1.5",
  "-0",
  "1e5",
  "12.345",
  "12.3450",
  "99999999999999999999",
  "+5511912345678",
  "(11) 9",
  "a@b.co",
  "a@b",
  "a b@c.de",
  "http://x.y/z",
  "javascript:alert(1)",
  "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d",
  "018F4E3A-7C1D-7B2A-9C55-0D6E5A1B2C3D",
  "y".repeat(300),
];
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...texts) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      0,
      -0,
      1,
      -6,
      9.5,
      10,
      1e7,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      true,
      false,
      null,
      undefined,
      5n,
      new Date(0),
      () => 1,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom<unknown>("a", "b", "c", "d", " a ", "", 1, null, "\0"), { maxLength: 5 }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      {},
      { n: 1 },
      { n: "1" },
      { n: 1, m: Number.NaN },
      { deep: { er: [1, { z: 1, a: 2 }] } },
      new Map(),
      JSON.parse('{"__proto__": 1}'),
    ),
  },
);
const names = [...entity.fields.map((one: FieldModel) => one.name), "nope", "toString", "constructor"];

function outcome(reader: ValueReader, values: unknown, use: "create" | "update"): unknown {
  try {
    return reader.read(values, use);
  } catch (error) {
    if (error instanceof XrmError)
      return error.issues.map((issue) => `${issue.code} ${issue.path.join(".")} ${issue.message}`);
    throw error;
  }
}

test("for every field, value and use", () => {
  const record = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });
  fc.assert(
    fc.property(record, fc.constantFrom("create" as const, "update" as const), (values, use) => {
      expect(outcome(compiled, values, use)).toEqual(outcome(interpreted, values, use));
    }),
    { numRuns: 20_000 },
  );
});

test("for each field alone, every sample", () => {
  for (const name of names)
    for (const text of texts)
      expect([name, outcome(compiled, { [name]: text }, "create")]).toEqual([
        name,
        outcome(interpreted, { [name]: text }, "create"),
      ]);
});

test("whatever is not an object is refused", () => {
  for (const values of [null, undefined, 5, "x", [], true])
    expect(outcome(compiled, values, "create")).toEqual(outcome(interpreted, values, "create"));
});

test("unknown keys are named with the nearest right one, and every problem is told", () => {
  expect(outcome(compiled, { txt: "a", integer: "5", version: 2, children: [], number1: "x" }, "create")).toEqual([
    "UNKNOWN_FIELD txt is no field of 'everything'. Did you mean 'text'?",
    'WRONG_TYPE integer must be a whole number, not "5"',
    "NOT_WRITABLE version is set by the engine; leave it out",
    "NOT_WRITABLE children is stored with the records it leads to; write their lookup instead",
    "NOT_WRITABLE number1 is made by the engine (autonumber); leave it out",
  ]);
  expect(outcome(compiled, { user: "u2" }, "update")).toEqual([
    "IMMUTABLE user is fixed once the record is made; leave it out",
  ]);
});

test("what is missing is told together with what is wrong, unless a hook may fill it in", async () => {
  const { createXrm, defineHooks, definePlugin } = await import("@kith/core");
  const { memory } = await import("@kith/memory");
  const entities = [
    defineEntity("thing", {
      fields: {
        name: field.text({ required: true }),
        age: field.integer({ required: true }),
        code: field.text({ required: true, default: "x" }),
      },
    }),
  ] as const;
  const told = async (hooks: object) => {
    const xrm = await createXrm({
      model: defineModel({ plugins: [definePlugin({ id: "p", entities, hooks })] }),
      storage: memory(),
    });
    try {
      await xrm.thing.create({ age: "5" } as never);
    } catch (error) {
      return (error as XrmError).issues.map((issue) => `${issue.code} ${issue.path.join(".")}`);
    }
    return [];
  };
  expect(await told({})).toEqual(["WRONG_TYPE age", "REQUIRED name"]);
  expect(await told(defineHooks()({ thing: { beforeCreate: () => undefined } } as never))).toEqual(["WRONG_TYPE age"]);
});

test("what a default's function gives is checked", async () => {
  const { createXrm } = await import("@kith/core");
  const { memory } = await import("@kith/memory");
  const thing = defineEntity("thing", {
    fields: { name: field.text({ max: 3, default: () => "too long" }), other: field.text({ required: true }) },
  });
  const xrm = await createXrm({ model: defineModel({ entities: [thing] }), storage: memory() });
  await expect(xrm.thing.create({ other: "a" })).rejects.toMatchObject({
    code: "INVALID_RECORD",
    issues: [{ code: "TOO_LONG", path: ["name"] }],
  });
});
