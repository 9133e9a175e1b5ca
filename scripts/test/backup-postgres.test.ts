import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createXrm, defineEntity, defineModel, type EntitiesOf, field, findDrift, type Xrm } from "@kith/core";
import { postgres } from "@kith/postgres";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { Cluster } from "../lib/cluster.ts";

const account = defineEntity("account", {
  fields: {
    number: field.autonumber("A-{0000}"),
    name: field.text({ required: true, searchable: true, unique: true }),
    extra: field.json(),
    balance: field.money({ currency: "EUR" }),
    seen: field.datetime(),
    parent: field.lookup("account"),
  },
});
const model = defineModel({ entities: [account] });
interface Entities extends EntitiesOf<typeof model> {}

const schema = `backup_${process.pid}`;
const url = process.env["KITH_TEST_POSTGRES_URL"] as string;
const storageAt = (at: string) => postgres({ url: at, schema, connections: 2 });
const open = (at: string) => createXrm<Entities>({ model, storage: storageAt(at) });

async function fill(xrm: Xrm<Entities>): Promise<void> {
  const parent = await xrm.account.create({ name: "Conta mãe", extra: { b: [1, null], a: "é" } });
  await xrm.account.createMany(
    Array.from({ length: 300 }, (_, i) => ({
      name: `João ${i}`,
      parent: parent.id,
      balance: `${i}.10`,
      seen: "2025-03-01T12:00:00.123Z",
    })),
  );
}

const everything = (xrm: Xrm<Entities>) => xrm.account.findMany({ orderBy: { number: "asc" } });

/** What is read from a restored database is what was written; and it works on. */
async function expectWhole(restored: string, rows: unknown[]): Promise<void> {
  expect(await findDrift({ model, storage: storageAt(restored) })).toEqual([]);
  const xrm = await createXrm<Entities>({ model, storage: storageAt(restored), migrate: "none" });
  expect(await everything(xrm)).toEqual(rows);
  expect(await xrm.account.count({ search: "joao" })).toBe(rows.length - 1);
  const { number } = await xrm.account.create({ name: "the next one" });
  expect(number).toBe(`A-${String(rows.length + 1).padStart(4, "0")}`);
  await expect(xrm.account.create({ name: "JOAO 7" })).rejects.toMatchObject({ code: "UNIQUE", field: "name" });
  await xrm.close();
}

/** Whether there is a `pg_dump` that can read this server: one of its version, or newer. */
async function dumps(): Promise<boolean> {
  const { stdout } = spawnSync("pg_dump", ["--version"], { encoding: "utf8" });
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query("show server_version_num");
  await client.end();
  const have = Number(/(\d+)\.\d+/.exec(stdout ?? "")?.[1] ?? 0);
  return have >= Math.floor(Number((rows[0] as { server_version_num: string }).server_version_num) / 10_000);
}

const dumping = await dumps();

describe("a backup of PostgreSQL", () => {
  it("of the running server's files is restored whole, up to the moment when it ended", {
    timeout: 120_000,
  }, async () => {
    const cluster = await Cluster.start();
    const xrm = await open(cluster.url);
    await fill(xrm);
    const copy = await cluster.backup(() =>
      xrm.account.createMany(Array.from({ length: 50 }, (_, i) => ({ name: `João meanwhile ${i}` }))),
    );
    const rows = await everything(xrm);
    await xrm.account.create({ name: "afterwards" });
    await xrm.close();
    await cluster.remove();
    await copy.start();
    await expectWhole(copy.url, rows);
    await copy.remove();
  });

  it.skipIf(!dumping)("by pg_dump is restored whole by pg_restore", { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "kith-dump-"));
    const file = join(folder, "crm.dump");
    const database = `restored_${process.pid}`;
    const xrm = await open(url);
    await fill(xrm);
    const rows = await everything(xrm);
    const restored = new URL(url);
    restored.pathname = `/${database}`;
    const run = (command: string, ...args: string[]) => {
      const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
      expect(`${status} ${stderr}`).toBe("0 ");
    };
    const admin = new pg.Client(url);
    await admin.connect();
    try {
      run("pg_dump", "--format=custom", `--schema=${schema}`, `--file=${file}`, url);
      await xrm.account.create({ name: "afterwards" });
      await xrm.close();
      await admin.query(`create database ${database} template template0`);
      run("pg_restore", "--exit-on-error", "--no-owner", `--dbname=${restored}`, file);
      await expectWhole(`${restored}`, rows);
    } finally {
      await admin.query(`drop database if exists ${database}`);
      await admin.query(`drop schema if exists ${schema} cascade`);
      await admin.end();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
