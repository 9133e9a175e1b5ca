import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createXrm } from "@kith/core";
import { errorOf } from "@kith/testing";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { openSqlite } from "../src/sqlite-open.ts";
import {
  child,
  type Entities,
  ended,
  line,
  lockHolder,
  model,
  storageOptions,
  temporaryFolder,
  waitsAside,
} from "./fixture.ts";

let temporary: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  temporary = temporaryFolder();
});
afterEach(() => temporary.remove());

const open = (file: string, waitMs = 500) => createXrm<Entities>({ model, storage: sqlite({ file }), waitMs });

/** Runs `work` as a user who does not own the files; root may write everything. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.setegid?.(65_534);
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

describe("opening", () => {
  it("makes the tables of a new file, with a write-ahead log and full synchronisation", async () => {
    const file = temporary.path("new.db");
    const xrm = await open(file);
    await xrm.account.create({ name: "Acme" });
    const db = new Database(file);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(db.prepare("select count(*) from account").pluck().get()).toBe(1);
    const tables = db.prepare("select name, strict, wr from pragma_table_list where name = 'account'").all();
    expect(tables).toEqual([{ name: "account", strict: 1, wr: 0 }]);
    db.close();
    await xrm.close();
  });

  it("synchronises fully unless told otherwise", () => {
    const modes = (["full", "normal"] as const).map((synchronous) => {
      const storage = openSqlite({ file: temporary.path(`${synchronous}.db`), synchronous }, model, storageOptions);
      if (storage instanceof Promise) throw new Error("not at once");
      const mode = pragma(storage, "synchronous");
      storage.close();
      return mode;
    });
    expect(modes).toEqual([2, 1]);
  });

  it("answers at once when nothing is in the way", () => {
    const connection = sqlite({ file: temporary.path("a.db") }).open(model, storageOptions);
    expect(connection).not.toBeInstanceOf(Promise);
    if (!(connection instanceof Promise)) expect(connection.close()).toBeUndefined();
  });

  it("refuses a file that is no database, and leaves it as it was", async () => {
    const file = temporary.path("notes.txt");
    writeFileSync(file, "these are notes, ".repeat(1_000));
    const error = await errorOf(() => open(file));
    expect(error.code).toBe("NOT_A_DATABASE");
    expect(error.message).toContain(file);
    expect(readFileSync(file, "utf8")).toBe("these are notes, ".repeat(1_000));
  });

  it("refuses a damaged database", async () => {
    const file = temporary.path("damaged.db");
    await (await open(file)).close();
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 200, 4_096);
    writeFileSync(file, bytes);
    expect((await errorOf(() => open(file))).code).toBe("NOT_A_DATABASE");
  });

  it("takes an empty file for a new database", async () => {
    const file = temporary.path("empty.db");
    writeFileSync(file, "");
    const xrm = await open(file);
    expect(await xrm.account.count()).toBe(0);
    await xrm.close();
  });

  it("names a folder that is not there", async () => {
    const error = await errorOf(() => open(temporary.path("nowhere/crm.db")));
    expect(error).toMatchObject({ code: "UNREACHABLE", retryable: false });
    expect(error.message).toContain(`${temporary.path("nowhere")}' for the database is not there; create it first`);
  });

  it("refuses a folder in place of a file", async () => {
    expect((await errorOf(() => open(temporary.folder))).message).toContain("is a folder");
  });

  it("refuses a file that may not be written", async () => {
    const file = temporary.path("kept.db");
    await (await open(file)).close();
    chmodSync(temporary.folder, 0o777);
    chmodSync(file, 0o444);
    const error = await asNobody(() => errorOf(() => open(file)));
    expect(error.code).toBe("READ_ONLY");
    expect(error.message).toContain("check the rights");
  });

  it("refuses a new file in a folder that may not be written", async () => {
    mkdirSync(temporary.path("closed"));
    chmodSync(temporary.folder, 0o755);
    chmodSync(temporary.path("closed"), 0o555);
    expect((await asNobody(() => errorOf(() => open(temporary.path("closed/crm.db"))))).code).toBe("READ_ONLY");
  });

  it("fails with BUSY when another process holds the lock for too long", async () => {
    const file = temporary.path("locked.db");
    await (await open(file)).close();
    const xrm = await open(file, 200);
    const { letGo } = await lockHolder(file);
    const error = await errorOf(() => xrm.account.create({ name: "late" }));
    expect(error).toMatchObject({ code: "BUSY", retryable: true });
    expect(error.message).toContain("200 ms");
    // What is known already is not written, so that opening does not wait.
    await (await open(file, 0)).close();
    await letGo();
    await xrm.account.create({ name: "in time" });
    await xrm.close();
  });

  // In a file without a log, it waits before it makes one; in a file with one, before it makes tables.
  it.each(["delete", "wal"])("waits for the lock to make tables, without stopping this process: %s", async (mode) => {
    const file = temporary.path("new-and-locked.db");
    new Database(file).exec(`pragma journal_mode = ${mode}; create table other (x)`).close();
    const { letGo } = await lockHolder(file);
    const error = await errorOf(() => open(file, 100));
    expect(error).toMatchObject({ code: "BUSY", retryable: true });
    expect(error.message).toContain("100 ms");
    const opening = open(file, 15_000);
    expect(await waitsAside(opening)).toBe(true);
    await letGo();
    const xrm = await opening;
    await xrm.account.create({ name: "at last" });
    await xrm.close();
  });

  it("opens at once from many processes", async () => {
    const file = temporary.path("shared.db");
    const children = Array.from({ length: 4 }, (_, i) => child("open-first.ts", file, `process ${i}`));
    await Promise.all(children.map((one) => line(one, "ready")));
    for (const one of children) one.stdin?.write("go\n");
    expect(await Promise.all(children.map(ended))).toEqual([0, 0, 0, 0]);
    const xrm = await open(file);
    expect(await xrm.account.count()).toBe(4);
    await xrm.close();
  }, 30_000);
});

function pragma(connection: object, name: string): unknown {
  const { db } = (connection as { writing: { db: Database.Database } }).writing;
  return db.pragma(name, { simple: true });
}
