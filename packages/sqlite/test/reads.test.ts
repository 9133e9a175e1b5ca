import { createXrm, defineModel, definePlugin, type EntitiesOf } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { errorOf } from "@kith/testing";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { successor } from "../src/sqlite-dialect.ts";
import { openSqlite } from "../src/sqlite-open.ts";
import { type Entities, model, temporaryFolder, watched } from "./fixture.ts";

let temporary: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  temporary = temporaryFolder();
});
afterEach(() => temporary.remove());

const inMemory = (generate?: boolean) => ({
  name: "sqlite",
  open: (one: never, options: never) => openSqlite({ file: ":memory:", synchronous: "full", generate }, one, options),
});

it("refuses queries that SQLite cannot take, where an application lets them be that large or deep", async () => {
  const limits = { size: 100_000, depth: 100 };
  const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }), limits });
  let deep: object = { name: "x" };
  for (let i = 0; i < 98; i++) deep = { parent: deep };
  const wide = { or: Array.from({ length: 33_000 }, (_, i) => ({ name: `x${i}` })) };
  for (const options of [undefined, { timeoutMs: 60_000 }]) {
    for (const where of [deep, wide]) {
      const error = await errorOf(() => xrm.entity("account").count({ where }, options));
      expect([error.code, error.retryable]).toEqual(["INVALID_QUERY", false]);
    }
  }
  expect(await xrm.account.count()).toBe(0);
  await xrm.close();
});

it("says so of a value that somebody wrote past Kith", async () => {
  const file = temporary.path("crm.db");
  const xrm = await createXrm<Entities>({ model, storage: sqlite({ file }) });
  await xrm.contact.create({ email: "a@x.com", settings: { a: 1 } });
  const hand = new Database(file);
  hand.exec("update contact set settings = '{a'");
  hand.close();
  for (const read of [() => xrm.contact.findMany(), () => xrm.transaction((tx) => tx.contact.findMany())]) {
    const error = await errorOf(read);
    expect([error.code, error.params]).toEqual(["STORAGE_FAILED", { file }]);
  }
  await xrm.close();
});

describe("row mappers", () => {
  it("are the same as code and as closures", async () => {
    const answers = await Promise.all(
      [true, false].map(async (generate) => {
        let n = 0;
        const newId = () => `018f4e3a-0002-751a-a807-${String(++n).padStart(12, "0")}`;
        const xrm = await createXrm<Entities>({
          model,
          storage: inMemory(generate),
          clock: () => 1_700_000_000_000,
          newId,
        });
        const a = await xrm.account.create({ name: 'João\'s "Ltda" \\ \n', revenue: "-0.05", country: "BR" });
        const b = await xrm.account.create({ name: "b", parent: a.id });
        const c = await xrm.contact.create({
          email: "x@y.com",
          account: a.id,
          tags: ["a,b", '"'],
          settings: { a: [null, true, { b: 1 }] },
          active: false,
        });
        const product = await xrm.product.create({ name: "p", price: "1.5" });
        await xrm.offer.create({ account: a.id, product: product.id });
        await xrm.opportunity.create({
          topic: "t",
          account: b.id,
          contact: c.id,
          probability: 12.5,
          seats: 3,
          closedOn: "2026-01-31",
          meetAt: "2026-01-31T10:00:00Z",
          at: "09:30",
        });
        await xrm.opportunity.create({ topic: "u", account: a.id });
        const updated = await xrm.contact.update(c.id, { notes: "n" });
        const read = await xrm.opportunity.findMany({
          include: {
            account: { include: { parent: { include: { contacts: true, products: true } }, children: true } },
            contact: { select: { tags: true, settings: true, active: true } },
          },
        });
        const page = await xrm.opportunity.findPage({ orderBy: { account: { name: "asc" } }, limit: 1 });
        await xrm.close();
        return { read, updated, page };
      }),
    );
    expect(answers[0]?.read).toHaveLength(2);
    expect(answers[0]?.read[0]?.account?.parent?.contacts).toHaveLength(1);
    expect(answers[1]).toEqual(answers[0]);
    expect(JSON.stringify(answers[1])).toBe(JSON.stringify(answers[0]));
  });

  it("give every row objects of its own", async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
    const { id } = await xrm.account.create({ name: "a" });
    await xrm.contact.create({ email: "c@x.com", account: id, tags: ["t"] });
    await xrm.opportunity.createMany([
      { topic: "1", account: id },
      { topic: "2", account: id },
    ]);
    const rows = await xrm.opportunity.findMany({ include: { account: { include: { contacts: true } } } });
    const [one, two] = rows;
    expect(one?.account).toEqual(two?.account);
    expect(one?.account).not.toBe(two?.account);
    expect(one?.account?.contacts[0]).not.toBe(two?.account?.contacts[0]);
    await xrm.close();
  });
});

describe("the number of statements", () => {
  it("depends on the query alone", async () => {
    const { xrm, ran } = await watched<Entities>(temporary.path("a.db"));
    const counts: number[] = [];
    const sqls: string[][] = [];
    for (const rows of [1, 49, 950]) {
      const accounts = await xrm.account.createMany(Array.from({ length: rows }, (_, i) => ({ name: `${rows} ${i}` })));
      await xrm.contact.createMany(accounts.map(({ id }, i) => ({ email: `${rows}.${i}@x.com`, account: id })));
      await xrm.opportunity.createMany(accounts.map(({ id }, i) => ({ topic: `${i}`, account: id })));
      ran.length = 0;
      const read = await xrm.account.findMany({
        include: {
          parent: true,
          contacts: { limit: 3, orderBy: { email: "desc" } },
          opportunities: { include: { contact: { include: { account: { include: { contacts: true } } } } } },
        },
      });
      expect(read.length).toBeGreaterThanOrEqual(rows);
      counts.push(ran.length);
      sqls.push(ran.map(({ sql }) => sql));
    }
    // The deepest include has no parents here, and so nothing to ask for.
    expect(counts).toEqual([3, 3, 3]);
    expect(sqls[1]).toEqual(sqls[0]);
    await xrm.close();
  });
});

describe("includes", () => {
  it("go deeper and wider than one statement can join", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `up${i}`);
    const node = defineEntity("node", {
      fields: {
        name: field.text({ required: true }),
        ...Object.fromEntries(names.map((name) => [name, field.lookup("node")])),
        downs: field.children("node", { via: "up0" }),
      } as { name: ReturnType<typeof field.text> },
    });
    const wide = defineModel({ plugins: [definePlugin({ id: "wide", entities: [node] })] });
    const { xrm, ran } = await watched<any>(temporary.path("wide.db"), wide as never);
    const nodes = xrm.entity("node");
    const top = await nodes.create({ name: "top" });
    const middle = await nodes.create({
      name: "middle",
      ...Object.fromEntries(names.map((name) => [name, top["id"]])),
    });
    const leaf = await nodes.create({ name: "leaf", ...Object.fromEntries(names.map((name) => [name, middle["id"]])) });
    const inner = Object.fromEntries(names.map((name) => [name, { select: { name: true } }]));
    const include = Object.fromEntries(names.map((name) => [name, { select: { name: true }, include: inner }]));
    ran.length = 0;
    const row = await nodes.get(leaf["id"] as string, { include: { ...include, downs: true }, select: { name: true } });
    const expected = { name: "middle", ...Object.fromEntries(names.map((name) => [name, { name: "top" }])) };
    expect(row).toEqual({ name: "leaf", ...Object.fromEntries(names.map((name) => [name, expected])), downs: [] });
    expect(ran.length).toBeGreaterThan(1);
    const none = await nodes.get(top["id"] as string, { include, select: { name: true } });
    expect(none).toEqual({ name: "top", ...Object.fromEntries(names.map((name) => [name, null])) });
    await xrm.close();
  });

  it("turn down what their filter does not meet", async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
    const br = await xrm.account.create({ name: "br", country: "BR" });
    const us = await xrm.account.create({ name: "us", country: "US" });
    await xrm.opportunity.createMany([
      { topic: "1", account: br.id },
      { topic: "2", account: us.id },
    ]);
    const rows = await xrm.opportunity.findMany({
      orderBy: { topic: "asc" },
      select: { topic: true },
      include: { account: { where: { country: "BR" }, select: { name: true } } },
    });
    expect(rows).toEqual([
      { topic: "1", account: { name: "br" } },
      { topic: "2", account: null },
    ]);
    await xrm.close();
  });
});

describe("matching text", () => {
  const texts = [
    "",
    "a",
    "ab",
    "aB",
    "á",
    "a%",
    "a_b",
    "%",
    "_",
    "\\",
    "a\u{10ffff}",
    "a\u{10ffff}b",
    "\u{d7ff}",
    "\u{e000}x",
    "\u{d7ff}x",
    "👍",
    "👍🏽",
    "a👍b",
    "'",
    '"',
    "a\nb",
    "ß",
    "SS",
    "İ",
  ];
  const tag = defineEntity("tag", {
    fields: { exact: field.text({ fold: false, indexed: true }), folded: field.text({ indexed: true }) },
  });
  const of = defineModel({ plugins: [definePlugin({ id: "tags", entities: [tag] })] });
  interface Tags extends EntitiesOf<typeof of> {}

  it("agrees with JavaScript, character by character", async () => {
    const xrm = await createXrm<Tags>({ model: of, storage: sqlite({ file: ":memory:" }) });
    await xrm.tag.createMany(texts.map((text) => ({ exact: text, folded: text })));
    await xrm.tag.create({});
    for (const part of texts) {
      for (const [word, test] of [
        ["contains", (text: string) => text.includes(part)],
        ["startsWith", (text: string) => text.startsWith(part)],
        ["endsWith", (text: string) => text.endsWith(part)],
      ] as const) {
        const found = await xrm.tag.findMany({ where: { exact: { [word]: part } }, select: { exact: true } });
        expect(found.map(({ exact }) => exact).sort(), `${word} ${JSON.stringify(part)}`).toEqual(
          texts.filter(test).sort(),
        );
        const operator = of.entities.get("tag")?.byName.get("folded")?.operators[word];
        const foldedFound = await xrm.tag.count({ where: { folded: { [word]: part } } });
        expect(foldedFound).toBe(texts.filter((text) => operator?.test(text, part, {} as never)).length);
      }
    }
    await xrm.close();
  });

  it("knows the least text above a beginning", () => {
    expect(successor("a")).toBe("b");
    expect(successor("a\u{10ffff}")).toBe("b");
    expect(successor("\u{10ffff}")).toBeUndefined();
    expect(successor("")).toBeUndefined();
    expect(successor("x\u{d7ff}")).toBe("x\u{e000}");
    expect(successor("👍")).toBe("👎");
    expect(successor("\uffff")).toBe("\u{10000}");
  });
});

describe("pages", () => {
  it("meet every record once, whatever the order, with nulls and ties", async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
    const accounts = await xrm.account.createMany(["a", "B", "á", "a"].map((name) => ({ name })));
    const countries = [null, "BR", "US"];
    for (let i = 0; i < 40; i++) {
      await xrm.opportunity.create({
        topic: `t${i}`,
        account: accounts[i % 4]?.id as string,
        stage: (["open", "won", "lost"] as const)[i % 3] as "open",
        amount: i % 5 === 0 ? null : `${i % 7}.00`,
        seats: i % 4 === 0 ? null : i % 3,
        closedOn: countries[i % 3] === null ? null : `2026-01-0${1 + (i % 5)}`,
      });
    }
    const keys = [
      { stage: "desc" },
      { amount: "asc" },
      { amount: "desc" },
      { seats: "asc" },
      { closedOn: "desc" },
      { account: { name: "asc" } },
      { account: { country: "desc" } },
      { contact: { email: "asc" } },
    ] as const;
    for (const first of keys) {
      for (const second of keys) {
        const orderBy = [first, second] as never;
        const all = await xrm.opportunity.findMany({ orderBy, select: { topic: true } });
        const paged: unknown[] = [];
        let after: string | null = null;
        do {
          const page: { rows: unknown[]; next: string | null } = await xrm.opportunity.findPage({
            orderBy,
            limit: 7,
            select: { topic: true },
            ...(after === null ? {} : { after }),
          });
          paged.push(...page.rows);
          after = page.next;
        } while (after !== null);
        expect(paged, JSON.stringify(orderBy)).toEqual(all);
      }
    }
    await xrm.close();
  });
});

describe("lists", () => {
  it("find floats, large numbers and texts exactly as they are", async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
    const { id } = await xrm.account.create({ name: "a" });
    const floats = [
      0.1,
      1 / 3,
      5e-324,
      1.7976931348623157e308,
      69787207509281620,
      2 ** 53 + 2,
      2 ** 63,
      -(2 ** 62) - 1024,
      1e21,
      123456789.12345679,
      0,
    ];
    const units = ["92233720368547758.07", "-92233720368547758.07", "90071992547409.93", "0.00", "0.01"];
    await xrm.opportunity.createMany(
      floats.map((probability, i) => ({
        topic: `${i}`,
        account: id,
        probability,
        amount: units[i % units.length] as string,
        seats: Number.MAX_SAFE_INTEGER - i,
      })),
    );
    for (const probability of floats) {
      expect(await xrm.opportunity.count({ where: { probability: { in: [probability, 7] } } }), `${probability}`).toBe(
        1,
      );
      expect(await xrm.opportunity.count({ where: { probability } })).toBe(1);
      expect(await xrm.opportunity.count({ where: { probability: { notIn: [probability] } } })).toBe(floats.length - 1);
    }
    for (const amount of units) {
      const expected = floats.filter((_, i) => units[i % units.length] === amount).length;
      expect(await xrm.opportunity.count({ where: { amount: { in: [amount] } } }), amount).toBe(expected);
      expect(await xrm.opportunity.count({ where: { amount } })).toBe(expected);
    }
    expect(
      await xrm.opportunity.count({ where: { seats: { in: [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 2] } } }),
    ).toBe(2);
    const read = await xrm.opportunity.findMany({
      select: { probability: true, amount: true, seats: true, topic: true },
    });
    for (const { topic, probability, amount, seats } of read) {
      const i = Number(topic);
      expect([probability, amount, seats]).toEqual([floats[i], units[i % units.length], Number.MAX_SAFE_INTEGER - i]);
    }
    await xrm.close();
  });

  it("take ten thousand values, and none", async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
    await xrm.account.createMany([{ name: "a", country: "c5" }, { name: "b" }]);
    const many = Array.from({ length: 10_000 }, (_, i) => `c${i}`);
    expect(await xrm.account.count({ where: { country: { in: many } } })).toBe(1);
    expect(await xrm.account.count({ where: { country: { notIn: many } } })).toBe(1);
    expect(await xrm.account.count({ where: { country: { in: [] } } })).toBe(0);
    expect(await xrm.account.count({ where: { country: { notIn: [] } } })).toBe(2);
    await xrm.close();
  });

  it("hold as many conditions as a query may have, without running out of depth", async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }), limits: { size: 20_000 } });
    await xrm.account.create({ name: "a7" });
    const or = Array.from({ length: 3_000 }, (_, i) => ({ name: `a${i}` }));
    expect(await xrm.account.count({ where: { or } })).toBe(1);
    expect(await xrm.account.count({ where: { and: or.map((where) => ({ not: where })) } })).toBe(0);
    await xrm.close();
  });
});
