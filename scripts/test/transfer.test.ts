import { postgres } from "@kith/postgres";
import pg from "pg";
import { expect, it } from "vitest";
import { moveMoney } from "../lib/transfer.ts";

it("money that many clients move at once adds up, also while connections break", { timeout: 60_000 }, async () => {
  const url = process.env["KITH_TEST_POSTGRES_URL"] as string;
  const schema = `transfer_${process.pid}`;
  const admin = new pg.Client(url);
  await admin.connect();
  const storage = postgres({ url, schema, connections: 12, applicationName: schema });
  const one = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 limit 1";
  const disturb = async () => {
    await admin.query(one, [schema]);
  };
  const { moved, errors, problems } = await moveMoney({ storage, clients: 30, seconds: 3, disturb });
  await admin.query(`drop schema "${schema}" cascade`);
  await admin.end();
  expect(problems).toEqual([]);
  expect(moved).toBeGreaterThan(20);
  expect(errors.size).toBeGreaterThan(0);
});
