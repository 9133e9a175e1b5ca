/** What runs side by side in one transaction: commands and savepoints take turns, and nothing half-done is committed. */

import { setTimeout as sleep } from "node:timers/promises";
import { createXrm, defineEntity, defineModel, definePlugin, field } from "@kith/core";
import { memory } from "@kith/memory";
import { errorOf } from "@kith/testing";
import { describe, expect, test } from "vitest";

const deal = defineEntity("deal", {
  fields: { name: field.text({ unique: true }), stage: field.choice(["open", "won"]), amount: field.integer() },
  checks: {
    priced: { where: { or: [{ stage: "open" }, { amount: { isNull: false } }] }, message: "A won deal has an amount." },
  },
});
const log = defineEntity("log", { fields: { text: field.text() } });

let outer: any;
let late: Promise<unknown> | undefined;
type Fired = { row: { name: string }; ctx: any };
const acts: Record<string, (ctx: any) => unknown> = {
  floating: ({ xrm }) => void xrm["log"].createMany([{ text: "1" }, { text: "2" }, { text: "3" }]),
  savepoint: ({ xrm }) => xrm.transaction(() => sleep(10).then(() => Promise.reject(new Error("no")))).catch(() => 0),
  slow: ({ xrm }) => sleep(5).then(() => xrm["log"].create({ text: "slow" })),
  outside: () => outer["log"].create({ text: "outside" }),
  late: ({ xrm }) => {
    late = sleep(5).then(() => errorOf(() => xrm["log"].create({ text: "late" })));
  },
};
const hooks = {
  deal: { afterCreate: async ({ row, ctx }: Fired) => void (await acts[row.name]?.(ctx)) },
  log: { beforeCreate: () => sleep(2) },
};
const model = defineModel({ plugins: [definePlugin({ id: "p", entities: [deal, log], hooks })] });
const open = (options: object = {}): Promise<any> => createXrm<any>({ model, storage: memory(), ...options });
const made = (name: string) => ({ name, stage: "open" });

describe("commands of one transaction take turns", () => {
  test("a check sees what the command before wrote", async () => {
    const xrm = await open();
    const { id } = await xrm["deal"].create({ ...made("a"), amount: 5 });
    const error = await errorOf(() =>
      xrm.transaction((tx: any) =>
        Promise.all([tx["deal"].update(id, { stage: "won" }), tx["deal"].update(id, { amount: null })]),
      ),
    );
    expect(error.code).toBe("INVALID_RECORD");
    expect(await xrm["deal"].get(id)).toMatchObject({ stage: "open", amount: 5 });
  });
  test("a version is changed once", async () => {
    const xrm = await open();
    const { id } = await xrm["deal"].create(made("a"));
    const change = (tx: any, amount: number) => tx["deal"].update(id, { amount }, { ifVersion: 1 });
    const error = await errorOf(() => xrm.transaction((tx: any) => Promise.all([change(tx, 1), change(tx, 2)])));
    expect(error.code).toBe("CONFLICT");
  });
  test("upserts of one key make one record", async () => {
    const xrm = await open();
    const put = (tx: any, name: string) => tx["deal"].upsert(made(name), { by: "name" });
    await xrm.transaction((tx: any) => Promise.all([put(tx, "k"), put(tx, "K"), put(tx, "k")]));
    expect(await xrm["deal"].count()).toBe(1);
  });
  test("a hook's savepoint takes nothing of another command back", async () => {
    const xrm = await open();
    const told: string[] = [];
    xrm.$.on("log.created", ({ row }: any) => void told.push(String(row["text"])));
    await xrm.transaction((tx: any) =>
      Promise.all([tx["deal"].create(made("savepoint")), tx["log"].create({ text: "x" })]),
    );
    expect([await xrm["log"].count(), told]).toEqual([1, ["x"]]);
  });
  test("a command with hooks and a savepoint do not wait for each other", async () => {
    const xrm = await open({ transactionMs: 1_000 });
    await xrm.transaction((tx: any) =>
      Promise.all([
        tx["deal"].create(made("slow")),
        tx.transaction((inner: any) => inner["log"].create({ text: "s" })),
      ]),
    );
    await xrm.transaction((tx: any) =>
      Promise.all([
        tx["deal"].updateMany({}, { amount: 3 }),
        tx.transaction((inner: any) => inner["log"].create({ text: "t" })),
      ]),
    );
    expect([await xrm["deal"].count({ where: { amount: 3 } }), await xrm["log"].count()]).toEqual([1, 3]);
  });
});

describe("beside an open savepoint", () => {
  /** Runs `act` while a savepoint of the transaction has written and not ended; it is taken back in the end. */
  const beside = async (act: (tx: any, end: () => void) => Promise<unknown>) => {
    const xrm = await open({ transactionMs: 1_000 });
    await xrm.transaction(async (tx: any) => {
      let begun: () => void = () => undefined;
      let end: () => void = () => undefined;
      const written = new Promise<void>((resolve) => (begun = resolve));
      const held = new Promise<void>((resolve) => (end = resolve));
      const attempt = tx.transaction(async (inner: any) => {
        await inner["log"].create({ text: "taken back" });
        begun();
        await held;
        throw new RangeError("mine");
      });
      const failed = expect(attempt).rejects.toThrow(RangeError);
      await written;
      await act(tx, end);
      end();
      await failed;
    });
    return xrm;
  };
  test("a read of another flow waits, and does not see what is taken back", async () => {
    await beside(async (tx, end) => {
      const reads = [tx["log"].count(), tx["log"].findMany(), tx["log"].exists()];
      end();
      expect(await Promise.all(reads)).toEqual([0, [], false]);
    });
  });
  test("a wait that a signal ends hands its turn on all the same", async () => {
    const xrm = await beside(async (tx, end) => {
      const abort = new AbortController();
      const waiting = errorOf(() => tx.transaction(() => 1, { signal: abort.signal }));
      const next = tx["log"].create({ text: "next" });
      abort.abort();
      expect(await waiting).toMatchObject({ code: "ABORTED" });
      end();
      await next;
    });
    expect((await xrm["log"].findMany()).map((row: any) => row.text)).toEqual(["next"]);
  });
});

test("of several failures the first is the reason", async () => {
  const xrm = await open();
  const error = await errorOf(() =>
    xrm.transaction(async (tx: any) => {
      const attempts = [{ stage: "no" }, made("b"), made("c")].map((values) => tx["deal"].create(values));
      await Promise.allSettled(attempts);
    }),
  );
  expect(error).toMatchObject({ code: "TX_ROLLBACK_ONLY", cause: { code: "INVALID_RECORD" } });
});

describe("what is not awaited", () => {
  test("a savepoint is part of its transaction to its end", async () => {
    const xrm = await open();
    await xrm.transaction(async (tx: any) => {
      void tx.transaction(async (inner: any) => {
        await inner["log"].create({ text: "1" });
        await sleep(10);
        await inner["log"].create({ text: "2" });
      });
      await sleep(1);
    });
    expect(await xrm["log"].count()).toBe(2);
  });
  test("a hook's command is part of the hook's; after the hook there is none", async () => {
    const xrm = await open();
    await xrm["deal"].create(made("floating"));
    expect(await xrm["log"].count()).toBe(3);
    await xrm.transaction(async (tx: any) => {
      await tx["deal"].create(made("late"));
      await sleep(20);
    });
    expect(await late).toMatchObject({ code: "TX_CLOSED" });
    expect(await xrm["log"].count()).toBe(3);
  });
  test("a command that never ends does not hold its transaction beyond the deadline", async () => {
    const xrm = await open();
    const error = await errorOf(() =>
      xrm.transaction((tx: any) => void tx.transaction(() => new Promise(() => undefined)).catch(() => undefined), {
        timeoutMs: 20,
      }),
    );
    expect(error.code).toBe("TX_TIMEOUT");
    await xrm["log"].create({ text: "free again" });
  });
});

describe("ends", () => {
  test("a hook that goes past its ctx.xrm is told, instead of waiting for itself", async () => {
    const xrm = await open();
    const error = await errorOf(() =>
      xrm.transaction((tx: any) => {
        outer = tx;
        return tx["deal"].create(made("outside"));
      }),
    );
    expect(error).toMatchObject({ code: "TX_MISUSED", message: expect.stringContaining("ctx.xrm") });
  });
  test("a clock that fails leaves no transaction open", async () => {
    let broken = true;
    const xrm = await open({ waitMs: 100, clock: () => (broken ? Number.NaN : 0) });
    expect(await errorOf(() => xrm.transaction(async () => 1))).toMatchObject({ code: "INVALID_OPTIONS" });
    broken = false;
    expect(await xrm.transaction(async () => 1)).toBe(1);
  });
  test("a savepoint has no deadline of its own", async () => {
    const xrm = await open();
    const error = await errorOf(() => xrm.transaction((tx: any) => tx.transaction(async () => 1, { timeoutMs: 5 })));
    expect(error).toMatchObject({ code: "INVALID_OPTIONS", params: { option: "timeoutMs" } });
  });
  test("closing twice waits twice for the same end", async () => {
    const xrm = await open();
    const order: string[] = [];
    const work = xrm.transaction(() => sleep(20).then(() => order.push("work")));
    await sleep(1);
    await Promise.all([work, ...[1, 2].map(() => xrm.close().then(() => order.push("closed")))]);
    expect(order).toEqual(["work", "closed", "closed"]);
  });
  test("a logger that fails does not make a committed write fail", async () => {
    const logger = {
      error() {
        throw new Error("no disk");
      },
    };
    const xrm = await open({ logger });
    xrm.$.on("log.created", () => {
      throw new Error("handler");
    });
    await xrm.transaction((tx: any) => tx["log"].create({ text: "kept" }));
    expect(await xrm["log"].count()).toBe(1);
  });
});
