/** How many statements a query takes, whatever its answer: counted where they go over the wire. */

import { createXrm, defineModel, type Xrm } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "../src/index.ts";
import { direct, freshSchema, serverUrl } from "./fixture.ts";

const account = defineEntity("account", {
  fields: {
    name: field.text({ required: true }),
    chief: field.lookup("contact"),
    contacts: field.children("contact", { via: "account" }),
    clubs: field.link("club", { through: "membership" }),
  },
});
const contact = defineEntity("contact", { fields: { name: field.text(), account: field.lookup("account") } });
const club = defineEntity("club", { fields: { name: field.text() } });
const membership = defineEntity("membership", {
  fields: { account: field.lookup("account"), club: field.lookup("club") },
});
const letter = defineEntity("letter", {
  fields: {
    subject: field.text({ searchable: { weight: "A" } }),
    body: field.longText({ searchable: { weight: "C" } }),
    note: field.text({ searchable: { weight: "C" } }),
  },
});
const model = defineModel({ entities: [account, contact, club, membership, letter] });

const schema = freshSchema();
const pool = new pg.Pool({ connectionString: serverUrl(), max: 2 });
let executed = 0;
let xrm: Xrm<any>;

beforeAll(async () => {
  pool.on("connect", (client) => {
    const wire = (client as unknown as { connection: Record<"execute" | "query", (message: never) => void> })
      .connection;
    for (const message of ["execute", "query"] as const) {
      const send = wire[message].bind(wire);
      wire[message] = (value) => {
        executed++;
        send(value);
      };
    }
  });
  await direct(`create schema ${schema}`);
  xrm = await createXrm<any>({ model, storage: postgres({ pool, schema }) });
  const accounts = await xrm
    .entity("account")
    .createMany(Array.from({ length: 5_000 }, (_, i) => ({ name: `Account ${i}` })));
  const clubs = await xrm.entity("club").createMany(Array.from({ length: 20 }, (_, i) => ({ name: `Club ${i}` })));
  await xrm.entity("contact").createMany(
    accounts.flatMap(({ id }) => [
      { name: "a", account: id },
      { name: "b", account: id },
      { name: "c", account: id },
    ]),
  );
  await xrm
    .entity("membership")
    .createMany(
      accounts.flatMap(({ id }, i) => [0, 1, 2].map((n) => ({ account: id, club: clubs[(i + n) % 20]?.["id"] }))),
    );
}, 60_000);
afterAll(async () => {
  await xrm.close();
  await pool.end();
  await direct(`drop schema ${schema} cascade`);
});

it("takes the same number of statements at 1, 50 and 5,000 rows", async () => {
  const counts: number[] = [];
  for (const limit of [1, 50, 5_000]) {
    executed = 0;
    const rows = await xrm.entity("account").findMany({
      limit,
      include: {
        chief: true,
        contacts: { limit: 2, orderBy: { name: "desc" } },
        clubs: { limit: 2, orderBy: { name: "asc" } },
      },
    });
    counts.push(executed);
    expect(rows).toHaveLength(limit);
    for (const row of rows) {
      const names = (row["contacts"] as { name: string }[]).map(({ name }) => name);
      if (names.join() !== "c,b" || (row["clubs"] as unknown[]).length !== 2) expect(row).toBe("complete");
    }
  }
  // Three that read, in one transaction.
  expect(counts).toEqual([5, 5, 5]);
}, 60_000);

describe("a record with a text index", () => {
  const letters = () => xrm.entity("letter");
  const write = (values: Record<string, string>) => letters().create(values) as Promise<{ id: string }>;
  const found = async (search: string) => (await letters().findMany({ search })).map(({ id }) => id);
  const counted = async <T>(call: () => Promise<T>): Promise<[T, number]> => {
    executed = 0;
    return [await call(), executed];
  };

  it("is written and indexed in one statement where that can be, and keeps its other words", async () => {
    // With what goes along on a pool of the application's.
    await xrm.entity("club").create({ name: "first" });
    const [, one] = await counted(() => xrm.entity("club").create({ name: "plain" }));
    const [{ id }, created] = await counted(() => write({ subject: "old same", body: "body same", note: "n" }));
    expect(created).toBe(one);
    for (let i = 0; i < 3; i++) {
      const [, subject] = await counted(() => letters().update(id, { subject: `subject same ${i}` }));
      const [, body] = await counted(() => letters().update(id, { body: `body same ${i}` }));
      const [, both] = await counted(() => letters().update(id, { subject: `subject same ${i}!`, note: "other" }));
      expect([subject, body, both]).toEqual([one, one, one]);
    }
    expect(await found("subject body same other 2")).toEqual([id]);
    expect(await found("old")).toEqual([]);
    await letters().update(id, { subject: "nothing" });
    // The word stood under both weights, and is there under one.
    expect(await found("same")).toEqual([id]);
    await letters().update(id, { body: null });
    expect(await found("same")).toEqual([]);
    expect(await found("nothing other")).toEqual([id]);
    expect(await letters().update(id, { subject: null, body: null, note: null })).toMatchObject({ subject: null });
    expect(await found("other")).toEqual([]);
    const [, gone] = await counted(() => letters().delete(id));
    expect(gone).toBe(one);
    expect(await found("nothing")).toEqual([]);
  });

  it("is written with many others in one statement", async () => {
    const [, plain] = await counted(() => xrm.entity("club").createMany([{ name: "a" }, { name: "b" }]));
    const values = Array.from({ length: 30 }, (_, i) => ({
      subject: `many"s, {null} ${i}`,
      body: i % 2 ? "odd" : null,
    }));
    const [all, together] = await counted(() => letters().createMany(values));
    expect(together).toBe(plain);
    expect((await found('many "odd"')).toSorted()).toEqual(all.flatMap(({ id }, i) => (i % 2 ? [id as string] : [])));
    expect(await found('"null" "7"')).toEqual([all[7]?.["id"]]);
  });

  it("is indexed by what is stored, when its other words are those of others who write it", async () => {
    const { id } = await write({ subject: "s", body: "b", note: "n" });
    const names = Array.from({ length: 12 }, (_, i) => i);
    await Promise.all([
      ...names.map((i) => letters().update(id, { subject: `subject${i}` })),
      ...names.map((i) => letters().update(id, { body: `body${i}` })),
      ...names.map((i) => letters().update(id, { note: `note${i}` })),
    ]);
    const row = await letters().get(id);
    expect(await found(`"${row?.["subject"]}" "${row?.["body"]}" "${row?.["note"]}"`)).toEqual([id]);
    const [{ words }] = (await direct(`select words::text from ${schema}.kith_letter_search where id = $1`, [id])) as [
      { words: string },
    ];
    expect(words.split(" ")).toHaveLength(3);
  });

  it("whose condition is not met keeps its words", async () => {
    const { id } = await write({ subject: "first" });
    await letters().update(id, { note: "x" });
    const late = letters().update(id, { subject: "second" }, { ifVersion: 1 });
    await expect(late).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await found("first")).toContain(id);
    expect(await found("second")).toEqual([]);
  });
});
