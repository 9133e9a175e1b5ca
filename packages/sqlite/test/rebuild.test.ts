// What others put on a table survives that the table is made anew, which is how SQLite changes most things.
import { createXrm, defineModel } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { direct } from "./changes.ts";
import { temporaryFolder } from "./fixture.ts";

const modelOf = (required: boolean) =>
  defineModel({
    entities: [defineEntity("thing", { fields: { a: field.text({ required }), parent: field.lookup("thing") } })],
  });

it("indexes, triggers, views, columns, rows that name each other", async () => {
  const { path, remove } = temporaryFolder();
  const file = path("crm.db");
  const open = (required: boolean) => createXrm<any>({ model: modelOf(required), storage: sqlite({ file }) });
  const before = await open(true);
  const first = await before.entity("thing").create({ a: "x" });
  await before.entity("thing").create({ a: "y", parent: first["id"] });
  await before.close();
  direct(
    file,
    `alter table thing add column note text default 'n'; create index by_note on thing (note); create table log (x text) strict;
    create trigger watch after insert on thing begin insert into log values (new.id); end; create view seen as select a from thing`,
  );
  const after = await open(false);
  const { id } = await after.entity("thing").create({ a: null });
  expect((await after.entity("thing").findMany()).map(({ parent }) => parent)).toEqual([null, first["id"], null]);
  await after.close();
  expect(direct(file, "select note from thing")).toEqual([{ note: "n" }, { note: "n" }, { note: "n" }]);
  expect(direct(file, "select x from log")).toEqual([{ x: id }]);
  expect(direct(file, "select count(*) as n from seen")).toEqual([{ n: 3 }]);
  expect(direct(file, "select name from sqlite_schema where name = 'by_note'")).toHaveLength(1);
  expect(direct(file, "pragma foreign_key_check")).toEqual([]);
  remove();
});
