import { setTimeout as sleep } from "node:timers/promises";
import {
  createXrm,
  defineEntity,
  defineHooks,
  defineModel,
  definePlugin,
  type EntitiesOf,
  field,
  type Storage,
  type StorageTransaction,
  type Xrm,
} from "@kith/core";
import { memory } from "@kith/memory";
import { errorOf } from "@kith/testing";
import { describe, expect, test } from "vitest";

const thing = defineEntity("thing", { fields: { name: field.text({ required: true, unique: true }) } });
const model = defineModel({ entities: [thing] });
interface Entities extends EntitiesOf<typeof model> {}
const open = (options: object = {}): Promise<Xrm<Entities>> =>
  createXrm<Entities>({ model, storage: memory(), ...options });
const names = async (xrm: Xrm<Entities>) =>
  (await xrm.thing.findMany({ orderBy: { name: "asc" } })).map((row) => row.name);

describe("the guard", () => {
  test("a root call inside a transaction is an error at once", async () => {
    const xrm = await open();
    const before = performance.now();
    const error = await errorOf(() => xrm.transaction(async () => xrm.thing.create({ name: "a" })));
    expect(error.code).toBe("TX_MISUSED");
    expect(error.message).toContain("use the handle that its callback");
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(await errorOf(() => xrm.transaction(() => xrm.thing.findMany()))).toMatchObject({ code: "TX_MISUSED" });
    expect(await errorOf(() => xrm.transaction(() => xrm.transaction(async () => 1)))).toMatchObject({
      code: "TX_MISUSED",
    });
    expect(await errorOf(() => xrm.transaction(() => xrm.as({ id: "u" }).thing.count()))).toMatchObject({
      code: "TX_MISUSED",
    });
    expect(await errorOf(() => xrm.transaction(() => xrm.close()))).toMatchObject({ code: "TX_MISUSED" });
    expect(await names(xrm)).toEqual([]);
  });
  test("so is a call on the outer handle while a savepoint is open in the same flow", async () => {
    const xrm = await open();
    expect(
      await errorOf(() => xrm.transaction((tx) => tx.transaction(() => tx.thing.create({ name: "a" })))),
    ).toMatchObject({ code: "TX_MISUSED" });
  });
  test("another system is another matter", async () => {
    const [one, two] = [await open(), await open()];
    await one.transaction(async (tx) => {
      await two.transaction(async (other) => {
        await tx.thing.create({ name: "one" });
        await other.thing.create({ name: "two" });
      });
      await two.thing.create({ name: "three" });
    });
    expect([await names(one), await names(two)]).toEqual([["one"], ["three", "two"]]);
  });
  test("a handle whose transaction has ended is closed, also to calls that were not awaited", async () => {
    const xrm = await open();
    let late: Promise<unknown> | undefined;
    const tx = await xrm
      .transaction(async (inner) => {
        late = sleep(5).then(() => errorOf(() => inner.thing.create({ name: "late" })));
        return inner;
      })
      .then(
        (inner) => inner,
        () => undefined,
      );
    expect(await late).toMatchObject({ code: "TX_CLOSED" });
    expect(await errorOf(() => tx?.thing.count())).toMatchObject({ code: "TX_CLOSED" });
    await xrm.thing.create({ name: "free again" });
  });
});

describe("rollback", () => {
  test("a caught write error makes the transaction rollback-only", async () => {
    const xrm = await open();
    const error = await errorOf(() =>
      xrm.transaction(async (tx) => {
        await tx.thing.create({ name: "kept?" });
        await errorOf(() => tx.thing.create({ name: "" }));
        expect(await errorOf(() => tx.thing.count())).toMatchObject({ code: "TX_ROLLBACK_ONLY" });
      }),
    );
    expect(error).toMatchObject({ code: "TX_ROLLBACK_ONLY", cause: { code: "INVALID_RECORD" } });
    expect(await names(xrm)).toEqual([]);
  });
  test("a failed read marks nothing", async () => {
    const xrm = await open();
    await xrm.transaction(async (tx) => {
      await errorOf(() => tx.thing.get("nothing"));
      await errorOf(() => tx.thing.findMany({ where: { nam: "x" } } as never));
      await tx.thing.create({ name: "a" });
    });
    expect(await names(xrm)).toEqual(["a"]);
  });
  test("a savepoint takes its own failure back", async () => {
    const xrm = await open();
    await xrm.transaction(async (tx) => {
      await tx.thing.create({ name: "a" });
      await errorOf(() =>
        tx.transaction(async (inner) => {
          await inner.thing.create({ name: "b" });
          await inner.thing.create({ name: "A" });
        }),
      );
      await tx.transaction((inner) => inner.thing.create({ name: "c" }));
    });
    expect(await names(xrm)).toEqual(["a", "c"]);
  });
  test("what the callback throws comes out as it is", async () => {
    const xrm = await open();
    await expect(
      xrm.transaction(async (tx) => {
        await tx.thing.create({ name: "a" });
        throw new RangeError("mine");
      }),
    ).rejects.toThrow(new RangeError("mine"));
    expect(await names(xrm)).toEqual([]);
  });

  /** A storage whose transactions are changed as they begin. */
  const changed = (change: (tx: StorageTransaction) => void): Storage => {
    const storage = memory();
    return {
      ...storage,
      async open(...given) {
        const connection = await storage.open(...given);
        const begin = connection.begin.bind(connection);
        connection.begin = async (control) => {
          const tx = await begin(control);
          change(tx);
          return tx;
        };
        return connection;
      },
    };
  };
  const disk = () => {
    throw new Error("the disk is gone");
  };

  test("one that fails does not hide why it was needed", async () => {
    const storage = changed((tx) => {
      const rollback = tx.rollback.bind(tx);
      tx.rollback = async () => {
        await rollback();
        disk();
      };
    });
    const xrm = await open({ storage });
    const fail = async () => {
      throw new RangeError("mine");
    };
    await expect(xrm.transaction(fail)).rejects.toThrow(new RangeError("mine"));
    const late = () => xrm.transaction(() => sleep(1_000), { timeoutMs: 5 });
    expect(await errorOf(late)).toMatchObject({ code: "TX_TIMEOUT" });
    await xrm.thing.create({ name: "a" });
    expect(await names(xrm)).toEqual(["a"]);
  });
  test("a command that is under way when its savepoint fails is taken back with it", async () => {
    const storage = changed((tx) => {
      const write = tx.write.bind(tx);
      tx.write = async (batch) => {
        await sleep(5);
        return write(batch);
      };
    });
    const xrm = await open({ storage });
    await xrm.transaction(async (tx) => {
      const attempt = tx.transaction(async (inner) => {
        void inner.thing.create({ name: "late" }).catch(() => undefined);
        await sleep(1);
        throw new RangeError("mine");
      });
      await expect(attempt).rejects.toThrow(RangeError);
      await sleep(10);
      await tx.thing.create({ name: "kept" });
    });
    expect(await names(xrm)).toEqual(["kept"]);
  });
  test("a commit that has begun is not undone by the deadline", async () => {
    const storage = changed((tx) => {
      const commit = tx.commit.bind(tx);
      tx.commit = async () => {
        await sleep(60);
        await commit();
      };
    });
    const xrm = await open({ storage });
    await xrm.transaction((tx) => tx.thing.create({ name: "a" }), { timeoutMs: 30 });
    expect(await names(xrm)).toEqual(["a"]);
  });
  test("a savepoint that could not be taken back is not committed with the rest", async () => {
    const storage = changed((tx) => {
      const begin = tx.savepoint.bind(tx);
      tx.savepoint = async () => ({ ...(await begin()), rollback: disk });
    });
    const xrm = await open({ storage });
    const error = await errorOf(() =>
      xrm.transaction(async (tx) => {
        const attempt = tx.transaction(async (inner) => {
          await inner.thing.create({ name: "b" });
          throw new RangeError("mine");
        });
        await expect(attempt).rejects.toThrow(new RangeError("mine"));
      }),
    );
    expect(error).toMatchObject({ code: "TX_ROLLBACK_ONLY", cause: { message: "the disk is gone" } });
    expect(await names(xrm)).toEqual([]);
  });
});

describe("side by side", () => {
  test("savepoints of one transaction wait for each other", async () => {
    const xrm = await open();
    await xrm.transaction(async (tx) => {
      const attempt = (name: string, fails: boolean) =>
        tx
          .transaction(async (inner) => {
            await inner.thing.create({ name });
            await sleep(3);
            if (fails) throw new Error("no");
          })
          .catch(() => undefined);
      await Promise.all([attempt("a", false), attempt("b", true), attempt("c", false), tx.thing.create({ name: "d" })]);
    });
    expect(await names(xrm)).toEqual(["a", "c", "d"]);
  });
  test("transactions of different flows do not mix", async () => {
    const xrm = await open();
    const count = (n: number) =>
      xrm.transaction(async (tx) => {
        const before = await tx.thing.count();
        await sleep(2);
        await tx.thing.create({ name: `n${n}` });
        expect(await tx.thing.count()).toBe(before + 1);
      });
    await Promise.all(Array.from({ length: 8 }, (_, n) => count(n)));
    expect(await xrm.thing.count()).toBe(8);
  });
});

describe("deadlines", () => {
  test("a transaction that takes too long is rolled back, whatever it waits for", async () => {
    const xrm = await open();
    let after: Promise<unknown> | undefined;
    const error = await errorOf(() =>
      xrm.transaction(
        async (tx) => {
          await tx.thing.create({ name: "a" });
          after = sleep(60).then(() => errorOf(() => tx.thing.create({ name: "b" })));
          await new Promise(() => undefined);
        },
        { timeoutMs: 20 },
      ),
    );
    expect(error).toMatchObject({ code: "TX_TIMEOUT", retryable: true });
    expect(await after).toMatchObject({ code: "TX_TIMEOUT" });
    await xrm.thing.create({ name: "c" });
    expect(await names(xrm)).toEqual(["c"]);
  });
  test("waiting for the writer has one too", async () => {
    const xrm = await open({ waitMs: 20 });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const first = xrm.transaction(() => held);
    const error = await errorOf(() => xrm.thing.create({ name: "b" }));
    release();
    await first;
    expect(error).toMatchObject({ code: "BUSY", retryable: true });
  });
});

describe("one now", () => {
  test("everything in a transaction has the same instant", async () => {
    let time = 0;
    const xrm = await open({ clock: () => (time += 1_000) });
    const stamps = await xrm.transaction(async (tx) => [
      await tx.thing.create({ name: "a" }),
      await tx.thing.create({ name: "b" }),
    ]);
    expect(stamps[0]?.createdAt).toBe(stamps[1]?.createdAt);
    expect((await xrm.thing.create({ name: "c" })).createdAt).not.toBe(stamps[0]?.createdAt);
  });
});

describe("hooks in transactions", () => {
  test("a hook may make a savepoint of its own", async () => {
    const hooks = defineHooks<Entities>()({
      thing: {
        async afterCreate({ row, ctx }) {
          if (row.name.length > 2) return;
          await ctx.xrm.transaction((inner) => inner.thing.create({ name: `${row.name}-child` }));
          await ctx.xrm
            .transaction(async (inner) => {
              await inner.thing.create({ name: `${row.name}-lost` });
              throw new Error("no");
            })
            .catch(() => undefined);
        },
      },
    });
    const hooked = defineModel({ plugins: [definePlugin({ id: "p", entities: [thing], hooks })] });
    const xrm = await createXrm<Entities>({ model: hooked, storage: memory() });
    await xrm.thing.create({ name: "a" });
    expect(await names(xrm)).toEqual(["a", "a-child"]);
  });
});
