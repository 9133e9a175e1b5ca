import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createXrm, defineModel, restoreBackup, type XrmError } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { errorOf } from "@kith/testing";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { translateFile } from "../src/place-file.ts";
import { type Entities, model, temporaryFolder } from "./fixture.ts";

let temporary: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  temporary = temporaryFolder();
});
afterEach(() => temporary.remove());

const open = (name: string) =>
  createXrm<Entities>({
    model,
    storage: sqlite({ file: name === ":memory:" ? name : temporary.path(name), synchronous: "normal" }),
  });
const restore = (from: string, to: string, of: { model: unknown } = { model }) =>
  restoreBackup({
    model: of.model as never,
    storage: sqlite({ file: temporary.path(to) }),
    from: temporary.path(from),
  });
const notes = "x".repeat(2_000);

/** Moves one unit from account to account, so that every moment has the same total. */
async function fill(xrm: Awaited<ReturnType<typeof open>>, count: number): Promise<string[]> {
  const accounts = await xrm.account.createMany(
    Array.from({ length: count }, (_, i) => ({ name: `a${i}`, revenue: "100.00" })),
  );
  const owner = accounts[0]?.id as string;
  await xrm.contact.createMany(
    Array.from({ length: count }, (_, i) => ({ email: `c${i}@x.com`, account: owner, notes })),
  );
  return accounts.map(({ id }) => id);
}

it("is one moment of the database, whole, although others write all the while", async () => {
  const xrm = await open("crm.db");
  const ids = await fill(xrm, 1_500);
  let done = false;
  let moved = 0;
  const writing = (async () => {
    while (!done) {
      const [from, to] = [ids[moved % ids.length] as string, ids[(moved * 7 + 1) % ids.length] as string];
      if (from !== to)
        await xrm.transaction(async (tx) => {
          const a = await tx.account.get(from, { lock: true });
          const b = await tx.account.get(to, { lock: true });
          await tx.account.update(from, { revenue: `${Number(a.revenue) - 1}` });
          await tx.account.update(to, { revenue: `${Number(b.revenue) + 1}` });
          await tx.account.create({ name: `new ${moved}`, revenue: "0" });
        });
      moved++;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const shares: number[] = [];
  const { file, bytes } = await xrm.$.backup(temporary.path("backup.db"), {
    onProgress: (share) => shares.push(share),
  });
  done = true;
  await writing;
  expect(moved).toBeGreaterThan(1);
  expect([file, bytes > 3_000_000]).toEqual([temporary.path("backup.db"), true]);
  expect(shares.length).toBeGreaterThan(2);
  expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  const { sameModel } = await restore("backup.db", "restored.db");
  expect(sameModel).toBe(true);
  const again = await open("restored.db");
  const [sums] = await again.account.aggregate({ measures: { total: { sum: "revenue" }, n: "count" } });
  expect(sums?.total).toBe("150000.00");
  expect(sums?.n).toBeLessThan(await xrm.account.count());
  expect(await again.contact.count({ where: { notes: { isNull: false } } })).toBe(1_500);
  await again.account.create({ name: "goes on" });
  await again.close();
  await xrm.close();
  expect(readdirSync(temporary.folder).filter((name) => name.includes(".kith-"))).toEqual([]);
});

it("of a database in memory goes into a file", async () => {
  const xrm = await open(":memory:");
  await fill(xrm, 5);
  const held = xrm.transaction(async (tx) => {
    await tx.account.create({ name: "committed while the backup waits" });
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
  await xrm.$.backup(temporary.path("backup.db"));
  await held;
  const again = await open("backup.db");
  expect(await again.account.count()).toBe(6);
  await again.close();
  await xrm.close();
});

it("overwrites nothing, and leaves nothing behind when it fails or is stopped", async () => {
  const xrm = await open("crm.db");
  await fill(xrm, 1_500);
  writeFileSync(temporary.path("there.db"), "mine");
  expect((await errorOf(() => xrm.$.backup(temporary.path("there.db")))).code).toBe("FILE_EXISTS");
  expect(readFileSync(temporary.path("there.db"), "utf8")).toBe("mine");
  expect((await errorOf(() => xrm.$.backup(temporary.path("no/where.db")))).code).toBe("UNREACHABLE");
  for (const name of ["there.db/in-a-file.db", "long".repeat(100)]) {
    const error = await errorOf(() => xrm.$.backup(temporary.path(name)));
    expect(error.code).toBe("UNREACHABLE");
    expect(error.message).not.toContain("crm.db");
  }
  const abort = new AbortController();
  const stopped = xrm.$.backup(temporary.path("stopped.db"), { signal: abort.signal, onProgress: () => abort.abort() });
  expect((await errorOf(() => stopped)).code).toBe("ABORTED");
  // Two of one name: one is made, whichever.
  const both = await Promise.allSettled([1, 2].map(() => xrm.$.backup(temporary.path("one.db"))));
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect((await errorOf(() => xrm.transaction((tx) => tx.$.backup(temporary.path("tx.db"))))).code).toBe("TX_MISUSED");
  expect((await errorOf(() => xrm.$.backup(5 as never))).code).toBe("INVALID_OPTIONS");
  // A backup that is under way is finished before the connection closes.
  const last = xrm.$.backup(temporary.path("last.db"));
  await xrm.close();
  expect((await last).bytes).toBeGreaterThan(0);
  expect((await errorOf(() => xrm.$.backup(temporary.path("late.db")))).code).toBe("CLOSED");
  const left = readdirSync(temporary.folder).filter((name) => !/^(crm|there|one|last)\.db/.test(name));
  expect(left).toEqual([]);
});

it("is restored only where nothing is, and only when it is sound", async () => {
  const xrm = await open("crm.db");
  await fill(xrm, 200);
  await xrm.$.backup(temporary.path("backup.db"));
  await xrm.close();
  expect((await errorOf(() => restore("backup.db", "crm.db"))).code).toBe("FILE_EXISTS");
  expect((await errorOf(() => restore("nowhere.db", "new.db"))).code).toBe("UNREACHABLE");
  const folder = await errorOf(() => restore("", "new.db"));
  expect([folder.code, folder.params]).toEqual(["UNREACHABLE", { file: temporary.folder, error: "EISDIR" }]);
  expect((await errorOf(() => restore("backup.db", "long".repeat(100)))).code).toBe("UNREACHABLE");
  writeFileSync(temporary.path("left.db-wal"), "of another database");
  expect((await errorOf(() => restore("backup.db", "left.db"))).code).toBe("FILE_EXISTS");

  writeFileSync(temporary.path("text.db"), "this is no database, but long enough to be looked at as one".repeat(20));
  expect((await errorOf(() => restore("text.db", "new.db"))).code).toBe("NOT_A_DATABASE");
  const other = new Database(temporary.path("other.db"));
  other.exec("create table mine (x)");
  other.close();
  expect((await errorOf(() => restore("other.db", "new.db"))).code).toBe("NOT_KITH");

  const bytes = readFileSync(temporary.path("backup.db"));
  bytes.fill(7, 4_096 * 20, 4_096 * 24);
  writeFileSync(temporary.path("damaged.db"), bytes);
  expect((await errorOf(() => restore("damaged.db", "new.db"))).code).toBe("NOT_A_DATABASE");

  const hand = new Database(temporary.path("backup.db"));
  hand.pragma("foreign_keys = off");
  hand.exec("delete from account");
  hand.close();
  expect(await errorOf(() => restore("backup.db", "new.db"))).toMatchObject({ code: "NOT_A_DATABASE" });
  expect(existsSync(temporary.path("new.db"))).toBe(false);
});

it("of a newer model is refused, of another one is told", async () => {
  const thing = (version: number, label: string) =>
    defineModel({ version, entities: [defineEntity("thing", { label, fields: { name: field.text() } })] });
  const xrm = await createXrm<any>({ model: thing(5, "Thing"), storage: sqlite({ file: temporary.path("a.db") }) });
  await xrm.entity("thing").create({ name: "x" });
  await xrm.$.backup(temporary.path("backup.db"));
  await xrm.close();
  expect((await errorOf(() => restore("backup.db", "b.db", { model: thing(4, "Thing") }))).code).toBe("MODEL_OLDER");
  const other = defineModel({
    version: 6,
    entities: [...["thing", "more"].map((name) => defineEntity(name, { fields: { name: field.text() } }))],
  });
  expect((await restore("backup.db", "b.db", { model: other })).sameModel).toBe(false);
  const memory = errorOf(() => restoreBackup({ model: other, storage: sqlite({ file: ":memory:" }), from: "x" }));
  expect((await memory).code).toBe("UNSUPPORTED");
});

it("is not taken from the files of a database that is written meanwhile", async () => {
  const xrm = await open("crm.db");
  await fill(xrm, 500);
  let writing = true;
  const writes = (async () => {
    while (writing) {
      await xrm.account.create({ name: "one more" });
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const codes = new Set<string>();
  for (let n = 0; n < 10; n++) {
    const restored = await restore("crm.db", `copy${n}.db`).then(
      () => "done",
      (error: XrmError) => error.code,
    );
    codes.add(restored);
  }
  writing = false;
  await writes;
  expect([...codes]).toEqual(["BUSY"]);
  await restore("crm.db", "quiet.db");
  const quiet = await open("quiet.db");
  expect(await quiet.account.count()).toBe(await xrm.account.count());
  await quiet.close();
  await xrm.close();
});

it("says that a disk is full, and where", () => {
  const error = Object.assign(new Error("no space left on device"), { code: "ENOSPC", syscall: "copyfile" });
  expect(translateFile(error, "/disk/one.db")).toMatchObject({
    code: "STORAGE_FULL",
    message: expect.stringContaining("/disk/one.db"),
  });
});
