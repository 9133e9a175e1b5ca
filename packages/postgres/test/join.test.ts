import { createXrm, type Xrm } from "@kith/core";
import { memory } from "@kith/memory";
import { errorOf } from "@kith/testing";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serverUrl, temporary } from "./fixture.ts";
import { type Entities, model } from "./model.ts";

describe("joining the application's own transaction", () => {
  const pool = new pg.Pool({ connectionString: serverUrl(), max: 3 });
  const { schema, storage, cleanup } = temporary({ pool });
  let xrm: Xrm<Entities>;
  let client: pg.PoolClient;

  beforeAll(async () => {
    xrm = await createXrm<Entities>({ model, storage });
    await pool.query(`create table ${schema}.theirs (n int)`);
  });
  beforeEach(async () => {
    await pool.query(`truncate ${schema}.theirs`);
    for (const { id } of await xrm.account.findMany()) await xrm.account.delete(id);
  });
  afterAll(async () => {
    await xrm.close();
    await cleanup();
    await pool.end();
  });

  /** Runs work between `begin` and what the application does in the end. */
  async function host(end: "commit" | "rollback", work: () => Promise<void>): Promise<void> {
    client = await pool.connect();
    try {
      await client.query("begin");
      await client.query(`insert into ${schema}.theirs values (1)`);
      await work();
      await client.query(end);
    } finally {
      client.release();
    }
  }
  const counts = async () => {
    const { rows } = await pool.query(`select count(*)::int as n from ${schema}.theirs`);
    return [(rows[0] as { n: number }).n, await xrm.account.count()];
  };

  it.each([
    ["commit", [1, 2]],
    ["rollback", [0, 0]],
  ] as const)("a %s of theirs is one of ours", async (end, expected) => {
    await host(end, async () => {
      await xrm.transaction(
        async (tx) => {
          const { id } = await tx.account.create({ name: "one" });
          await tx.account.update(id, { balance: 5 });
          await tx.account.createMany([{ name: "two" }]);
        },
        { join: client },
      );
      expect(await xrm.account.count()).toBe(0);
      const { rows } = await client.query(`select sum(balance)::int as sum from ${schema}.account`);
      expect(rows).toEqual([{ sum: 5 }]);
    });
    expect(await counts()).toEqual(expected);
  });

  it("a failure of ours undoes ours alone", async () => {
    await host("commit", async () => {
      await xrm.transaction((tx) => tx.account.create({ name: "kept", code: "A" }), { join: client });
      const error = await errorOf(() =>
        xrm.transaction(
          async (tx) => {
            await tx.account.create({ name: "gone" });
            await tx.account.create({ name: "same", code: "A" });
          },
          { join: client },
        ),
      );
      expect(error.code).toBe("UNIQUE");
      await client.query(`insert into ${schema}.theirs values (2)`);
    });
    expect(await counts()).toEqual([2, 1]);
  });

  it("has savepoints of its own", async () => {
    await host("commit", () =>
      xrm.transaction(
        async (tx) => {
          await tx.account.create({ name: "outer" });
          const inner = tx.transaction(async (deeper) => {
            await deeper.account.create({ name: "inner" });
            throw new Error("no");
          });
          await expect(inner).rejects.toThrow("no");
        },
        { join: client },
      ),
    );
    expect(await counts()).toEqual([1, 1]);
  });

  it("tells events after their commit, and none that were undone", async () => {
    const heard: string[] = [];
    const stop = xrm.$.on("account.created", ({ row }) => {
      heard.push(row.name);
    });
    const create = (name: string) => xrm.transaction((tx) => tx.account.create({ name }), { join: client });
    await host("rollback", async () => void (await create("undone")));
    await host("commit", async () => {
      await create("kept");
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(heard).toEqual([]);
    });
    await host("commit", async () => {
      await client.query("savepoint theirs");
      await create("taken back");
      await client.query("rollback to theirs");
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    stop();
    expect(heard).toEqual(["kept"]);
    const { connection } = client as unknown as { connection: { listenerCount(name: string): number } };
    expect(connection.listenerCount("commandComplete")).toBe(1);
  });

  it("tells the events of a part although a later one fails, however many there are", async () => {
    const heard: string[] = [];
    const stop = xrm.$.on("account.created", ({ row }) => {
      heard.push(row.name);
    });
    const { connection } = client as unknown as { connection: { listenerCount(name: string): number } };
    await host("commit", async () => {
      for (let n = 0; n < 12; n++) {
        await xrm.transaction((tx) => tx.account.create({ name: `${n}` }), { join: client });
        const fails = async (tx: Xrm<Entities>) => {
          await tx.account.create({ name: "gone" });
          throw new Error("no");
        };
        await expect(xrm.transaction(fails, { join: client })).rejects.toThrow("no");
      }
      expect(connection.listenerCount("commandComplete")).toBe(2);
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    stop();
    expect(heard).toEqual(Array.from({ length: 12 }, (_, n) => `${n}`));
    expect(connection.listenerCount("commandComplete")).toBe(1);
  });

  it("means the same under the application's settings, and leaves them as they were", async () => {
    const theirs = {
      DateStyle: "German, DMY",
      TimeZone: "Asia/Kolkata",
      extra_float_digits: "-10",
      client_encoding: "LATIN1",
    };
    const values = { name: "Müller", score: 0.1 + 0.2 };
    await host("commit", async () => {
      for (const [name, value] of Object.entries(theirs)) await client.query(`set local ${name} = '${value}'`);
      const got = await xrm.transaction(async (tx) => tx.account.get((await tx.account.create(values)).id), {
        join: client,
      });
      expect(got).toMatchObject(values);
      expect(got.createdAt).toMatch(/^20\d\d-.*Z$/);
      await xrm.transaction(() => Promise.reject(new Error("no")), { join: client }).catch(() => undefined);
      for (const [name, value] of Object.entries(theirs)) {
        expect((await client.query(`select current_setting('${name}') as value`)).rows).toEqual([{ value }]);
      }
    });
    expect(await xrm.account.findOne()).toMatchObject(values);
  });

  it("refuses two at once on one client", async () => {
    const create = (name: string) => xrm.transaction((tx) => tx.account.create({ name }), { join: client });
    await host("commit", async () => {
      const [first, second] = await Promise.allSettled([create("first"), create("second")]);
      expect(first.status).toBe("fulfilled");
      expect(second).toMatchObject({ status: "rejected", reason: { code: "TX_MISUSED" } });
      await create("third");
    });
    expect(await counts()).toEqual([1, 2]);
  });

  it.each([
    ["commit", "ended", 1],
    ["rollback", "ended", 0],
    ["commit and chain", "no longer has the savepoint", 1],
  ])(
    "writes nothing past the end of a transaction that the application ended meanwhile: %s",
    async (end, says, kept) => {
      await host("rollback", async () => {
        const error = await errorOf(() =>
          xrm.transaction(
            async (tx) => {
              await tx.account.create({ name: "before" });
              await client.query(end);
              await tx.account.create({ name: "after" });
            },
            { join: client },
          ),
        );
        expect(error).toMatchObject({ code: "TX_MISUSED", message: expect.stringContaining(says) });
      });
      expect(await xrm.account.count()).toBe(kept);
    },
  );

  it("has undone its part when its time is up, so that the application can go on", async () => {
    const { id } = await xrm.account.create({ name: "held" });
    const other = await pool.connect();
    await other.query("begin");
    await other.query(`select from ${schema}.account for update`);
    await host("commit", async () => {
      const late = () =>
        xrm.transaction((tx) => tx.account.update(id, { balance: 1 }), { join: client, timeoutMs: 50 });
      expect((await errorOf(late)).code).toBe("TX_TIMEOUT");
      await client.query(`insert into ${schema}.theirs values (2)`);
    });
    await other.query("rollback");
    other.release();
    expect(await counts()).toEqual([2, 1]);
  });

  it("refuses what cannot be joined", async () => {
    const join = (on: unknown) => errorOf(() => xrm.transaction((tx) => tx.account.count(), { join: on }));
    expect((await join(new pg.Client(serverUrl()))).code).toBe("TX_MISUSED");
    client = await pool.connect();
    expect((await join(client)).code).toBe("TX_MISUSED");
    await client.query("begin");
    await client.query("select 1/0").catch(() => undefined);
    // The client may not know yet that its transaction has failed; then the server says so.
    expect(["TX_MISUSED", "TX_ROLLBACK_ONLY"]).toContain((await join(client)).code);
    await client.query("rollback");
    client.release();
    expect((await join({})).code).toBe("INVALID_OPTIONS");
    expect((await join({ query: () => 0, connection: {} })).code).toBe("INVALID_OPTIONS");
    expect((await join(pool)).code).toBe("INVALID_OPTIONS");
    const nested = xrm.transaction((tx) => tx.transaction(() => 1, { join: client }));
    expect((await errorOf(() => nested)).code).toBe("INVALID_OPTIONS");
    const other = await createXrm<Entities>({ model, storage: memory() });
    const error = await errorOf(() => other.transaction(() => 1, { join: client }));
    expect([error.code, error.params["option"]]).toEqual(["INVALID_OPTIONS", "join"]);
  });
});
