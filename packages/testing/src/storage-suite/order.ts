/** Sort orders: nulls smallest, ties by id in the direction of the last key, each type by its own order. */

import assert from "node:assert/strict";
import { column, type StorageCase, topic } from "./case.ts";
import { fixture, plant, thing } from "./fixture.ts";
import { declarations } from "./values.ts";

/** One case for each type that has an order, and those on nulls, ties and lookups. */
export const order: readonly StorageCase[] = [
  ...topic(
    "order",
    Object.fromEntries(
      declarations
        .filter(({ type }) => type.compare)
        .map(({ name, type, def, values }) => [
          name,
          async (t) => {
            const things = (await t.open(thing({ value: def as never }))).entity("thing");
            // Each value twice, from both ends, so that the order of creation is no help.
            await things.createMany([...values, ...[...values].reverse(), null, null].map((value) => ({ value })));
            const expected = [...values].sort((a, b) => type.compare?.(a as never, b as never, def) as number);
            for (const direction of ["asc", "desc"] as const) {
              const rows = await things.findMany({ orderBy: { value: direction } });
              const doubled = (direction === "asc" ? [null, ...expected] : [...[...expected].reverse(), null]).flatMap(
                (value) => [value, value],
              );
              assert.deepEqual(column(rows, "value"), doubled);
              for (let i = 0; i < rows.length; i += 2)
                assert.equal(
                  String(rows[i]?.["id"]) < String(rows[i + 1]?.["id"]),
                  direction === "asc",
                  "ties come by id",
                );
            }
          },
        ]),
    ),
  ),
  ...topic("order", {
    async "several-keys"(t) {
      const xrm = await t.open(fixture);
      await plant(xrm);
      const titles = async (orderBy: unknown) => column(await xrm.entity("deal").findMany({ orderBy }), "title");
      assert.deepEqual(await titles([{ stage: "asc" }, { amount: "desc" }]), ["d2", "d3", "d1", "d5", "d4"]);
      assert.deepEqual(await titles([{ stage: "desc" }, { amount: "asc" }]), ["d4", "d5", "d1", "d3", "d2"]);
      assert.deepEqual(await titles({ amount: "asc" }), ["d4", "d5", "d1", "d2", "d3"]);
      assert.deepEqual(await titles({ id: "desc" }), ["d5", "d4", "d3", "d2", "d1"]);
      assert.deepEqual(await titles([{ id: "desc" }, { amount: "asc" }]), ["d5", "d4", "d3", "d2", "d1"]);
    },

    async "ties-by-id-in-the-direction-of-the-last-key"(t) {
      const deals = (await t.open(fixture)).entity("deal");
      await deals.createMany(["d1", "d2", "d3", "d4"].map((title, i) => ({ title, stage: i < 2 ? "won" : "lost" })));
      const titles = async (orderBy?: unknown) => column(await deals.findMany({ orderBy }), "title");
      const down = await titles({ stage: "desc" });
      assert.deepEqual(down, [...(await titles({ stage: "asc" }))].reverse());
      assert.deepEqual(await titles([{ stage: "desc" }, { amount: "asc" }]), [
        ...down.slice(0, 2).reverse(),
        ...down.slice(2).reverse(),
      ]);
      assert.deepEqual(await titles(), ["d1", "d2", "d3", "d4"]);
      const first = await deals.findPage({ orderBy: { stage: "desc" }, limit: 3 });
      const rest = await deals.findPage({ orderBy: { stage: "desc" }, limit: 3, after: first.next as string });
      assert.deepEqual(column([...first.rows, ...rest.rows], "title"), down);
    },

    async "through-lookups-a-missing-record-sorts-as-null"(t) {
      const xrm = await t.open(fixture);
      await plant(xrm);
      const titles = async (orderBy: unknown) => column(await xrm.entity("deal").findMany({ orderBy }), "title");
      assert.deepEqual(await titles([{ account: { name: "desc" } }, { title: "asc" }]), ["d3", "d4", "d1", "d2", "d5"]);
      assert.deepEqual(await titles([{ account: { name: "asc" } }, { title: "desc" }]), ["d5", "d2", "d1", "d4", "d3"]);
      assert.deepEqual(await titles([{ contact: { account: { industry: "asc" } } }, { title: "asc" }]), [
        "d2",
        "d4",
        "d5",
        "d1",
        "d3",
      ]);
      assert.deepEqual(await titles([{ account: { parent: { name: "desc" } } }, { title: "desc" }]), [
        "d4",
        "d3",
        "d5",
        "d2",
        "d1",
      ]);
    },

    async "limit-takes-the-first"(t) {
      const xrm = await t.open(fixture);
      await plant(xrm);
      const titles = async (query: Record<string, unknown>) =>
        column(await xrm.entity("deal").findMany(query), "title");
      assert.deepEqual(await titles({ orderBy: { amount: "desc" }, limit: 2 }), ["d3", "d2"]);
      assert.deepEqual(await titles({ limit: 0 }), []);
      assert.deepEqual(await titles({ limit: 100 }), ["d1", "d2", "d3", "d4", "d5"]);
      assert.equal(
        (await xrm.entity("deal").findOne({ orderBy: { title: "desc" }, where: { stage: "won" } }))?.["title"],
        "d5",
      );
    },
  }),
];
