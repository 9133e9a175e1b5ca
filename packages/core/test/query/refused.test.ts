/** Wrong queries: refused with a code, a place and advice, before anything is asked of the storage. */

import { createXrm, defineEntity, defineModel, field } from "@kith/core";
import { memory } from "@kith/memory";
import { errorOf } from "@kith/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const account = defineEntity("account", {
  fields: {
    name: field.text(),
    tags: field.tags(),
    notes: field.longText(),
    contacts: field.children("contact", { via: "account" }),
  },
});
const contact = defineEntity("contact", {
  fields: {
    name: field.text(),
    age: field.integer(),
    due: field.date(),
    amount: field.money({ currencyField: "currency" }),
    currency: field.text({ max: 3 }),
    email: field.email(),
    account: field.lookup("account"),
  },
});
const xrm = await createXrm({ model: defineModel({ entities: [account, contact] }), storage: memory() });
const contacts = xrm.entity("contact");
const nested = (depth: number): object => (depth === 0 ? { name: "x" } : { not: nested(depth - 1) });
const lists = (depth: number): unknown[] => {
  let list: unknown[] = [];
  for (let i = 0; i < depth; i++) list = [list];
  return list;
};
const cyclic: { and?: unknown[] } = {};
cyclic.and = [cyclic];

describe("findMany refuses", () => {
  test.each<[string, unknown, string]>([
    ["an unknown field", { where: { nmae: "x" } }, "where.nmae is no field of 'contact'. Did you mean 'name'?"],
    ["an unknown operator", { where: { name: { contain: "x" } } }, "Did you mean 'contains'?"],
    [
      "an operator that the kind does not have",
      { where: { age: { contains: "1" } } },
      "is no operator of age (integer)",
    ],
    ["a value of the wrong type", { where: { age: "5" } }, 'where.age must be a whole number, not "5"'],
    ["NaN", { where: { age: Number.NaN } }, "must be a finite number"],
    ["a date that does not exist", { where: { due: { gt: "2026-02-30" } } }, "must be a date of the calendar"],
    ["undefined", { where: { name: undefined } }, "is undefined"],
    ["undefined under an operator", { where: { name: { eq: undefined } } }, "is undefined"],
    ["null where only values compare", { where: { age: { gt: null } } }, "only eq, ne, in and notIn know null"],
    ["no operator at all", { where: { age: {} } }, "has no condition"],
    ["an operator for a value", { where: { age: { eq: { gt: 5 } } } }, "must be a whole number, not an object"],
    [
      "operators mixed with names of fields",
      { where: { account: { eq: "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d", name: "x" } } },
      "cannot stand together",
    ],
    ["a list that is none", { where: { age: { in: 5 } } }, "must be a list"],
    ["a pair of three", { where: { age: { between: [1, 2, 3] } } }, "must be a list of two values"],
    [
      "a list that is too long",
      { where: { age: { in: Array.from({ length: 10_001 }, (_, i) => i) } } },
      "at most 10000",
    ],
    ["an and that is no list", { where: { and: { name: "x" } } }, "must be a list of conditions"],
    ["a filter that is none", { where: "name = 1" }, "must be an object of conditions"],
    [
      "a class instance as a filter",
      { where: { name: new Date() } },
      "must be a value or plain conditions, not a Date",
    ],
    ["children as a value", { where: { account: { contacts: "x" } } }, "some: …"],
    ["depth", { where: nested(30) }, "nested deeper than 24"],
    ["a cycle", { where: cyclic }, "nested deeper than 24"],
    ["a cycle as a value", { where: { name: { in: [cyclic] } } }, "must be text"],
    ["a value of any depth", { where: { name: { in: lists(100_000) } } }, "must be text"],
    ["size", { where: { and: Array.from({ length: 3_000 }, () => ({ name: "x" })) } }, "more than 2000 names"],
    ["sorting by what has no order", { orderBy: { account: { tags: "asc" } } }, "has no order"],
    ["sorting in no direction", { orderBy: { name: "up" } }, "must be 'asc' or 'desc'"],
    ["several sort keys in one object", { orderBy: { name: "asc", age: "asc" } }, "write several keys as a list"],
    ["an unknown sort key", { orderBy: { nam: "asc" } }, "Did you mean 'name'?"],
    ["selecting with anything but true", { select: { name: 1 } }, "must be true"],
    ["selecting children", { include: { account: { select: { contacts: true } } } }, "name it in include"],
    ["including what is no relation", { include: { name: true } }, "leads to no record"],
    ["a misspelt key in an include", { include: { account: { wher: {} } } }, "Did you mean 'where'?"],
    ["a misspelt key", { wher: {} }, "Did you mean 'where'?"],
    ["paging where there are no pages", { after: "x" }, "is damaged"],
    ["a limit below nothing", { limit: -1 }, "must be a whole number from 0"],
    ["a limit that is no number", { limit: "5" }, "must be a whole number from 0"],
    ["a query that is none", "x", "must be a plain object"],
    ["__proto__ as a field", { where: JSON.parse('{"__proto__": 1}') }, "is no field"],
    ["constructor as a field", { where: { constructor: 1 } }, "is no field"],
    ["words of the language as fields", { where: { some: { name: "x" } } }, "is no field"],
  ])("%s", async (_, query, message) => {
    const error = await errorOf(() => contacts.findMany(query as never));
    expect(["INVALID_QUERY", "INVALID_CURSOR"]).toContain(error.code);
    expect(error.message).toContain(message);
  });
  test.each<[string, unknown]>([
    ["a Map as a filter", { where: new Map([["name", "x"]]) }],
    ["a Date as a filter", { where: new Date() }],
    ["a list as a filter", { where: [] }],
    ["a Map in a list of conditions", { where: { or: [new Map()] } }],
    ["a Map as a selection", { select: new Map() }],
    ["a Map as an include", { include: new Map() }],
    ["a Map as an included query", { include: { account: new Map() } }],
    ["a Map as a sort key", { orderBy: [new Map()] }],
    ["a Map as a query", new Map()],
    ["a Date as a query", new Date()],
  ])("%s, though an empty object there is fine and known", async (_, query) => {
    await contacts.findMany({ where: {} });
    await contacts.findMany({ where: { or: [{}] } });
    await contacts.findMany({ select: {} });
    await contacts.findMany({ include: {} });
    await contacts.findMany({ include: { account: {} } });
    expect(await errorOf(() => contacts.findMany(query as never))).toMatchObject({ code: "INVALID_QUERY" });
  });
  test("several sort keys, though a key that is spelt like all of them is known", async () => {
    const fields = { a: field.text(), b: field.text(), avb: field.text() };
    const one = await createXrm({
      model: defineModel({ entities: [defineEntity("thing", { fields })] }),
      storage: memory(),
    });
    await one.entity("thing").findMany({ orderBy: { avb: "asc" } });
    const several = { orderBy: { a: "desc", b: "asc" } };
    expect((await errorOf(() => one.entity("thing").findMany(several))).message).toContain("several keys as a list");
  });
  test("every problem at once", async () => {
    const error = await errorOf(() =>
      contacts.findMany({ where: { nam: 1, age: "x" }, orderBy: { nam: "asc" }, select: { nam: true }, limt: 1 }),
    );
    expect(error.issues.map((issue) => issue.path.join("."))).toEqual([
      "limt",
      "where.nam",
      "where.age",
      "orderBy.nam",
      "select.nam",
    ]);
  });
  test("the same wrong query twice, though the right shape is known", async () => {
    await contacts.findMany({ where: { age: { gt: 1 } } });
    for (let i = 0; i < 2; i++)
      expect(await errorOf(() => contacts.findMany({ where: { age: { gt: "1" } } }))).toMatchObject({
        code: "INVALID_QUERY",
      });
  });
});

test("other reads refuse options that they do not have", async () => {
  const id = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";
  expect(await errorOf(() => contacts.get(id, { where: {} }))).toMatchObject({ code: "INVALID_QUERY" });
  expect(await errorOf(() => contacts.get(id, { lock: true }))).toMatchObject({ code: "INVALID_OPTIONS" });
  expect(await errorOf(() => contacts.get(5 as never))).toMatchObject({ code: "INVALID_OPTIONS" });
  expect(await errorOf(() => contacts.findOne({ limit: 2 }))).toMatchObject({ code: "INVALID_QUERY" });
  expect(await errorOf(() => contacts.count({ limit: 2 }))).toMatchObject({ code: "INVALID_OPTIONS" });
  expect(await errorOf(() => contacts.findPage({ total: "yes" }))).toMatchObject({ code: "INVALID_OPTIONS" });
  expect(await errorOf(() => contacts.findPage({ limit: 0 }))).toMatchObject({ code: "INVALID_OPTIONS" });
  expect(await errorOf(() => contacts.deleteMany(undefined as never))).toMatchObject({ code: "INVALID_OPTIONS" });
  expect(await errorOf(() => contacts.updateMany({ nam: 1 }, { name: "x" }))).toMatchObject({ code: "INVALID_QUERY" });
});

describe("cursors", () => {
  test("damaged ones, and those of other queries, are refused", async () => {
    await contacts.createMany([{ name: "a" }, { name: "b" }, { name: "c" }]);
    const { next } = await contacts.findPage({ orderBy: { name: "asc" }, limit: 1 });
    for (const after of ["", "x", 5, "!!!", Buffer.from("[]").toString("base64url"), "A".repeat(30_000)]) {
      expect(await errorOf(() => contacts.findPage({ orderBy: { name: "asc" }, after }))).toMatchObject({
        code: "INVALID_CURSOR",
      });
    }
    expect(await errorOf(() => contacts.findPage({ orderBy: { name: "desc" }, after: next }))).toMatchObject({
      code: "INVALID_CURSOR",
    });
    expect(
      await errorOf(() => xrm.entity("account").findPage({ orderBy: { name: "asc" }, after: next })),
    ).toMatchObject({ code: "INVALID_CURSOR" });
    expect((await contacts.findPage({ orderBy: { name: "asc" }, after: next })).rows).toHaveLength(2);
    expect((await contacts.findPage({ orderBy: { name: "asc" }, after: null })).rows).toHaveLength(3);
  });
  test("forged ones do no harm", async () => {
    const { next } = await contacts.findPage({ orderBy: { age: "asc" }, limit: 1 });
    const [mark] = JSON.parse(Buffer.from(next as string, "base64url").toString()) as [string];
    const forge = (place: unknown[]) => Buffer.from(JSON.stringify([mark, ...place])).toString("base64url");
    for (const place of [[], ["x", "y"], [{ gt: 1 }, null], [1], [1, 2, 3], [null, "' or 1=1 --"]]) {
      const error = await errorOf(() => contacts.findPage({ orderBy: { age: "asc" }, after: forge(place) }));
      expect(["INVALID_CURSOR", "INVALID_QUERY"]).toContain(error.code);
    }
  });
});

test("money in several currencies is not added up", async () => {
  const sum = { total: { sum: "amount" } };
  expect((await errorOf(() => contacts.aggregate({ measures: sum }))).issues[0]).toMatchObject({
    code: "MIXED_CURRENCIES",
  });
  expect(
    (await errorOf(() => contacts.aggregate({ where: { currency: { in: ["BRL", "USD"] } }, measures: sum }))).issues[0],
  ).toMatchObject({ code: "MIXED_CURRENCIES" });
  expect(
    (await errorOf(() => contacts.aggregate({ where: { or: [{ currency: "BRL" }] }, measures: sum }))).issues[0],
  ).toMatchObject({ code: "MIXED_CURRENCIES" });
  await contacts.aggregate({ where: { currency: "BRL" }, measures: sum });
  await contacts.aggregate({ groupBy: { currency: true }, measures: sum });
});

test("figures are not named by words of filters", async () => {
  for (const name of ["in", "eq", "near", "isNull", "and", "not"]) {
    const error = await errorOf(() =>
      contacts.aggregate({ measures: { [name]: "count" }, having: { [name]: { gt: 1 } } }),
    );
    expect(error.message).toContain("is a word of filters");
  }
  const having = { path: { gte: 0 } };
  for (let i = 0; i < 2; i++) expect(await contacts.aggregate({ measures: { path: "count" }, having })).toHaveLength(1);
});

test("an entity that only has the name of the exchange rates converts nothing", async () => {
  const fake = defineEntity("exchangeRate", { fields: { code: field.text() } });
  const sale = defineEntity("sale", { fields: { amount: field.money({ currency: "USD" }) } });
  const one = await createXrm({ model: defineModel({ entities: [fake, sale] }), storage: memory() });
  const total = { sum: "amount", convertTo: "BRL", on: "2026-01-01" };
  const error = await errorOf(() => one.entity("sale").aggregate({ measures: { total } }));
  expect(error.message).toContain("add exchangeRates()");
});

test("a query that reads otherwise each time spoils the answer to no other", async () => {
  for (const [first, second] of [
    ["x@x.example", { in: ["x@x.example"] }],
    [{ in: ["x@x.example"] }, "x@x.example"],
  ]) {
    let reads = 0;
    const where = () => (++reads % 2 === 1 ? { email: first } : { email: second });
    const sneaky = {
      get where() {
        return where();
      },
    };
    await contacts.findMany(sneaky as never).catch(() => undefined);
    expect(await contacts.findMany({ where: { email: first as never } })).toEqual([]);
    expect(await contacts.findMany({ where: { email: second as never } })).toEqual([]);
  }
});

test("whatever is asked, the answer is an answer or an XrmError", async () => {
  const word = fc.constantFrom(
    "name",
    "age",
    "account",
    "contacts",
    "and",
    "or",
    "not",
    "some",
    "eq",
    "in",
    "between",
    "isNull",
    "where",
    "select",
    "include",
    "orderBy",
    "limit",
    "asc",
    "x",
    "__proto__",
    "constructor",
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>(null, undefined, true, 5, "a", "asc", Number.NaN, []),
      fc.array(tie("tree"), { maxLength: 2 }),
      fc.dictionary(word, tie("tree"), { maxKeys: 3 }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(
      fc.record({ where: tree, orderBy: tree, select: tree, include: tree, limit: tree }, { requiredKeys: [] }),
      async (query) => {
        try {
          await contacts.findMany(query as never);
        } catch (error) {
          expect(error).toMatchObject({ name: "XrmError" });
        }
      },
    ),
    { numRuns: 5_000 },
  );
});

describe("the same answer the first time and the next", () => {
  const model = defineModel({
    entities: [defineEntity("thing", { fields: { kind: field.choice(["a", "b"]), name: field.text() } })],
  });
  test("a limit of null is refused before and after its shape is known", async () => {
    const xrm: any = await createXrm<any>({ model, storage: memory() });
    const ask = () => errorOf(() => xrm["thing"].findPage({ limit: null }));
    expect(await ask()).toMatchObject({ code: "INVALID_QUERY" });
    await xrm["thing"].findPage({ limit: 50 });
    expect(await ask()).toMatchObject({ code: "INVALID_QUERY" });
  });
  test("empty conditions count towards the size of a query", async () => {
    const xrm: any = await createXrm<any>({ model, storage: memory() });
    const where = { or: Array.from({ length: 5_000 }, () => ({})) };
    expect(await errorOf(() => xrm["thing"].count({ where }))).toMatchObject({ code: "INVALID_QUERY" });
  });
  test("a cursor may stand at a choice that the declaration no longer has", async () => {
    const xrm: any = await createXrm<any>({ model, storage: memory() });
    await xrm["thing"].createMany([{ kind: "a" }, { kind: "b" }]);
    const query = { orderBy: [{ kind: "desc" }], limit: 1 };
    const { next } = await xrm["thing"].findPage(query);
    const place = JSON.parse(Buffer.from(String(next), "base64url").toString()) as unknown[];
    const cursor = (value: unknown) =>
      Buffer.from(JSON.stringify([place[0], value, ...place.slice(2)])).toString("base64url");
    // Values that are not declared come after all that are.
    expect((await xrm["thing"].findPage({ ...query, limit: 5, after: cursor("retired") })).rows).toHaveLength(2);
    expect(await errorOf(() => xrm["thing"].findPage({ ...query, after: cursor({}) }))).toMatchObject({
      code: "INVALID_QUERY",
    });
  });
});
