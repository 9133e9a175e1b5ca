// Changing the model of a database with data: what every storage does, and what SQLite alone can be done to.
import { changeSuite, type Damage } from "@kith/testing";
import { describe, it } from "vitest";
import { changeable } from "./changes.ts";

/** The table of `deal` with something changed in its definition, put in its place as a careless person would. */
const remake =
  (from: string, to: string): Exclude<Damage["harm"], string> =>
  async (direct) => {
    const [table] = await direct("select sql from sqlite_schema where name = 'deal'");
    const sql = String(table?.["sql"]);
    if (!sql.includes(from)) throw new Error(`The table has no '${from}': ${sql}`);
    const indexes = await direct(
      "select sql from sqlite_schema where type = 'index' and tbl_name = 'deal' and sql is not null",
    );
    const steps = [
      "pragma foreign_keys = off",
      sql.replace('"deal"', '"other"').replace(from, to),
      "insert into other select * from deal",
      "drop table deal",
      "alter table other rename to deal",
    ];
    await direct([...steps, ...indexes.map((index) => String(index["sql"]))].join(";\n"));
  };

const damages: readonly Damage[] = [
  { kind: "column.type", name: "size", harm: remake('"size" integer', '"size" real') },
  {
    kind: "column.nullable",
    name: "created_at",
    harm: remake('"created_at" text not null', '"created_at" text'),
  },
  { kind: "column.default", name: "on", harm: remake('"on" text', `"on" text default '2026-01-01'`) },
  { kind: "column.collation", name: "on", harm: remake('"on" text', '"on" text collate nocase') },
  { kind: "key.missing", name: "id", harm: remake('"id" text not null unique', '"id" text not null') },
  {
    kind: "reference.missing",
    name: "account",
    harm: remake(' references "account" ("id") on delete no action', ""),
  },
  { kind: "reference.extra", name: "account", harm: remake("on delete no action", "on delete cascade") },
  {
    kind: "reference.broken",
    name: "deal",
    harm: "pragma foreign_keys = off; update deal set account = '018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d'",
  },
  {
    kind: "index.columns",
    name: "kith_index_deal__account",
    harm: "drop index kith_index_deal__account; create index kith_index_deal__account on deal (account) where size > 3",
  },
  {
    kind: "check.missing",
    name: "kith_check_deal__sized",
    harm: remake(', constraint "kith_check_deal__sized" check (("size" >= 0) is true)', ""),
  },
  { kind: "check.changed", name: "kith_check_deal__sized", harm: remake('"size" >= 0', '"size" >= -9') },
  {
    kind: "trigger.extra",
    name: "watch",
    harm: "create trigger watch after insert on deal begin select 1; end",
  },
];

changeSuite({ describe, it }, { name: "sqlite", create: changeable, damages });
