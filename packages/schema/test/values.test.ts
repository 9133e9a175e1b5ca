import {
  canonicalJson,
  canonicalText,
  compareUnits,
  copyJson,
  divideUnits,
  fromUnits,
  isDate,
  toInstant,
  toTime,
  toUnits,
} from "@kith/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("decimals", () => {
  test.each([
    ["12.5", 2, "1250"],
    ["-0.00", 2, "0"],
    ["+7", 0, "7"],
    ["0.1", 1, "1"],
    ["12.500", 2, "1250"],
    ["92233720368547758.07", 2, "9223372036854775807"],
    ["-92233720368547758.07", 2, "-9223372036854775807"],
  ])("%s at scale %i is %s", (text, scale, units) => expect(toUnits(text, scale)).toEqual({ units }));
  test.each([
    ["12.345", 2, "scale"],
    ["92233720368547758.08", 2, "range"],
    ["1e5", 2, "form"],
    ["", 2, "form"],
    [".5", 2, "form"],
    ["5.", 2, "form"],
    ["1,5", 2, "form"],
    ["٣", 0, "form"],
    [" 1", 0, "form"],
  ])("%j at scale %i is refused for its %s", (text, scale, problem) =>
    expect(toUnits(text, scale)).toEqual({ problem }),
  );
  const int64 = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });
  test("what goes out comes back", () =>
    fc.assert(
      fc.property(int64, fc.integer({ min: 0, max: 12 }), (units, scale) => {
        expect(toUnits(fromUnits(String(units), scale), scale)).toEqual({ units: String(units) });
      }),
    ));
  test("order as numbers do", () =>
    fc.assert(
      fc.property(int64, int64, (a, b) => compareUnits(String(a), String(b)) === (a < b ? -1 : a > b ? 1 : 0)),
    ));
  test("averages round half away from zero", () => {
    expect(
      [
        [5n, 2n],
        [-5n, 2n],
        [7n, 3n],
        [0n, 9n],
        [-1n, 3n],
        [1n, 2n],
      ].map(([sum, count]) => divideUnits(sum as bigint, count as bigint)),
    ).toEqual(["3", "-3", "2", "0", "0", "1"]);
  });
});

describe("dates and times", () => {
  test("isDate knows the calendar", () => {
    expect(["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"].every(isDate)).toBe(true);
    expect(
      [
        "2023-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-04-31",
        "0000-01-01",
        "2026-1-1",
        "2026-01-01T",
        "26-01-01",
      ].some(isDate),
    ).toBe(false);
  });
  test("isDate agrees with Date on every day of four centuries", () => {
    for (let day = Date.UTC(1900, 0, 1); day < Date.UTC(2300, 0, 1); day += 86_400_000)
      expect(isDate(new Date(day).toISOString().slice(0, 10))).toBe(true);
  });
  test.each([
    ["2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000Z"],
    ["2026-01-31 09:30:00.5+00:00", "2026-01-31T09:30:00.500Z"],
    ["2026-01-31T23:30:00-03:00", "2026-02-01T02:30:00.000Z"],
    ["2026-01-01T00:00:00.123000+05:45", "2025-12-31T18:15:00.123Z"],
    ["2026-01-31T09:30:00", undefined],
    ["2026-01-31", undefined],
    ["2026-02-30T00:00:00Z", undefined],
    ["2026-01-31T24:00:00Z", undefined],
    ["2026-01-31T09:30:60Z", undefined],
    ["2026-01-31T09:30:00.1234Z", undefined],
    ["9999-12-31T23:59:59-01:00", undefined],
    ["0001-01-01T00:00:00+01:00", undefined],
  ])("toInstant(%j) is %j", (text, instant) => expect(toInstant(text)).toBe(instant));
  test("toInstant agrees with Date", () =>
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-02"), max: new Date("9999-12-30"), noInvalidDate: true }),
        (date) => toInstant(date.toISOString()) === date.toISOString(),
      ),
    ));
  test("toTime", () =>
    expect(["09:30", "23:59:59", "24:00", "9:30", "09:60"].map(toTime)).toEqual([
      "09:30:00",
      "23:59:59",
      undefined,
      undefined,
      undefined,
    ]));
});

describe("JSON", () => {
  test("canonical form does not depend on the order of keys", () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const reversed = JSON.parse(JSON.stringify(value), (_, item: unknown) =>
          item !== null && typeof item === "object" && !Array.isArray(item)
            ? Object.fromEntries(Object.entries(item).reverse())
            : item,
        ) as unknown;
        if (JSON.stringify(value).includes("__proto__")) return;
        expect(canonicalText(reversed)).toBe(canonicalText(value));
      }),
    ));
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  let deep: unknown = 1;
  for (let i = 0; i < 100; i++) deep = [deep];
  test.each([
    ["a cycle", cyclic],
    ["depth", deep],
    ["NaN", { a: [Number.NaN] }],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["a function", { a: () => 1 }],
    ["a bigint", 1n],
    ["a symbol", Symbol("x")],
    ["a Date", new Date(0)],
    ["a Map", new Map()],
    ["NUL", { a: "\0" }],
    ["half a character", "\ud800"],
    ["undefined in a list", [undefined]],
    ["a key __proto__", JSON.parse('{"a": {"__proto__": 1}}')],
  ])("%s is refused", (_, value) => expect(canonicalJson(value)).toHaveProperty("problem"));
  test("-0 becomes 0, undefined keys go", () =>
    expect(canonicalJson({ b: undefined, a: -0 })).toEqual({ value: { a: 0 } }));
});

test("a copy of JSON is equal, and shares nothing", () => {
  const value = JSON.parse('{"a":[1,{"b":null}],"c":{"d":"x"},"__proto__":{"e":true}}');
  const copy = copyJson(value);
  expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
  copy.a[1].b = 2;
  copy.c.d = "y";
  expect([value.a[1].b, value.c.d, Object.getPrototypeOf(copy)]).toEqual([null, "x", Object.prototype]);
  expect([copyJson(null), copyJson("x"), copyJson([])]).toEqual([null, "x", []]);
});
