/** The cache of shapes: it keeps what is used, and stays within bounds whatever its keys are. */

import { createXrm, defineEntity, defineModel, field } from "@kith/core";
import { memory } from "@kith/memory";
import { expect, test } from "vitest";
import { Cache } from "../../src/query/cache.ts";

test("what is used stays; what is not goes", () => {
  const cache = new Cache<number>(10);
  for (let i = 0; i < 100; i++) {
    cache.set(`key${i}`, i);
    expect(cache.get("key0")).toBe(0);
  }
  expect(cache.get("key99")).toBe(99);
  expect(cache.get("key50")).toBeUndefined();
});

test("long keys take the room of many", () => {
  const cache = new Cache<number>(10);
  const long = (i: number) => `${i}${"x".repeat(4_000)}`;
  for (let i = 0; i < 9; i++) cache.set(long(i), i);
  expect(cache.get(long(0))).toBeUndefined();
  expect(cache.get(long(8))).toBe(8);
});

test("a query that reads differently each time leaves the answers of others alone", async () => {
  const thing = defineEntity("thing", { fields: { name: field.text() } });
  const open = () => createXrm<any>({ model: defineModel({ entities: [thing] }), storage: memory() });
  /** Its filter is now the one, now the other, beginning with either. */
  const shifting = (begin: number) => {
    let reads = begin;
    return {
      where: {
        get name() {
          return reads++ % 2 === 0 ? "b" : { contains: "b" };
        },
      },
    };
  };
  for (const begin of [0, 1]) {
    const things = (await open()).entity("thing");
    await things.createMany([{ name: "abc" }, { name: "b" }]);
    for (const call of ["findMany", "count", "exists"] as const) await things[call](shifting(begin));
    await things.aggregate({ ...shifting(begin), measures: { n: "count" } });
    expect([
      await things.count({ where: { name: "b" } }),
      await things.count({ where: { name: { contains: "b" } } }),
    ]).toEqual([1, 2]);
    expect(await things.findMany({ where: { name: "b" } })).toHaveLength(1);
    expect(await things.findMany({ where: { name: { contains: "b" } } })).toHaveLength(2);
    const counted = (where: object) => things.aggregate({ where, measures: { n: "count" } });
    expect([await counted({ name: "b" }), await counted({ name: { contains: "b" } })]).toEqual([
      [{ n: 1 }],
      [{ n: 2 }],
    ]);
  }
});
