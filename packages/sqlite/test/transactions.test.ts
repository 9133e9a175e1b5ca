import type { Connection, EntityModel, StoredRow } from "@kith/core";
import { createXrm } from "@kith/core";
import { errorOf } from "@kith/testing";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { openSqlite } from "../src/sqlite-open.ts";
import { type Entities, model, storageOptions, temporaryFolder } from "./fixture.ts";

let temporary: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  temporary = temporaryFolder();
});
afterEach(() => temporary.remove());

const entity = model.entities.get("product") as EntityModel;
const stamp = "2026-01-31T00:00:00.000Z";
const id = (n: number) => `018f4e3a-0002-751a-a807-${String(n).padStart(12, "0")}`;
const product = (n: number, name = `product ${n}`): StoredRow => ({
  id: id(n),
  version: 1,
  createdAt: stamp,
  createdBy: null,
  updatedAt: stamp,
  updatedBy: null,
  name,
  price: null,
});
const insert = (...rows: StoredRow[]) => [{ type: "insert" as const, entity, rows }];
const counter = (connection: Connection) => connection.prepareCount({ entity, where: undefined, upTo: undefined });

async function connect(file: string, more: { waitMs?: number; maxPages?: number } = {}): Promise<Connection> {
  const { waitMs = 2_000, maxPages } = more;
  return openSqlite({ file, synchronous: "normal", maxPages }, model, { ...storageOptions, waitMs });
}

describe("one writer", () => {
  it("answers at once when nobody else writes", async () => {
    const connection = await connect(temporary.path("a.db"));
    expect(connection.write(insert(product(1)))).toEqual([undefined]);
    const tx = connection.begin();
    expect(tx).not.toBeInstanceOf(Promise);
    await (await tx).rollback();
    await connection.close();
  });

  it("lets transactions in one after the other, in the order of asking", async () => {
    const connection = await connect(temporary.path("a.db"));
    const first = await connection.begin();
    const order: string[] = [];
    const second = Promise.resolve(connection.begin()).then(async (tx) => {
      order.push("second");
      await new Promise((resolve) => setTimeout(resolve, 20));
      await tx.commit();
    });
    const write = Promise.resolve(connection.write(insert(product(1)))).then(() => order.push("write"));
    const third = Promise.resolve(connection.begin()).then(async (tx) => {
      order.push("third");
      await tx.commit();
    });
    expect(order).toEqual([]);
    await first.commit();
    await Promise.all([second, write, third]);
    expect(order).toEqual(["second", "write", "third"]);
    await connection.close();
  });

  it("fails with BUSY when the one before takes too long, and goes on after", async () => {
    const connection = await connect(temporary.path("a.db"), { waitMs: 60 });
    const tx = await connection.begin();
    const started = performance.now();
    expect(await errorOf(() => connection.write(insert(product(1))))).toMatchObject({ code: "BUSY", retryable: true });
    expect(performance.now() - started).toBeLessThan(1_000);
    await tx.commit();
    await connection.write(insert(product(1)));
    expect(await counter(connection).run([])).toBe(1);
    await connection.close();
  });
});

describe("two systems on one file", () => {
  it("take turns: no write is lost, none fails", async () => {
    const systems = await Promise.all(
      [1, 2].map(() =>
        createXrm<Entities>({ model, storage: sqlite({ file: temporary.path("a.db"), synchronous: "normal" }) }),
      ),
    );
    const [first] = systems as [(typeof systems)[number]];
    const { id } = await first.product.create({ name: "counter", price: "0" });
    const add = async (xrm: typeof first, n: number) => {
      await xrm.transaction(async (tx) => {
        const { price } = await tx.product.get(id, { lock: true });
        await tx.product.create({ name: `p${n}` });
        await tx.product.update(id, { price: `${Number(price) + 1}` });
      });
    };
    await Promise.all(Array.from({ length: 100 }, (_, n) => add(systems[n % 2] as typeof first, n)));
    expect((await first.product.get(id)).price).toBe("100.0000");
    expect(await first.product.count()).toBe(101);
    for (const xrm of systems) await xrm.close();
  }, 20_000);
});

describe("reading while a transaction is open", () => {
  it("sees what is committed, at once, from a file", async () => {
    const connection = await connect(temporary.path("a.db"));
    await connection.write(insert(product(1)));
    const tx = await connection.begin();
    await tx.write(insert(product(2)));
    const count = counter(connection);
    expect(count.run([])).toBe(1);
    expect(count.run([], tx)).toBe(2);
    await tx.commit();
    expect(count.run([])).toBe(2);
    await connection.close();
  });

  it("waits for it in memory, up to the deadline", async () => {
    const connection = await connect(":memory:", { waitMs: 60 });
    const tx = await connection.begin();
    await tx.write(insert(product(1)));
    const count = counter(connection);
    const late = await errorOf(() => count.run([]));
    expect(late.code).toBe("BUSY");
    const read = count.run([]);
    expect(read).toBeInstanceOf(Promise);
    await tx.rollback();
    expect(await read).toBe(0);
    expect(count.run([])).toBe(0);
    await connection.close();
  });

  it("reads one state with all statements of a query, although another process writes in between", async () => {
    const file = temporary.path("a.db");
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file }) });
    const { id: owner } = await xrm.account.create({ name: "Acme" });
    await xrm.contact.create({ email: "a@x.com", account: owner });
    await xrm.close();
    let connection: Connection | undefined;
    const storage = { name: "sqlite", open: async () => (connection = await connect(file)) };
    const reader = await createXrm<Entities>({ model, storage });
    const { reading } = connection as unknown as { reading: { all: (...args: unknown[]) => unknown } };
    const all = reading.all.bind(reading);
    let statements = 0;
    reading.all = (...args) => {
      if (++statements === 2) {
        const other = new Database(file);
        other.exec("delete from contact");
        other.close();
      }
      return all(...args);
    };
    const query = { include: { contacts: true } } as const;
    expect((await reader.account.get(owner, query)).contacts).toHaveLength(1);
    expect((await reader.account.get(owner, query)).contacts).toHaveLength(0);
    expect(statements).toBe(4);
    await reader.close();
  });
});

describe("ending", () => {
  it("takes everything of a batch, or nothing", async () => {
    const connection = await connect(temporary.path("a.db"));
    const error = await errorOf(() => connection.write(insert(product(1), product(2), product(3, "Product 1"))));
    expect(error).toMatchObject({ code: "UNIQUE", field: "name", params: { fields: ["name"] } });
    expect(await counter(connection).run([])).toBe(0);
    await connection.write(insert(product(1)));
    await connection.close();
  });

  it("nests savepoints, and returns to them in reverse", async () => {
    const connection = await connect(temporary.path("a.db"));
    const tx = await connection.begin();
    const count = counter(connection);
    await tx.write(insert(product(1)));
    const outer = await tx.savepoint();
    await tx.write(insert(product(2)));
    const inner = await tx.savepoint();
    await tx.write(insert(product(3)));
    await inner.rollback();
    expect(count.run([], tx)).toBe(2);
    const again = await tx.savepoint();
    await tx.write(insert(product(4)));
    await again.release();
    expect(count.run([], tx)).toBe(3);
    await outer.rollback();
    expect(count.run([], tx)).toBe(1);
    await tx.commit();
    expect(count.run([])).toBe(1);
    await connection.close();
  });

  it("goes on with a savepoint after a row that broke a constraint", async () => {
    const connection = await connect(temporary.path("a.db"));
    const tx = await connection.begin();
    await tx.write(insert(product(1)));
    const savepoint = await tx.savepoint();
    expect((await errorOf(() => tx.write(insert(product(2), product(1))))).code).toBe("UNIQUE");
    await savepoint.rollback();
    await tx.write(insert(product(3)));
    await tx.commit();
    expect(await counter(connection).run([])).toBe(2);
    await connection.close();
  });

  it("rolls back without an error when it is already gone, and refuses what comes after", async () => {
    const connection = await connect(temporary.path("a.db"));
    const tx = await connection.begin();
    await tx.commit();
    expect(() => tx.rollback()).not.toThrow();
    expect((await errorOf(() => tx.commit())).code).toBe("TX_CLOSED");
    expect((await errorOf(() => tx.write(insert(product(1))))).code).toBe("TX_CLOSED");
    expect((await errorOf(() => counter(connection).run([], tx))).code).toBe("TX_CLOSED");
    await connection.close();
  });

  it("gives a number back that was taken in what is rolled back", async () => {
    const connection = await connect(temporary.path("a.db"));
    const take = async (end: "commit" | "rollback") => {
      const tx = await connection.begin();
      const n = await tx.nextNumber("INV-");
      await tx[end]();
      return n;
    };
    expect([await take("commit"), await take("rollback"), await take("commit"), await take("commit")]).toEqual([
      1, 2, 2, 3,
    ]);
    await connection.close();
  });

  it("waits for open transactions before it closes, and then refuses calls", async () => {
    const connection = await connect(temporary.path("a.db"));
    const tx = await connection.begin();
    const closing = connection.close();
    expect((await errorOf(() => connection.begin())).code).toBe("CLOSED");
    await tx.write(insert(product(1)));
    await tx.commit();
    await closing;
    for (const call of [
      () => connection.begin(),
      () => connection.write(insert(product(2))),
      () => counter(connection).run([]),
    ]) {
      expect((await errorOf(call)).code).toBe("CLOSED");
    }
    const again = await connect(temporary.path("a.db"));
    expect(await counter(again).run([])).toBe(1);
    await again.close();
  });
});

describe("a full disk", () => {
  const pages = 60;
  const big = (n: number) => product(n, `${n} ${"x".repeat(20_000)}`);

  it("fails with STORAGE_FULL, writes nothing of the batch, and goes on when there is room", async () => {
    const connection = await connect(temporary.path("a.db"), { maxPages: pages });
    const rows = Array.from({ length: 40 }, (_, n) => big(n));
    const error = await errorOf(() => connection.write(insert(...rows)));
    expect(error).toMatchObject({ code: "STORAGE_FULL", retryable: true });
    expect(error.message).toContain("free some space");
    expect(await counter(connection).run([])).toBe(0);
    await connection.write(insert(product(1)));
    expect(await counter(connection).run([])).toBe(1);
    await connection.close();
  });

  it("loses an open transaction as a whole: nothing that comes after is written by itself", async () => {
    const connection = await connect(temporary.path("a.db"), { maxPages: pages });
    const tx = await connection.begin();
    await tx.write(insert(product(1)));
    let failed: unknown;
    for (let n = 10; n < 60 && failed === undefined; n++)
      failed = await errorOf(() => tx.write(insert(big(n)))).catch(() => undefined);
    expect(failed).toMatchObject({ code: "STORAGE_FULL" });
    const lost = !(connection as unknown as { writing: { db: { inTransaction: boolean } } }).writing.db.inTransaction;
    if (lost) {
      expect((await errorOf(() => tx.write(insert(product(2))))).code).toBe("STORAGE_FULL");
      expect((await errorOf(() => tx.commit())).code).toBe("STORAGE_FULL");
    }
    await tx.rollback();
    expect(await counter(connection).run([])).toBe(0);
    await connection.write(insert(product(3)));
    expect(await counter(connection).run([])).toBe(1);
    await connection.close();
  });

  it("fails the opening of a new database that does not fit", async () => {
    const error = await errorOf(() => connect(temporary.path("tiny.db"), { maxPages: 3 }));
    expect(error.code).toBe("STORAGE_FULL");
    const connection = await connect(temporary.path("tiny.db"));
    expect(await counter(connection).run([])).toBe(0);
    await connection.close();
  });

  it("reaches the caller of a system as it is", async () => {
    const storage = {
      name: "sqlite",
      open: () => connect(temporary.path("b.db"), { maxPages: pages }),
    };
    const xrm = await createXrm<Entities>({ model, storage });
    const error = await errorOf(async () => {
      for (let n = 0; n < 100; n++) await xrm.contact.create({ email: `a${n}@x.com`, notes: "y".repeat(50_000) });
    });
    expect(error.code).toBe("STORAGE_FULL");
    await xrm.close();
  });
});

describe("a commit that fails", () => {
  it("leaves a connection that can be used", async () => {
    const file = temporary.path("a.db");
    const connection = await connect(file);
    const { db } = (connection as unknown as { writing: { db: import("better-sqlite3").Database } }).writing;
    // A constraint that is only checked at the commit stands in for whatever can fail there.
    db.exec("create table late (x text references product (id) deferrable initially deferred)");
    const tx = await connection.begin();
    await tx.write(insert(product(1)));
    db.exec("insert into late values ('nobody')");
    expect((await errorOf(() => tx.commit())).code).toBe("STORAGE_FAILED");
    expect(db.inTransaction).toBe(false);
    expect(await counter(connection).run([])).toBe(0);
    await connection.write(insert(product(1)));
    expect(await counter(connection).run([])).toBe(1);
    await connection.close();
  });

  it("is the caller's error through a system too", async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
    await expect(
      xrm.transaction(async (tx) => {
        await tx.product.create({ name: "kept back" });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await xrm.product.count()).toBe(0);
    await xrm.close();
  });
});
