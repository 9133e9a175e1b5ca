// Changing the model of a database with data: what is kept, what is asked, what is refused.
import { applyChanges, createXrm, defineModel, type ModelOptions, planChanges } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { failure, temporaryFolder } from "./fixture.ts";

let temporary: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  temporary = temporaryFolder();
  file = temporary.path("crm.db");
});
afterEach(() => temporary.remove());

type Fields = Record<string, unknown>;
type Options = Record<string, unknown>;
const entity = (name: string, fields: Fields, options: Options = {}) =>
  defineEntity(name, { ...options, fields: fields as never });
const modelOf = (entities: readonly unknown[], options: ModelOptions = {}) =>
  defineModel({ ...options, entities: entities as never });
const thing = (fields: Fields, options?: Options) => modelOf([entity("thing", fields, options)]);
const storage = () => sqlite({ file });
type AnyModel = ReturnType<typeof modelOf>;
const open = (model: AnyModel) => createXrm<any>({ model, storage: storage() });

/** Makes a database of a model with records of `thing`; gives their ids. */
async function seed(model: AnyModel, rows: readonly Fields[], name = "thing"): Promise<string[]> {
  const xrm = await open(model);
  const made = rows.length > 0 ? await xrm.entity(name).createMany(rows as never) : [];
  await xrm.close();
  return made.map((row) => String(row["id"]));
}

/** What records of an entity hold, in the order in which they were made. */
async function held(model: AnyModel, name = "thing", query: Fields = {}): Promise<Fields[]> {
  const xrm = await open(model);
  const rows = (await xrm.entity(name).findMany(query)) as Fields[];
  await xrm.close();
  return rows.map(
    ({ id: _, version: _v, createdAt: _c, createdBy: _cb, updatedAt: _u, updatedBy: _ub, ...rest }) => rest,
  );
}
const plan = (model: AnyModel, more: object = {}) => planChanges({ model, storage: storage(), ...more });
const apply = (model: AnyModel, more: object = {}) => applyChanges({ model, storage: storage(), ...more });
const classes = async (model: AnyModel) => (await plan(model)).steps.map((step) => `${step.class} ${step.id}`);

describe("steps that lose nothing", () => {
  it("rename entities and fields, over releases that were skipped, with lookups, counters and text indexes", async () => {
    const account = entity("account", {
      name: field.text({ required: true, unique: true, searchable: true }),
      no: field.autonumber("A{00}"),
    });
    const [id] = await seed(
      modelOf([account, entity("deal", { account: field.lookup("account") })]),
      [{ name: "Ação" }],
      "account",
    );
    await seed(modelOf([account, entity("deal", { account: field.lookup("account") })]), [{ account: id }], "deal");
    const company = entity(
      "company",
      {
        title: field.text({ required: true, unique: true, searchable: true, was: ["label", "name"] }),
        number: field.autonumber("A{00}", { was: "no" }),
      },
      { was: ["firm", "account"] },
    );
    const after = modelOf([company, entity("deal", { company: field.lookup("company", { was: "account" }) })]);
    expect(await classes(after)).toEqual([
      "safe entity.rename:company",
      "safe field.rename:company.title",
      "safe field.rename:company.number",
      "safe search.add:company",
      "safe field.rename:deal.company",
    ]);
    const xrm = await open(after);
    expect(await xrm.entity("company").findMany({ search: "acao" } as never)).toMatchObject([
      { id, title: "Ação", number: "A01" },
    ]);
    expect(await xrm.entity("deal").findMany({ include: { company: true } } as never)).toMatchObject([
      { company: { id } },
    ]);
    expect(await xrm.entity("company").create({ title: "B" })).toMatchObject({ number: "A02" });
    expect((await failure(() => xrm.entity("company").delete(id as string))).code).toBe("RESTRICTED");
    expect((await failure(() => xrm.entity("company").create({ title: "acao" }))).code).toBe("UNIQUE");
    await xrm.close();
  });

  it("fill a new required field from its default: a value, a function, the time, a counter", async () => {
    await seed(thing({ a: field.text() }), [{ a: "x" }, { a: "y" }]);
    let n = 0;
    const after = thing({
      a: field.text(),
      level: field.integer({ required: true, default: 3 }),
      key: field.integer({ required: true, unique: true, default: () => ++n % 2 }),
      no: field.autonumber("N{000}"),
      tags: field.tags({ required: true, default: ["new"] }),
    });
    expect(await held(after)).toEqual([
      { a: "x", level: 3, key: 1, no: "N001", tags: ["new"] },
      { a: "y", level: 3, key: 0, no: "N002", tags: ["new"] },
    ]);
  });

  it("widen: longer, optional, to a kind that holds every value, a larger scale, another fold", async () => {
    await seed(
      thing({
        a: field.text({ required: true, max: 5 }),
        n: field.integer(),
        d: field.decimal({ scale: 2 }),
        e: field.email(),
        t: field.text(),
      }),
      [
        { a: "abc", n: 9_007_199_254_740_991, d: "12.30", e: "a@b.co", t: "Ä" },
        { a: "abd", n: null, d: "-0.01", e: null, t: null },
      ],
    );
    const after = thing({
      a: field.text({ max: 50 }),
      n: field.decimal({ scale: 1 }),
      d: field.decimal({ scale: 4 }),
      e: field.longText(),
      t: field.text({ fold: false }),
    });
    expect((await classes(after)).every((step) => step.startsWith("safe "))).toBe(true);
    expect(await held(after)).toEqual([
      { a: "abc", n: "9007199254740991.0", d: "12.3000", e: "a@b.co", t: "Ä" },
      { a: "abd", n: null, d: "-0.0100", e: null, t: null },
    ]);
  });

  it("leave what is required in several columns alone, and see that a record has none of them", async () => {
    const values = (required: boolean) => ({
      home: field.address({ required }),
      place: field.geo({ required }),
      about: field.lookup(["left", "right"], { required }),
    });
    const sides = [entity("left", { n: field.integer() }), entity("right", { n: field.integer() })];
    const before = modelOf([...sides, entity("thing", values(true))]);
    const [left] = await seed(before, [{ n: 1 }], "left");
    const [right] = await seed(before, [{ n: 1 }], "right");
    const rest = { home: { city: "Rio" }, place: { lat: 0, lng: 0 } };
    await seed(before, [
      { ...rest, about: { entity: "left", id: left } },
      { ...rest, about: { entity: "right", id: right } },
    ]);
    const more = (required: boolean) =>
      modelOf([...sides, entity("thing", { ...values(required), note: field.text() })]);
    expect(await classes(more(true))).toEqual(["safe field.add:thing.note"]);
    await apply(more(true));
    await seed(more(false), [{}]);
    const { steps } = await plan(more(true));
    const refused = steps.filter((step) => step.class === "refused");
    expect(refused.map((step) => `${step.id} ${step.offenderCount}`)).toEqual([
      "field.require:thing.home 1",
      "field.require:thing.place 1",
      "field.require:thing.about 1",
    ]);
  });

  it("rename values of choices in the data", async () => {
    await seed(thing({ s: field.choice(["open", "won"]), m: field.multiChoice(["a", "b"]) }), [
      { s: "won", m: ["a", "b"] },
      { s: null },
    ]);
    const after = thing({
      s: field.choice(["open", "closed"], { wasValues: { closed: ["done", "won"] } }),
      m: field.multiChoice(["b", "z"], { wasValues: { z: "a" } }),
    });
    expect(await held(after)).toEqual([
      { s: "closed", m: ["b", "z"] },
      { s: null, m: null },
    ]);
  });

  it("keep what the model no longer has, out of the way of new records, and take it up again", async () => {
    const before = modelOf([
      entity("thing", { a: field.text({ required: true, unique: true }), b: field.text() }),
      entity("gone", { thing: field.lookup("thing", { required: true }) }),
    ]);
    const [id] = await seed(before, [{ a: "x", b: "y" }]);
    await seed(before, [{ thing: id }], "gone");
    const without = thing({ b: field.text() });
    const xrm = await open(without);
    await xrm.entity("thing").create({ b: "new" });
    await xrm.close();
    expect(await classes(without)).toEqual(["destructive field.drop:thing.a", "destructive entity.drop:gone"]);
    const again = modelOf([
      entity("thing", { a: field.text(), b: field.text() }),
      entity("gone", { thing: field.lookup("thing", { required: true }) }),
    ]);
    expect(await held(again)).toEqual([
      { a: "x", b: "y" },
      { a: null, b: "new" },
    ]);
    expect(await held(again, "gone")).toEqual([{ thing: id }]);
  });

  it("lets a record go that only a former entity still names, and then says that it is missed", async () => {
    const before = modelOf([entity("thing", {}), entity("gone", { thing: field.lookup("thing") })]);
    const [id] = await seed(before, [{}]);
    await seed(before, [{ thing: id }], "gone");
    const xrm = await open(thing({}));
    await xrm.entity("thing").delete(id as string);
    await xrm.close();
    const again = await plan(before);
    expect(again.steps.find((step) => step.id === "reference.add:gone.thing")).toMatchObject({
      class: "refused",
      offenderCount: 1,
      offenders: [{ values: { thing: id } }],
    });
  });
});

describe("steps that need a look", () => {
  it("convert through the field types, and list what does not fit", async () => {
    const before = thing({ a: field.text(), b: field.text(), d: field.datetime(), n: field.decimal() });
    const [, bad] = await seed(before, [
      { a: "12", b: "true", d: "2026-03-04T05:06:07.000Z", n: "7.00" },
      { a: "many", b: "false", d: null, n: "7.50" },
    ]);
    const after = thing({ a: field.integer(), b: field.boolean(), d: field.date(), n: field.integer() });
    const refused = await plan(after);
    expect(refused.steps.map((step) => `${step.class} ${step.id} ${step.offenderCount ?? ""}`)).toEqual([
      "refused field.convert:thing.a 1",
      "confirm field.convert:thing.b ",
      "confirm field.convert:thing.d ",
      "refused field.convert:thing.n 1",
    ]);
    expect(refused.steps[0]?.offenders).toEqual([
      { id: bad, values: { a: "many" }, message: expect.stringContaining("a must be a whole number") },
    ]);
    expect((await failure(() => apply(after, { confirm: refused.steps.map((step) => step.id) }))).code).toBe(
      "MODEL_CHANGED",
    );
    const xrm = await open(before);
    await xrm.entity("thing").update(bad as string, { a: " 7 ", n: "8" });
    await xrm.close();
    const unasked = await failure(() => open(after));
    expect(unasked).toMatchObject({ code: "MODEL_CHANGED", entity: "thing" });
    expect((await failure(() => apply(after))).message).toContain("'field.convert:thing.a'");
    await apply(after, {
      confirm: ["field.convert:thing.a", "field.convert:thing.b", "field.convert:thing.d", "field.convert:thing.n"],
    });
    expect(await held(after)).toEqual([
      { a: 12, b: true, d: "2026-03-04", n: 7 },
      { a: 7, b: false, d: null, n: 8 },
    ]);
  });

  it("throw away only what is named", async () => {
    await seed(modelOf([entity("thing", { a: field.text(), b: field.text({ unique: true }) }), entity("other", {})]), [
      { a: "x", b: "y" },
    ]);
    const after = thing({});
    const made = await plan(after);
    expect(made.steps.map(({ id }) => id)).toEqual([
      "field.retire:thing.a",
      "field.drop:thing.a",
      "field.retire:thing.b",
      "field.drop:thing.b",
      "unique.drop:thing.b_fold",
      "entity.retire:other",
      "entity.drop:other",
    ]);
    const report = await apply(after, { plan: made, confirm: ["field.drop:thing.b"] });
    expect(report.left).toEqual(["field.drop:thing.a", "entity.drop:other"]);
    const db = new Database(file);
    expect(
      db
        .prepare("select name from pragma_table_info('thing') where name in ('a', 'a_fold', 'b', 'b_fold')")
        .pluck()
        .all(),
    ).toEqual(["a", "a_fold"]);
    db.close();
    await apply(after, { confirm: ["field.drop:thing.a", "entity.drop:other"] });
    expect(await classes(after)).toEqual([]);
    expect((await failure(() => apply(after, { confirm: ["field.drop:thing.a"] }))).code).toBe("INVALID_OPTIONS");
  });

  it("ask before amounts get another currency", async () => {
    await seed(thing({ m: field.money({ currency: "BRL" }) }), [{ m: "5" }]);
    expect(await classes(thing({ m: field.money({ currency: "USD" }) }))).toEqual(["confirm field.convert:thing.m"]);
  });

  it("refuse a plan that is no longer true", async () => {
    await seed(thing({ a: field.text() }), [{ a: "1" }]);
    const after = thing({ a: field.integer() });
    const made = await plan(after);
    const db = new Database(file);
    db.exec('alter table thing add column "by_hand" text');
    db.close();
    expect((await failure(() => apply(after, { plan: made, confirm: ["field.convert:thing.a"] }))).code).toBe(
      "PLAN_CHANGED",
    );
    const again = await plan(after);
    await apply(after, { plan: again.hash, confirm: ["field.convert:thing.a"] });
    const other = new Database(file);
    expect(other.prepare("select a, by_hand from thing").raw().all()).toEqual([[1, null]]);
    other.close();
  });
});

describe("steps that data stand in the way of", () => {
  it.each([
    ["required", { a: field.text({ required: true }) }, [{ a: "x" }, { a: null }], "field.require:thing.a"],
    ["shorter", { a: field.text({ max: 2 }) }, [{ a: "xy" }, { a: "xyz" }], "field.limit:thing.a"],
    ["a pattern", { a: field.text({ pattern: "^x" }) }, [{ a: "x" }, { a: "y" }], "field.limit:thing.a"],
    ["unique", { a: field.text({ unique: true }) }, [{ a: "X" }, { a: "x" }], "unique.add:thing.a"],
    ["fewer choices", { a: field.choice(["x"]) }, [{ a: "x" }, { a: "y" }], "field.convert:thing.a"],
    ["required and new", { a: field.text(), b: field.text({ required: true }) }, [{ a: "x" }], "field.add:thing.b"],
    [
      "a lookup",
      { a: field.lookup("thing") },
      [{ a: "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d" }],
      "reference.add:thing.a",
    ],
  ])("%s", async (_, fields, rows, id) => {
    const before = thing({ a: field.text() });
    const ids = await seed(before, rows);
    const made = await plan(thing(fields));
    const refused = made.steps.filter((step) => step.class === "refused");
    expect(refused.map((step) => step.id)).toEqual([id]);
    if (refused[0]?.offenders) expect(refused[0].offenders.map((one) => one.id)).toEqual([ids.at(-1)]);
    expect((await failure(() => open(thing(fields)))).code).toBe("MODEL_CHANGED");
    expect(await held(before)).toHaveLength(rows.length);
  });

  it("a check that records break", async () => {
    const fields = { n: field.integer() };
    await seed(thing(fields), [{ n: 1 }, { n: -1 }]);
    const after = thing(fields, { checks: { positive: { where: { n: { gt: 0 } }, message: "too small" } } });
    expect((await plan(after)).steps).toMatchObject([
      { id: "check.add:thing.positive", class: "refused", offenderCount: 1 },
    ]);
  });

  it("go on with values that are given for them", async () => {
    await seed(thing({ a: field.text() }), [{ a: "x" }, { a: null }]);
    const after = thing({ a: field.text({ required: true }), b: field.integer({ required: true, unique: true }) });
    await apply(after, { backfill: { "thing.a": "none", "thing.b": ({ a }: { a: string }) => (a === "x" ? 1 : 11) } });
    expect(await held(after)).toEqual([
      { a: "x", b: 1 },
      { a: "none", b: 11 },
    ]);
  });
});

describe("checks", () => {
  it("are constraints of the table too, and speak for themselves", async () => {
    const model = thing(
      { n: field.integer(), s: field.text() },
      {
        checks: {
          some: { where: { or: [{ n: { gte: 5 } }, { s: { startsWith: 'it\'s "t0".' } }] }, message: "neither" },
        },
      },
    );
    const xrm = await open(model);
    const { id } = await xrm.entity("thing").create({ n: null, s: 'it\'s "t0". fine' });
    const db = new Database(file);
    expect(() => db.prepare("update thing set s = 'x', s_fold = 'x'").run()).toThrow("kith_check_thing__some");
    expect(() => db.prepare("update thing set n = 5").run()).not.toThrow();
    db.close();
    expect(await xrm.entity("thing").get(id as never)).toMatchObject({ n: 5 });
    await xrm.close();
  });
});

describe("what others put on a table", () => {
  it("stays: indexes, triggers, columns, rows that name each other", async () => {
    const before = thing({ a: field.text({ required: true }), parent: field.lookup("thing") });
    const ids = await seed(before, [{ a: "x" }]);
    await seed(before, [{ a: "y", parent: ids[0] }]);
    const db = new Database(file);
    db.exec(
      `alter table thing add column note text default 'n'; create index by_note on thing (note); create table log (x) strict`.replace(
        "(x)",
        "(x text)",
      ),
    );
    db.exec(
      "create trigger watch after insert on thing begin insert into log values (new.id); end; create view seen as select a from thing",
    );
    db.close();
    const after = thing({ a: field.text(), parent: field.lookup("thing") });
    expect((await held(after)).map(({ parent }) => parent)).toEqual([null, ids[0]]);
    const xrm = await open(after);
    const { id } = await xrm.entity("thing").create({ a: null });
    await xrm.close();
    const now = new Database(file);
    expect(now.prepare("select note from thing").pluck().all()).toEqual(["n", "n", "n"]);
    expect(now.prepare("select x from log").pluck().all()).toEqual([id]);
    expect(now.prepare("select count(*) from seen").pluck().get()).toBe(3);
    expect(now.prepare("select name from sqlite_schema where name = 'by_note'").pluck().get()).toBe("by_note");
    expect(now.pragma("foreign_key_check")).toEqual([]);
    now.close();
  });
});

describe("a process that goes on running", () => {
  it("notices that the model became another one, tells it once, and writes no more", async () => {
    const told: string[] = [];
    const before = thing({ a: field.text() });
    const xrm = await createXrm<any>({
      model: before,
      storage: storage(),
      logger: { error: (message) => told.push(message) },
    });
    const { id } = await xrm.entity("thing").create({ a: "x" });
    await apply(modelOf([entity("thing", { b: field.text({ was: "a" }) })], { version: 2 }));
    // At once where its statements no longer fit, within a second anyway.
    expect((await failure(() => xrm.entity("thing").update(id as string, { a: "y" }))).code).toBe("MODEL_OLDER");
    expect((await failure(() => xrm.transaction(async (tx) => tx.entity("thing").delete(id as string)))).code).toBe(
      "MODEL_OLDER",
    );
    expect(told).toEqual([expect.stringContaining("version 2")]);
    await xrm.close();
  });

  it("notices it within a second also where its statements would still do", async () => {
    const before = thing({ a: field.text() });
    const xrm = await open(before);
    await xrm.entity("thing").create({ a: "x" });
    await (await open(thing({ a: field.text({ max: 500 }) }))).close();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await failure(() => xrm.entity("thing").create({ a: "y" }))).code).toBe("MODEL_CHANGED");
    expect(await xrm.entity("thing").count()).toBe(1);
    await xrm.close();
  });
});

it("lets a running process write on when the model only got more that a record can do without", async () => {
  const logger = { error: () => undefined };
  const own = { a: field.text() };
  const xrm = await createXrm<any>({ model: thing(own), storage: storage(), logger });
  await xrm.entity("thing").create({ a: "x" });
  const wait = () => new Promise((resolve) => setTimeout(resolve, 1_050));
  const more = { ...own, b: field.integer(), up: field.lookup("thing") };
  await apply(modelOf([entity("thing", more, { indexes: [["a"]] }), entity("other", {})], { version: 2 }));
  await wait();
  expect(await xrm.entity("thing").create({ a: "y" })).toMatchObject({ a: "y" });
  await apply(modelOf([entity("thing", { ...more, c: field.integer({ default: 1 }) })], { version: 3 }));
  await wait();
  expect((await failure(() => xrm.entity("thing").create({ a: "z" }))).code).toBe("MODEL_OLDER");
  await xrm.close();
});

it("does nothing by itself when told so", async () => {
  const model = thing({ a: field.text() });
  const none = (one: AnyModel) => createXrm<any>({ model: one, storage: storage(), migrate: "none" });
  expect((await failure(() => none(model))).message).toContain("migrate: 'none'");
  await apply(model);
  await (await none(model)).close();
  expect((await failure(() => none(thing({ a: field.text(), b: field.text() })))).code).toBe("MODEL_CHANGED");
  const labelled = thing({ a: field.text({ label: "A" }) });
  await (await none(labelled)).close();
});
