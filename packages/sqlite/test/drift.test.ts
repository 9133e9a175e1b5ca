// Damage done by hand: each kind is found and named, and a plan mends what can be mended.
import { applyChanges, createXrm, type DriftKind, defineModel, findDrift, planChanges } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { failure, temporaryFolder } from "./fixture.ts";

let temporary: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  temporary = temporaryFolder();
  file = temporary.path("crm.db");
});
afterEach(() => temporary.remove());

const model = defineModel({
  entities: [
    defineEntity("account", {
      fields: { name: field.text({ required: true, unique: true, searchable: true }), old: field.text() },
    }),
    defineEntity("deal", {
      indexes: [["on", "size"]],
      checks: { sized: { where: { size: { gte: 0 } }, message: "below nothing" } },
      fields: { account: field.lookup("account"), on: field.date(), size: field.integer() },
    }),
  ],
});
const storage = () => sqlite({ file });
const drift = () => findDrift({ model, storage: storage() });

/** The definition of `deal` with something changed, put in its place as a careless person would. */
const remake = (from: string, to: string) => (db: Database.Database) => {
  const sql = db.prepare("select sql from sqlite_schema where name = 'deal'").pluck().get() as string;
  expect(sql).toContain(from);
  const indexes = db
    .prepare("select sql from sqlite_schema where type = 'index' and tbl_name = 'deal' and sql is not null")
    .pluck()
    .all() as string[];
  db.pragma("foreign_keys = off");
  db.exec(
    `${sql.replace('"deal"', '"other"').replace(from, to)}; insert into other select * from deal; drop table deal; alter table other rename to deal`,
  );
  for (const index of indexes) db.exec(index);
};
const run = (sql: string) => (db: Database.Database) => void db.exec(sql);

const damage: readonly (readonly [DriftKind, string, (db: Database.Database) => void])[] = [
  ["table.missing", "deal", run("drop table deal")],
  ["table.missing", "kith_sequence", run("drop table kith_sequence")],
  ["table.extra", "kith_new_deal", run("create table kith_new_deal (x)")],
  ["column.missing", "old", run("alter table account drop column old")],
  ["column.extra", "extra", run("alter table deal add column extra text")],
  ["column.type", "size", remake('"size" integer', '"size" real')],
  ["column.nullable", "created_at", remake('"created_at" text not null', '"created_at" text')],
  ["column.default", "on", remake('"on" text', `"on" text default '2026-01-01'`)],
  ["column.collation", "on", remake('"on" text', '"on" text collate nocase')],
  ["key.missing", "id", remake('"id" text not null unique', '"id" text not null')],
  ["reference.missing", "account", remake(' references "account" ("id") on delete no action', "")],
  ["reference.extra", "account", remake("on delete no action", "on delete cascade")],
  [
    "reference.broken",
    "deal",
    (db) => {
      db.pragma("foreign_keys = off");
      db.exec("update deal set account = '018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d'");
    },
  ],
  ["index.missing", "kith_index_deal__account", run("drop index kith_index_deal__account")],
  ["index.extra", "mine", run("create index mine on deal (size)")],
  [
    "index.columns",
    "kith_index_deal__account",
    run('drop index kith_index_deal__account; create index kith_index_deal__account on deal ("on")'),
  ],
  [
    "index.columns",
    "kith_index_deal__account",
    run("drop index kith_index_deal__account; create index kith_index_deal__account on deal (account) where size > 3"),
  ],
  [
    "index.unique",
    "kith_unique_account__name_fold",
    run(
      "drop index kith_unique_account__name_fold; create index kith_unique_account__name_fold on account (name_fold)",
    ),
  ],
  [
    "check.missing",
    "kith_check_deal__sized",
    remake(', constraint "kith_check_deal__sized" check (("size" >= 0) is true)', ""),
  ],
  ["check.changed", "kith_check_deal__sized", remake('"size" >= 0', '"size" >= -9')],
  ["trigger.extra", "watch", run("create trigger watch after insert on deal begin select 1; end")],
  ["search.missing", "kith_account_search", run("drop table kith_account_search")],
  ["search.stale", "kith_account_search", run("delete from kith_account_search")],
  [
    "meta.edited",
    "model",
    run(`update kith_meta set value = replace(value, '"date"', '"datetime"') where key = 'model'`),
  ],
  [
    "meta.edited",
    "tables",
    run(`update kith_meta set value = replace(value, 'account', 'acount') where key = 'tables'`),
  ],
  ["meta.missing", "kith_meta", run("drop table kith_meta")],
];

it.each(damage)("finds %s: %s", async (kind, name, harm) => {
  const xrm = await createXrm<any>({ model, storage: storage() });
  const { id } = await xrm.entity("account").create({ name: "Acme" });
  await xrm.entity("deal").create({ account: id, on: "2026-01-31", size: 3 });
  await xrm.close();
  expect(await drift()).toEqual([]);
  const db = new Database(file);
  harm(db);
  db.close();
  const found = await drift();
  const one = found.find((each) => each.kind === kind && (each.name ?? each.table) === name);
  expect(one, JSON.stringify(found)).toBeDefined();
  expect(one?.message).toContain(name);
});

it.each(
  damage.filter(([kind]) =>
    /^(index\.(missing|columns|unique)|check|column\.(nullable|default|collation|type)|reference\.(missing|extra)|key|search)/.test(
      kind,
    ),
  ),
)("mends %s: %s", async (_kind, _name, harm) => {
  const xrm = await createXrm<any>({ model, storage: storage() });
  const { id } = await xrm.entity("account").create({ name: "Acme" });
  await xrm.entity("deal").create({ account: id, on: "2026-01-31", size: 3 });
  await xrm.close();
  const db = new Database(file);
  harm(db);
  db.close();
  const plan = await planChanges({ model, storage: storage() });
  expect(plan.steps).not.toEqual([]);
  await applyChanges({
    model,
    storage: storage(),
    plan,
    confirm: plan.steps.filter((step) => step.class === "confirm").map((step) => step.id),
  });
  expect(await drift()).toEqual([]);
  const again = await createXrm<any>({ model, storage: storage() });
  expect(await again.entity("deal").findMany()).toMatchObject([{ account: id, on: "2026-01-31", size: 3 }]);
  expect(await again.entity("account").findMany({ search: "acme" } as never)).toHaveLength(1);
  expect((await failure(() => again.entity("account").create({ name: "ACME" }))).code).toBe("UNIQUE");
  await again.close();
});
