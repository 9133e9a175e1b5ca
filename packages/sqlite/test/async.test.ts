/** The shared SQL code over a connection that answers later, as a database server does. */

import type { EntityModel, ReadPlan, StoredRow } from "@kith/core";
import { chain, compileAggregate, compileRead, openStore, type SqlSession, sqlContext, Writer } from "@kith/sql";
import { errorOf } from "@kith/testing";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { sqliteDialect } from "../src/sqlite-dialect.ts";
import { SqliteSession } from "../src/sqlite-session.ts";
import { model } from "./fixture.ts";

const later = <T>(work: () => T) => new Promise<void>((resolve) => setImmediate(resolve)).then(work);

it("opens, writes and reads through promises", async () => {
  const db = new Database(":memory:");
  db.pragma("foreign_keys = on");
  const direct = new SqliteSession(db, 0);
  let under = 0;
  let most = 0;
  const one = async <T>(work: () => T) => {
    most = Math.max(most, ++under);
    try {
      return await later(work);
    } finally {
      under--;
    }
  };
  const session: SqlSession = {
    all: (statement, values) => one(() => direct.all(statement, values)),
    run: (statement, values) => one(() => direct.run(statement, values)),
  };
  const context = sqlContext(sqliteDialect);
  const opened = openStore(context, model, {
    session,
    exclusive: (work) =>
      chain(
        later(() => db.exec("begin")),
        () =>
          chain(work(session), (done) => {
            db.exec("commit");
            return done;
          }),
      ),
    now: () => "2026-01-31T00:00:00.000Z",
  });
  expect(opened).toBeInstanceOf(Promise);
  await opened;

  const entity = (name: string) => model.entities.get(name) as EntityModel;
  const row = (name: string, n: number, values: StoredRow): StoredRow => ({
    ...Object.fromEntries(entity(name).stored.map((field) => [field.name, null])),
    id: `018f4e3a-0002-751a-a807-${String(n).padStart(12, "0")}`,
    version: 1,
    createdAt: "2026-01-31T00:00:00.000Z",
    updatedAt: "2026-01-31T00:00:00.000Z",
    ...values,
  });
  const writer = new Writer(context, model);
  const accounts = [1, 2, 3].map((n) => row("account", n, { name: `a${n}`, revenue: `${n}.50` }));
  const contacts = [4, 5, 6].map((n) =>
    row("contact", n, { email: `${n}@x.com`, account: accounts[n % 2]?.["id"], active: true }),
  );
  await writer.write(session, [
    { type: "insert", entity: entity("account"), rows: accounts },
    { type: "insert", entity: entity("contact"), rows: contacts },
  ]);
  const [updated] = await writer.write(session, [
    {
      type: "update",
      entity: entity("account"),
      id: accounts[0]?.["id"] as string,
      set: { name: "b" },
      stamps: { updatedBy: "u" },
      ifVersion: 1,
    },
  ]);
  expect(updated).toMatchObject({ name: "b", version: 2, updatedBy: "u", revenue: "1.50" });
  expect([await writer.nextNumber(session, "n"), await writer.nextNumber(session, "n")]).toEqual([1, 2]);
  const remove = {
    type: "delete",
    entity: entity("account"),
    id: accounts[0]?.["id"] as string,
    ifVersion: undefined,
  } as const;
  expect(await errorOf(() => writer.write(session, [remove]))).toMatchObject({
    code: "RESTRICTED",
    params: { by: "contact" },
  });
  const orphan = row("contact", 9, { email: "z@x.com", account: contacts[0]?.["id"], active: true });
  expect(
    await errorOf(() => writer.write(session, [{ type: "insert", entity: entity("contact"), rows: [orphan] }])),
  ).toMatchObject({ code: "REFERENCE", field: "account" });

  const id = (name: string) => entity(name).byName.get("id") as NonNullable<ReturnType<EntityModel["byName"]["get"]>>;
  const plan = (name: string, fields: readonly string[], includes: ReadPlan["includes"] = []): ReadPlan => ({
    entity: entity(name),
    where: undefined,
    order: [{ path: [], field: id(name), direction: "asc" }],
    fields: fields.map((field) => entity(name).byName.get(field) as never),
    includes,
    limit: undefined,
    page: false,
    lock: false,
  });
  const related = entity("account").byName.get("contacts") as never;
  const read = compileRead(
    context,
    plan(
      "account",
      ["name"],
      [{ name: "contacts", field: related, many: true, of: undefined, plan: plan("contact", ["email"]) }],
    ),
  );
  expect(await read.run(session, [])).toEqual({
    rows: [
      { name: "b", contacts: [{ email: "4@x.com" }, { email: "6@x.com" }] },
      { name: "a2", contacts: [{ email: "5@x.com" }] },
      { name: "a3", contacts: [] },
    ],
    next: null,
  });
  const revenue = entity("account").byName.get("revenue");
  const sum = compileAggregate(context, {
    entity: entity("account"),
    where: undefined,
    groups: [],
    measures: [{ name: "s", fn: "sum", path: [], where: undefined, field: revenue }],
    having: undefined,
    order: [],
    limit: undefined,
  });
  expect(await sum.run(session, [])).toEqual([["7.50"]]);
  db.exec("update account set revenue = 9223372036854775807");
  expect(await sum.run(session, [])).toEqual([["276701161105643274.21"]]);
  // Statements of one line to the database never overlap.
  expect(most).toBe(1);
  db.close();
});
