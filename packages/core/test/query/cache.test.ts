/** The cache of shapes: it keeps what is used, and stays within bounds whatever its keys are. */

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
