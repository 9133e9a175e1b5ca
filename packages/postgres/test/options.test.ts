import { errorOf } from "@kith/testing";
import pg from "pg";
import { expect, it } from "vitest";
import { postgres } from "../src/index.ts";

const pool = new pg.Pool();

it.each([
  ["an object", null],
  ["file", { file: "crm.db" }],
  ["url", { url: "mysql://localhost" }],
  ["url", { url: "" }],
  ["host", { host: 5 }],
  ["port", { port: 0 }],
  ["port", { port: "5432" }],
  ["user", { user: " " }],
  ["password", { password: 5 }],
  ["database", { database: "" }],
  ["ssl", { ssl: "yes" }],
  ["applicationName", { applicationName: "" }],
  ["connections", { connections: 0 }],
  ["idleMs", { idleMs: -1 }],
  ["pool", { pool: {} }],
  ["pool", { pool: new pg.Pool({ pipeline: true } as object) }],
  ["url", { pool, url: "postgres://localhost" }],
  ["connections", { pool, connections: 5 }],
  ["schema", { schema: "Crm" }],
  ["schema", { schema: "pg_crm" }],
  ["schema", { schema: 'a"b' }],
  ["prefix", { prefix: "Crm" }],
  ["prefix", { prefix: "a_prefix_that_is_too_long" }],
  ["statements", { statements: "some" }],
])("refuses a wrong %s: %j", async (name, options) => {
  const error = await errorOf(() => postgres(options as never));
  expect(error.code).toBe("INVALID_OPTIONS");
  expect(error.message).toContain(name);
  if (options !== null) expect(error.params["option"]).toBe(name);
});

it("takes a database's name as it stands in the URL, however it is written", () => {
  for (const path of ["crm", "crm%20sales", "100%", "%zz"])
    expect(postgres({ url: `postgres://h/${path}` }).name).toBe("postgres");
});

it("never tells a password", async () => {
  const error = await errorOf(() => postgres({ url: "postgre://u:secret@h/db" }));
  expect(JSON.stringify(error)).not.toContain("secret");
});
