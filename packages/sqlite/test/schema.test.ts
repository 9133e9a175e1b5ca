import { createXrm, defineModel, definePlugin } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { errorOf } from "@kith/testing";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { model, temporaryFolder } from "./fixture.ts";

let temporary: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  temporary = temporaryFolder();
  file = temporary.path("crm.db");
});
afterEach(() => temporary.remove());

const client = (fields: Record<string, unknown>) => defineEntity("client", { fields: fields as never });
const modelOf = (entities: readonly unknown[], version = 1) =>
  defineModel({ version, plugins: [definePlugin({ id: "app", entities: entities as never })] });
const open = (one: ReturnType<typeof modelOf>) => createXrm<any>({ model: one, storage: sqlite({ file }) });
const openAndClose = async (one: ReturnType<typeof modelOf>) => (await open(one)).close();
const meta = () => {
  const db = new Database(file, { readonly: true });
  const rows = db.prepare("select key, value from kith_meta").raw().all() as [string, string][];
  db.close();
  return new Map(rows);
};

describe("the tables of a model", () => {
  it("are strict, with foreign keys that do nothing by themselves, and an index for each lookup", async () => {
    await openAndClose(model as never);
    const db = new Database(file, { readonly: true });
    const keys = db.prepare(
      `select "table", "from", on_delete from pragma_foreign_key_list('opportunity') order by id`,
    );
    expect(keys.all()).toEqual(
      expect.arrayContaining([
        { table: "account", from: "account", on_delete: "NO ACTION" },
        { table: "contact", from: "contact", on_delete: "NO ACTION" },
      ]),
    );
    const indexes = db
      .prepare("select name, \"unique\" from pragma_index_list('opportunity') where origin = 'c'")
      .raw()
      .all();
    expect(new Map(indexes as [string, number][])).toEqual(
      new Map([
        ["kith_unique_opportunity__account__topic_fold", 1],
        ["kith_unique_opportunity__number", 1],
        ["kith_index_opportunity__contact", 0],
        ["kith_index_opportunity__stage__id", 0],
        ["kith_index_opportunity__closed_on__id", 0],
      ]),
    );
    const id = db.prepare(`select type, "notnull", pk from pragma_table_info('account') where name = 'id'`).get();
    expect(id).toEqual({ type: "TEXT", notnull: 1, pk: 0 });
    const key = db.prepare(`select type, pk from pragma_table_info('account') where name = 'kith_row'`).get();
    expect(key).toEqual({ type: "INTEGER", pk: 1 });
    expect(db.prepare("select name from sqlite_schema where name like 'kith_t_%'").pluck().all()).toEqual([
      "kith_t_json_each",
      "kith_t_sqlite_stat1",
    ]);
    db.close();
  });

  it("say what they were made for", async () => {
    const one = modelOf([client({ name: field.text() })], 3);
    await openAndClose(one);
    const stored = meta();
    expect(stored.get("format")).toBe("4");
    expect(stored.get("version")).toBe("3");
    expect(stored.get("hash")).toBe(one.hash);
    expect(JSON.parse(stored.get("model") as string)).toEqual(JSON.parse(JSON.stringify(one.toJSON())));
  });
});

describe("opening with another model", () => {
  it("makes the tables of new entities", async () => {
    await openAndClose(modelOf([client({ name: field.text() })]));
    const visit = defineEntity("visit", { fields: { client: field.lookup("client"), on: field.date() } });
    const xrm = await open(modelOf([client({ name: field.text() }), visit]));
    const { id } = await xrm.entity("client").create({ name: "Ana" });
    await xrm.entity("visit").create({ client: id, on: "2026-01-31" });
    await xrm.close();
    expect(meta().get("tables")).toContain('"entity":"visit"');
  });

  it("goes on when no table changes: labels, limits and choices are no matter of the database", async () => {
    const small = modelOf([client({ name: field.text({ max: 20 }), level: field.choice(["a"]) })]);
    await openAndClose(small);
    const wide = modelOf([client({ name: field.text({ max: 90, label: "Name" }), level: field.choice(["b", "a"]) })]);
    expect(wide.hash).not.toBe(small.hash);
    await openAndClose(wide);
    expect(meta().get("hash")).toBe(wide.hash);
  });

  it.each([
    ["a new field", { name: field.text(), born: field.date() }],
    ["a removed field", {}],
    ["unique", { name: field.text({ unique: true }) }],
    ["an index", { name: field.text({ indexed: true }) }],
  ])("takes the steps for %s, which lose nothing", async (_, fields) => {
    await openAndClose(modelOf([client({ name: field.text() })]));
    await openAndClose(modelOf([client(fields)], 2));
    expect(meta().get("hash")).toBe(modelOf([client(fields)]).hash);
  });

  it("refuses what needs a look, naming it and what to do", async () => {
    const before = modelOf([client({ name: field.text() })]);
    const xrm = await open(before);
    await xrm.entity("client").create({ name: "12" });
    await xrm.close();
    const stored = meta();
    const error = await errorOf(() => open(modelOf([client({ name: field.integer() })], 2)));
    expect(error).toMatchObject({ code: "MODEL_CHANGED", entity: "client" });
    expect(error.message).toContain("client.name goes from text to integer");
    expect(error.message).toContain("applyChanges");
    expect(meta()).toEqual(stored);
  });

  it("refuses a model that is older than the database", async () => {
    await openAndClose(modelOf([client({ name: field.text() })], 7));
    const error = await errorOf(() => open(modelOf([client({ name: field.text() })], 6)));
    expect(error).toMatchObject({ code: "MODEL_OLDER", params: { stored: 7, given: 6 } });
  });

  it("refuses a database of a newer Kith", async () => {
    await openAndClose(modelOf([client({})]));
    const db = new Database(file);
    db.exec("update kith_meta set value = '99' where key = 'format'");
    db.close();
    const error = await errorOf(() => open(modelOf([client({})])));
    expect(error.code).toBe("MODEL_OLDER");
    expect(error.message).toContain("update the @kith packages");
  });

  it.each(["format", "version", "model", "tables", "retired"])(
    "refuses a database whose %s is not legible, instead of taking it for none",
    async (key) => {
      await openAndClose(modelOf([client({ name: field.text() })]));
      // With another model, so that all of it has to be read.
      await openAndClose(modelOf([client({})], 2));
      const db = new Database(file);
      db.prepare("insert or replace into kith_meta (key, value) values (?, '{')").run(key);
      db.close();
      const error = await errorOf(() => open(modelOf([client({ email: field.email() })], 3)));
      expect(error.code).toBe("NOT_KITH");
      expect(error.message).toContain("does not hold what Kith keeps there");
    },
  );

  it("keeps the table of an entity that the model no longer has", async () => {
    const both = modelOf([client({ name: field.text() }), defineEntity("visit", { fields: { on: field.date() } })]);
    const xrm = await open(both);
    await xrm.entity("visit").create({ on: "2026-01-31" });
    await xrm.close();
    await openAndClose(modelOf([client({ name: field.text() })]));
    const again = await open(both);
    expect(await again.entity("visit").count()).toBe(1);
    await again.close();
  });

  it("finds that a table of its own is gone", async () => {
    await openAndClose(modelOf([client({ name: field.text() })]));
    const db = new Database(file);
    db.exec("drop table client");
    db.close();
    const error = await errorOf(() => open(modelOf([client({ name: field.text() })])));
    expect(error.code).toBe("MODEL_CHANGED");
    expect(error.message).toContain("its table 'client' is gone");
    expect(error.message).toContain("restore the database from a backup, or confirm this step");
  });
});

describe("a database that others use too", () => {
  it.each(["client", "Client", "kith_meta", "KITH_SEQUENCE"])("is refused when it holds a table %s", async (name) => {
    const db = new Database(file);
    db.exec(`create table "${name}" (x)`);
    db.close();
    const error = await errorOf(() => open(modelOf([client({})])));
    expect(error.code).toBe("NOT_KITH");
    expect(error.message.toLowerCase()).toContain(`'${name.toLowerCase()}'`);
    const after = new Database(file);
    expect(after.prepare("select count(*) from sqlite_schema where type = 'table'").pluck().get()).toBe(1);
    after.close();
  });

  it("is refused when a new entity needs a name that is taken", async () => {
    await openAndClose(modelOf([client({})]));
    const db = new Database(file);
    db.exec("create view visit as select 1 as x");
    db.close();
    expect((await errorOf(() => open(modelOf([client({}), defineEntity("visit", { fields: {} })])))).code).toBe(
      "NOT_KITH",
    );
  });

  it("is taken when its tables have other names", async () => {
    const db = new Database(file);
    db.exec("create table invoices (x integer primary key); insert into invoices values (5)");
    // What leads nowhere among them is no matter of Kith's.
    db.exec("pragma foreign_keys = off; create table lines (i references invoices (x)); insert into lines values (6)");
    db.close();
    await openAndClose(modelOf([client({})]));
    await openAndClose(modelOf([client({ email: field.email({ required: true, default: "a@x.com" }) })], 2));
    const after = new Database(file);
    expect(after.prepare("select x from invoices").pluck().get()).toBe(5);
    after.close();
  });
});
