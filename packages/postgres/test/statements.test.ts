/** How many statements a query takes, whatever its answer: counted where they go over the wire. */

import { createXrm, defineModel, type Xrm } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
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
const model = defineModel({ entities: [account, contact, club, membership] });

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
