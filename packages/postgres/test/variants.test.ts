import { applyChanges, createXrm, defineModel, findDrift, planChanges, type Storage } from "@kith/core";
import { memory } from "@kith/memory";
import { defineEntity, field } from "@kith/schema";
import { fuzz } from "@kith/testing";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { postgres } from "../src/index.ts";
import { openPostgres } from "../src/postgres-open.ts";
import { direct, freshSchema, serverUrl, temporary } from "./fixture.ts";
import { type Entities, model } from "./model.ts";

const schema = freshSchema();
const schemas = [schema];
const pools: pg.Pool[] = [];
const fresh = () => {
  const name = freshSchema();
  schemas.push(name);
  return name;
};
/** An application's pool, whose connections have settings of their own. */
const hostPool = (settings: string) => {
  const pool = new pg.Pool({ connectionString: serverUrl(), max: 3, options: settings });
  pools.push(pool);
  return pool;
};
afterAll(async () => {
  for (const pool of pools) await pool.end();
  for (const name of schemas) await direct(`drop schema if exists "${name}" cascade`);
});

const url = serverUrl();
let prefixes = 0;
const variants: Record<string, () => Storage> = {
  "unnamed statements, as behind a pooler": () => postgres({ url, schema: fresh(), statements: "unnamed" }),
  "a prefix in a schema of others": () => postgres({ url, schema, prefix: `p${++prefixes}_` }),
  "a pool in another time zone": () =>
    postgres({ pool: hostPool("-c TimeZone=America/Sao_Paulo -c IntervalStyle=iso_8601"), schema: fresh() }),
  "row mappers as closures": () => {
    const settings = {
      pool: { connectionString: url, max: 3 },
      shared: false,
      schema: fresh(),
      prefix: "",
      named: true,
      database: "postgres",
      generate: false,
    };
    return { ...postgres({ url }), open: (one, options) => openPostgres(settings, one, options) };
  },
};

describe("random questions have the memory storage's answers", () => {
  it.each(Object.entries(variants))(
    "with %s",
    async (name, create) => {
      const oracle = { name: "memory", create: () => memory() };
      const report = await fuzz({
        oracle,
        storages: [{ name, create }],
        queries: 240,
        perModel: 120,
        seed: 91,
        shrinkMs: 0,
      });
      expect(report.findings).toEqual([]);
    },
    60_000,
  );
});

describe("names", () => {
  it("stand in the schema, with the prefix, and leave others alone", async () => {
    const name = fresh();
    await direct(`create schema "${name}"`);
    await direct(`create table "${name}".account (other int)`);
    const xrm = await createXrm<Entities>({ model, storage: postgres({ url, schema: name, prefix: "crm_" }) });
    await xrm.account.create({ name: "Acme", code: "A" });
    expect(await xrm.account.count({ search: "acm" })).toBe(1);
    const error = await xrm.account.create({ name: "Other", code: "a" }).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: "UNIQUE", field: "code" });
    await xrm.close();
    const rows = await direct("select tablename from pg_tables where schemaname = $1 order by 1", [name]);
    const tables = rows.map(({ tablename }) => tablename);
    expect(tables).toEqual(expect.arrayContaining(["account", "crm_account", "crm_kith_meta", "crm_kith_sequence"]));
    expect(tables.filter((one) => !String(one).startsWith("crm_"))).toEqual(["account"]);
    // The name is taken without a prefix.
    const taken = await createXrm<Entities>({ model, storage: postgres({ url, schema: name }) }).catch((one) => one);
    expect(taken).toMatchObject({ code: "NOT_KITH", params: { names: ["account"] } });
  });
});

describe("many processes", () => {
  it("that open an empty database at once make its tables once", async () => {
    const { schema: name, cleanup } = temporary();
    const opened = await Promise.all(
      Array.from({ length: 8 }, () =>
        createXrm<Entities>({ model, storage: postgres({ url, schema: name, connections: 2 }) }),
      ),
    );
    await Promise.all(opened.map((xrm, i) => xrm.account.create({ name: `n${i}` })));
    expect(await opened[0]?.account.count()).toBe(8);
    for (const xrm of opened) await xrm.close();
    await cleanup();
  });
});

it("compares what the server prints of definitions, whichever way it quotes", async () => {
  const options = "-c quote_all_identifiers=on";
  const storage = postgres({ url: `${url}?options=${encodeURIComponent(options)}`, schema: fresh() });
  const xrm = await createXrm<Entities>({ model, storage });
  await xrm.account.create({ name: "one" });
  await xrm.close();
  expect(await findDrift({ model, storage })).toEqual([]);
  expect((await planChanges({ model, storage })).steps).toEqual([]);
  const other = defineModel({ entities: [defineEntity("account", { fields: { name: field.text({ max: 9 }) } })] });
  await applyChanges({ model: other, storage });
  expect(await findDrift({ model: other, storage })).toEqual([]);
});
