import { describe, expect, it } from "vitest";
import * as sql from "../src/index.ts";
import { chain, inTurn, lastly, rescue } from "../src/maybe.ts";

const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 1));
const fail = (message: string): never => {
  throw new Error(message);
};

describe("values that may be promises", () => {
  it("do not make the package a promise to whoever imports it", async () => {
    expect("then" in sql).toBe(false);
    expect(await import("../src/index.ts")).toBeDefined();
  });

  it("chain at once, or later", async () => {
    expect(chain(1, (n) => n + 1)).toBe(2);
    expect(await chain(later(1), (n) => n + 1)).toBe(2);
    expect(await chain(1, (n) => later(n + 1))).toBe(2);
  });

  it("rescue what throws and what rejects", async () => {
    expect(
      rescue(
        () => fail("a"),
        () => 5,
      ),
    ).toBe(5);
    expect(
      await rescue(
        () => later(1).then(() => fail("a")),
        () => 6,
      ),
    ).toBe(6);
    expect(() =>
      rescue(
        () => fail("a"),
        () => fail("b"),
      ),
    ).toThrow("b");
  });

  it("do what comes last in every case", async () => {
    let count = 0;
    const add = () => {
      count++;
    };
    expect(lastly(() => 1, add)).toBe(1);
    expect(() => lastly(() => fail("a"), add)).toThrow("a");
    await lastly(() => later(1), add);
    await expect(lastly(() => later(1).then(() => fail("a")), add)).rejects.toThrow("a");
    expect(count).toBe(4);
  });

  it("go in turn, at once as far as they can", async () => {
    expect(inTurn([1, 2], (n) => n * 2)).toEqual([2, 4]);
    const seen: string[] = [];
    const results = inTurn([1, 2, 3], (n, i) => {
      seen.push(`begin ${n}`);
      return i === 0 ? n : later(n).then(() => seen.push(`end ${n}`) && n);
    });
    expect(results).toBeInstanceOf(Promise);
    expect(await results).toEqual([1, 2, 3]);
    expect(seen).toEqual(["begin 1", "begin 2", "end 2", "begin 3", "end 3"]);
    await expect(Promise.resolve(inTurn([1, 2], (n) => (n === 1 ? later(n) : fail("second"))))).rejects.toThrow(
      "second",
    );
  });
});
