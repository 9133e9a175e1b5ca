import { createXrm, defineModel, type Xrm, type XrmError } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { Statement } from "@kith/sql";
import { errorOf } from "@kith/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "../src/index.ts";
import { type Client, Line } from "../src/line.ts";
import { translate } from "../src/postgres-errors.ts";
import { direct, freshSchema, serverUrl, temporary } from "./fixture.ts";
import { type Entities, model } from "./model.ts";

const url = serverUrl();
const open = (storage: ReturnType<typeof postgres>, waitMs?: number) =>
  createXrm<Entities>({ model, storage, ...(waitMs === undefined ? {} : { waitMs }) });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it("refuses a query with more values than a statement takes, and stays connected", async () => {
  const { storage, cleanup } = temporary();
  const xrm = await createXrm<Entities>({ model, storage, limits: { size: 100_000 } });
  const where = { or: Array.from({ length: 70_000 }, (_, i) => ({ version: i })) };
  const error = await errorOf(() => xrm.entity("account").count({ where }));
  expect([error.code, error.retryable]).toEqual(["INVALID_QUERY", false]);
  expect(error.message).toContain("32766");
  expect(await xrm.entity("account").count()).toBe(0);
  await xrm.close();
  await cleanup();
});

it("says of a record that is too large for a row, or for an index, what to do", async () => {
  const fields = Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`n${i}`, field.integer()]));
  const full = Object.fromEntries(Object.keys(fields).map((name, i) => [name, 10 ** 12 + i]));
  const { storage, cleanup } = temporary();
  const wide = defineModel({
    entities: [
      defineEntity("thing", { fields }),
      defineEntity("note", {
        fields: { a: field.text({ unique: true, max: 4_000 }), b: field.text({ indexed: true, max: 4_000 }) },
      }),
    ],
  });
  const xrm = await createXrm<any>({ model: wide, storage });
  const things = xrm.entity("thing");
  const { id } = (await things.create({ n0: 1 })) as { id: string };
  const writes = [
    () => things.create(full),
    () => things.createMany([{}, full, {}]),
    () => things.update(id, full),
    () => xrm.transaction((tx) => tx.entity("thing").createMany([{}, full])),
  ];
  for (const write of writes) {
    const error = await errorOf(write);
    expect([error.code, error.entity, error.retryable, error.issues[0]?.code]).toEqual([
      "INVALID_RECORD",
      "thing",
      false,
      "TOO_LARGE",
    ]);
    expect(error.message).toContain("move some fields to an entity of their own");
  }
  expect(await things.count()).toBe(1);
  // Text that compression cannot shorten.
  let seed = 1;
  const text = Array.from({ length: 4_000 }, () =>
    String.fromCharCode(33 + ((seed = (seed * 48_271) % 2_147_483_647) % 90)),
  ).join("");
  for (const name of ["a", "b"]) {
    const error = await errorOf(() => xrm.entity("note").create({ [name]: text }));
    expect([error.code, error.entity, error.field, error.issues[0]?.code]).toEqual([
      "INVALID_RECORD",
      "note",
      name,
      "TOO_LONG",
    ]);
  }
  await xrm.close();
  await cleanup();
});

describe("opening", () => {
  it("says that a server is not there, and that it may be later", async () => {
    const error = await errorOf(() => open(postgres({ host: "127.0.0.1", port: 1, database: "crm" }), 500));
    expect([error.code, error.retryable, error.params["database"]]).toEqual(["UNREACHABLE", true, "crm"]);
  });

  it("says that a database or a role is not there, which no waiting helps", async () => {
    const database = new URL(url);
    database.pathname = "/nowhere";
    const role = new URL(url);
    role.username = "nobody_at_all";
    for (const one of [database, role]) {
      const error = await errorOf(() => open(postgres({ url: one.href })));
      expect([error.code, error.retryable]).toEqual(["UNREACHABLE", false]);
      expect(JSON.stringify(error)).not.toContain("postgres://");
    }
  });

  it.each([
    ["READ_ONLY", "-c default_transaction_read_only=on"],
    ["INVALID_OPTIONS", "-c DateStyle=German"],
    ["INVALID_OPTIONS", "-c extra_float_digits=0"],
  ])("refuses with %s a pool with %s", async (code, options) => {
    const pool = new pg.Pool({ connectionString: url, options });
    expect((await errorOf(() => open(postgres({ pool, schema: freshSchema() })))).code).toBe(code);
    await pool.end();
  });

  it("refuses a database that does not keep text as UTF8, and a role without rights", async () => {
    await direct("create database latin encoding 'LATIN1' template template0 locale 'C'");
    const latin = new URL(url);
    latin.pathname = "/latin";
    const error = await errorOf(() => open(postgres({ url: latin.href })));
    expect([error.code, error.params["setting"]]).toEqual(["NOT_A_DATABASE", "server_encoding"]);
    await direct("create role guest login");
    const guest = new URL(url);
    guest.username = "guest";
    expect((await errorOf(() => open(postgres({ url: guest.href, schema: freshSchema() })))).code).toBe("READ_ONLY");
    await direct("drop role guest");
    await direct("drop database latin");
  });
});

describe("a running system", () => {
  const { schema, cleanup } = temporary();
  let xrm: Xrm<Entities>;
  let ids: string[];
  beforeAll(async () => {
    xrm = await open(postgres({ url, schema, connections: 3, applicationName: `kith ${schema}` }), 300);
    ids = (await xrm.account.createMany([{ name: "a" }, { name: "b" }])).map(({ id }) => id);
  });
  afterAll(async () => {
    await xrm.close();
    await cleanup();
  });
  const [first, second] = [0, 1].map((i) => () => ids[i] as string) as [() => string, () => string];
  /** Ends the connections of the system. */
  const breakAll = () =>
    direct("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", [`kith ${schema}`]);

  it("gives TX_CONFLICT to one of two transactions that wait for each other", async () => {
    // The server looks for a deadlock after a second; locks are waited for less long in the other system.
    const patient = await open(postgres({ url, schema, connections: 3 }), 10_000);
    const both = async (on: Xrm<Entities>) => {
      let held = 0;
      let meet: () => void = () => undefined;
      const met = new Promise<void>((resolve) => (meet = resolve));
      const cross = (one: string, other: string) =>
        on.transaction(async (tx) => {
          await tx.account.get(one, { lock: true });
          if (++held === 2) meet();
          await met;
          await tx.account.get(other, { lock: true });
        });
      const results = await Promise.allSettled([cross(first(), second()), cross(second(), first())]);
      return results.filter((one) => one.status === "rejected").map(({ reason }) => reason);
    };
    expect(await both(patient)).toMatchObject([
      { code: "TX_CONFLICT", retryable: true, params: { sqlState: "40P01" } },
    ]);
    await patient.close();
    for (const error of await both(xrm)) expect(error).toMatchObject({ code: "BUSY", retryable: true });
    expect(await xrm.account.count()).toBe(2);
  });

  it("waits for a lock no longer than waitMs, in a transaction and outside", async () => {
    await xrm.transaction(async (tx) => {
      await tx.account.get(first(), { lock: true });
      const other = new Promise<string[]>((resolve) => {
        // Another flow, which is not in this transaction.
        setImmediate(async () => {
          const outside = await errorOf(() => system.account.update(first(), { balance: 1 }));
          const inside = await errorOf(() => system.transaction((own) => own.account.update(first(), { balance: 2 })));
          resolve([outside.code, inside.code]);
        });
      });
      expect(await other).toEqual(["BUSY", "BUSY"]);
    });
    expect((await xrm.account.get(first())).balance).toBe(0);
  });
  let system: Xrm<Entities>;
  beforeAll(async () => {
    system = await open(postgres({ url, schema, connections: 2 }), 300);
  });
  afterAll(() => system.close());

  it("waits for a connection no longer than waitMs", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const open = [1, 2, 3].map(() =>
      xrm.transaction(async (tx) => {
        await tx.account.count();
        await held;
      }),
    );
    await pause(30);
    const error = await errorOf(() => xrm.account.count());
    expect([error.code, error.retryable]).toEqual(["BUSY", true]);
    release();
    await Promise.all(open);
    expect(await xrm.account.count()).toBe(2);
  });

  it("outlives connections that break, in a transaction and between calls", async () => {
    const error = await errorOf(() =>
      xrm.transaction(async (tx) => {
        await tx.account.create({ name: "lost" });
        await breakAll();
        await pause(20);
        await tx.account.create({ name: "lost too" });
      }),
    );
    expect([error.code, error.retryable]).toEqual(["UNREACHABLE", true]);
    await breakAll();
    await pause(20);
    expect(await xrm.account.count()).toBe(2);
  });

  it("gives the connection back when a transaction's time is up, whatever it waits for", async () => {
    const late = xrm.transaction(
      async (tx) => {
        await tx.account.get(first(), { lock: true });
        await new Promise(() => undefined);
      },
      { timeoutMs: 50 },
    );
    expect((await errorOf(() => late)).code).toBe("TX_TIMEOUT");
    await xrm.account.update(first(), { balance: 7 });
    const rows = await direct("select state from pg_stat_activity where application_name = $1", [`kith ${schema}`]);
    expect(rows.every(({ state }) => state === "idle")).toBe(true);
  });

  it("prepares anew what a change of the table made stale", async () => {
    const read = () => xrm.account.findMany({ orderBy: [{ name: "asc" }] });
    await read();
    await direct(`alter table ${schema}.account alter column balance type numeric`);
    expect((await read()).map(({ name }) => name)).toEqual(["a", "b"]);
    await direct(`alter table ${schema}.account alter column balance type bigint`);
    expect(await read()).toHaveLength(2);
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const shared = await open(postgres({ pool, schema }));
    await shared.account.get(first());
    await pool.query("discard all");
    expect((await shared.account.get(first())).name).toBe("a");
    await shared.close();
    await pool.end();
  });

  it("keeps no more prepared statements than it may on one connection", async () => {
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const shared = await open(postgres({ pool, schema }));
    // Each bit of the number chooses an operator, so that every query has a shape of its own.
    for (let i = 0; i < 600; i++) {
      const or = Array.from({ length: 10 }, (_, bit) => ({ name: { [(i >> bit) & 1 ? "startsWith" : "eq"]: "x" } }));
      await shared.account.count({ where: { or } });
    }
    const { rows } = await pool.query("select count(*)::int as n from pg_prepared_statements");
    expect((rows[0] as { n: number }).n).toBeLessThanOrEqual(500);
    await shared.close();
    await pool.end();
  });

  it("knows what is prepared after a failure, of what it closed too", async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const line = new Line(client as unknown as Client, true);
    const step = (sql: string) => ({ statement: new Statement(sql), values: [] });
    const all = Array.from({ length: 500 }, (_, i) => `select ${i}`);
    for (const sql of all) await line.trip([step(sql)], false);
    // The failure comes before what the second step would close, which the server then skips.
    await expect(line.trip([step("select 1 / 0"), step("select 'never'")], false)).rejects.toThrow(/zero/);
    for (const sql of [...all, "select 'never'"]) await line.trip([step(sql)], false);
    const { rows } = await client.query("select count(*)::int as n from pg_prepared_statements");
    expect((rows[0] as { n: number }).n).toBeLessThanOrEqual(500);
    await client.end();
  });
});

it("says that a write may have been kept when the server ends the connection after it, and that it was not when before", async () => {
  // What a server sends when it is told to end a connection, at that very moment.
  const ended = () => Object.assign(new Error("terminating connection"), { code: "57P01", severity: "FATAL" });
  const broken = async (steps: readonly string[], done: number) => {
    const client = {
      query: (trip: { handleCommandComplete(message: object): void; handleError(error: unknown): void }) => {
        for (let i = 0; i < done; i++) trip.handleCommandComplete({ text: "INSERT 0 1" });
        trip.handleError(ended());
      },
    };
    const line = new Line(client as never, false);
    const trip = line.trip(
      steps.map((sql) => ({ statement: new Statement(sql), values: [] })),
      false,
    );
    const error = (await trip.catch((error: unknown) => translate(error, "crm", "committing"))) as XrmError;
    return [error.code, error.retryable];
  };
  expect(await broken(["insert"], 0)).toEqual(["UNREACHABLE", true]);
  expect(await broken(["insert"], 1)).toEqual(["UNREACHABLE", false]);
  expect(await broken(["begin", "insert", "commit"], 1)).toEqual(["UNREACHABLE", true]);
  expect(await broken(["begin", "insert", "commit"], 2)).toEqual(["UNREACHABLE", false]);
});
