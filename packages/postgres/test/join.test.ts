import { createXrm, type Xrm } from "@kith/core";
import { memory } from "@kith/memory";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { failure, serverUrl, temporary } from "./fixture.ts";
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
      const error = await failure(() =>
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

  it("refuses what cannot be joined", async () => {
    const join = (on: unknown) => failure(() => xrm.transaction((tx) => tx.account.count(), { join: on }));
    client = await pool.connect();
    expect((await join(client)).code).toBe("TX_MISUSED");
    await client.query("begin");
    await client.query("select 1/0").catch(() => undefined);
    // The client may not know yet that its transaction has failed; then the server says so.
    expect(["TX_MISUSED", "TX_ROLLBACK_ONLY"]).toContain((await join(client)).code);
    await client.query("rollback");
    client.release();
    expect((await join({})).code).toBe("INVALID_OPTIONS");
    expect((await join(pool)).code).toBe("INVALID_OPTIONS");
    const nested = xrm.transaction((tx) => tx.transaction(() => 1, { join: client }));
    expect((await failure(() => nested)).code).toBe("INVALID_OPTIONS");
    const other = await createXrm<Entities>({ model, storage: memory() });
    const error = await failure(() => other.transaction(() => 1, { join: client }));
    expect([error.code, error.params["option"]]).toEqual(["INVALID_OPTIONS", "join"]);
  });
});
