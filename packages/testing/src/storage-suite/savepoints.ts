/** Transactions inside transactions. */

import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import { column, pause, refused, topic } from "./case.ts";
import { fixture } from "./fixture.ts";

const names = async (xrm: Xrm<any>) => column(await xrm.entity("account").findMany(), "name");

class Stop extends Error {}
const stop = () => {
  throw new Stop();
};

/** Cases on savepoints. */
export const savepoints = topic("savepoints", {
  async "a-failure-inside-undoes-the-inside"(t) {
    const xrm = await t.open(fixture);
    await xrm.transaction(async (tx) => {
      await tx.entity("account").create({ name: "outer", code: "A" });
      await refused("UNIQUE", () =>
        tx.transaction(async (inner) => {
          await inner.entity("account").create({ name: "inner" });
          await inner.entity("account").create({ name: "clash", code: "a" });
        }),
      );
      assert.deepEqual(await names(tx), ["outer"]);
      await tx.entity("account").create({ name: "after" });
    });
    assert.deepEqual(await names(xrm), ["outer", "after"]);
  },

  async "a-throw-undoes-changes-deletes-keys-and-references"(t) {
    const xrm = await t.open(fixture);
    const [a, b] = await xrm.entity("account").createMany([
      { name: "a", code: "A" },
      { name: "b", code: "B" },
    ]);
    await xrm.transaction(async (tx) => {
      await assert.rejects(
        tx.transaction(async (inner) => {
          await inner.entity("account").update(String(a?.["id"]), { code: null, name: "changed" });
          await inner.entity("account").update(String(b?.["id"]), { code: "a", parent: a?.["id"] });
          await inner.entity("account").delete(String(a?.["id"]));
          stop();
        }),
        Stop,
      );
      assert.deepEqual(await tx.entity("account").findMany(), [a, b]);
      await refused("UNIQUE", () =>
        tx.transaction((inner) => inner.entity("account").update(String(b?.["id"]), { code: "a" })),
      );
      await tx.entity("account").delete(String(a?.["id"]));
    });
    assert.deepEqual(await xrm.entity("account").findMany(), [b]);
  },

  async "they-nest"(t) {
    const xrm = await t.open(fixture);
    await xrm.transaction(async (one) => {
      await one.entity("account").create({ name: "1" });
      await assert.rejects(
        one.transaction(async (two) => {
          await two.entity("account").create({ name: "2" });
          await two.transaction(async (three) => {
            await three.entity("account").create({ name: "3" });
          });
          await assert.rejects(
            two.transaction(async (three) => {
              await three.entity("account").create({ name: "4" });
              stop();
            }),
            Stop,
          );
          assert.deepEqual(await names(two), ["1", "2", "3"]);
          stop();
        }),
        Stop,
      );
      await one.transaction(async (two) => {
        await two.transaction(async (three) => {
          await three.entity("account").create({ name: "5" });
        });
      });
      assert.deepEqual(await names(one), ["1", "5"]);
    });
    assert.deepEqual(await names(xrm), ["1", "5"]);
  },

  async "what-was-released-goes-with-the-whole"(t) {
    const xrm = await t.open(fixture);
    await assert.rejects(
      xrm.transaction(async (tx) => {
        await tx.transaction(async (inner) => {
          await inner.entity("account").create({ name: "a", code: "A" });
        });
        stop();
      }),
      Stop,
    );
    assert.deepEqual(await names(xrm), []);
    await xrm.entity("account").create({ name: "b", code: "a" });
  },

  async "rolling-back-clears-rollback-only"(t) {
    const xrm = await t.open(fixture);
    await xrm.entity("account").create({ name: "a", code: "A" });
    await xrm.transaction(async (tx) => {
      await refused("TX_ROLLBACK_ONLY", () =>
        tx.transaction(async (inner) => {
          await refused("UNIQUE", inner.entity("account").create({ name: "b", code: "A" }));
        }),
      );
      await tx.entity("account").create({ name: "c" });
    });
    assert.deepEqual(await names(xrm), ["a", "c"]);
  },

  async "the-outer-handle-waits-its-turn"(t) {
    const xrm = await t.open(fixture);
    await xrm.transaction(async (tx) => {
      await tx.transaction(async (inner) => {
        await refused("TX_MISUSED", tx.entity("account").create({ name: "wrong" }));
        await inner.entity("account").create({ name: "right" });
      });
    });
    assert.deepEqual(await names(xrm), ["right"]);
  },

  async "several-at-once-take-turns"(t) {
    const xrm = await t.open(fixture);
    await xrm.transaction(async (tx) => {
      const attempt = (i: number) =>
        tx.transaction(async (inner) => {
          await inner.entity("account").create({ name: `a${i}` });
          await pause(1);
          await inner.entity("account").create({ name: `b${i}`, code: `c${i % 3}` });
        });
      const tries = await Promise.allSettled([0, 1, 2, 3, 4].map(attempt));
      assert.deepEqual(
        tries.map((one) => one.status),
        ["fulfilled", "fulfilled", "fulfilled", "rejected", "rejected"],
      );
    });
    assert.deepEqual(await names(xrm), ["a0", "b0", "a1", "b1", "a2", "b2"]);
  },

  async "a-hundred-of-them"(t) {
    const xrm = await t.open(fixture);
    await xrm.transaction(async (tx) => {
      for (let i = 0; i < 100; i++) {
        await tx
          .transaction(async (inner) => {
            await inner.entity("account").create({ name: `n${i}` });
            if (i % 2) stop();
          })
          .catch((error: unknown) => assert(error instanceof Stop));
      }
    });
    assert.equal((await names(xrm)).length, 50);
  },
});
