import { codePointLength, compareCodePoints, fold, isStorable } from "@kith/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const anyText = fc.string({ unit: "binary", maxLength: 40 });

describe("fold", () => {
  test.each([
    ["João", "joao"],
    ["STRASSE", "strasse"],
    ["straße", "strasse"],
    ["ΟΔΟΣ", "οδοσ"],
    ["οδος", "οδοσ"],
    ["İstanbul", "istanbul"],
    ["Åse", "ase"],
    ["K", "k"],
    ["ﬁne", "fine"],
    ["Ñandú", "nandu"],
    ["가나다", "가나다"],
    ["が", "が"],
    ["कि", "कि"],
    ["", ""],
  ])("%j becomes %j", (text, folded) => expect(fold(text)).toBe(folded));
  test("is the same when done twice", () =>
    fc.assert(
      fc.property(anyText, (text) => fold(fold(text)) === fold(text)),
      { numRuns: 5_000 },
    ));
  test("does not see composed and decomposed forms as different", () =>
    fc.assert(
      fc.property(anyText, (text) => fold(text.normalize("NFD")) === fold(text.normalize("NFC"))),
      { numRuns: 5_000 },
    ));
  test("does not see upper and lower case as different, in ASCII", () =>
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme-ascii" }),
        (text) => fold(text.toUpperCase()) === fold(text.toLowerCase()),
      ),
    ));
});

describe("compareCodePoints", () => {
  const asBytes = (a: string, b: string) => Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  test("orders as the bytes of UTF-8 do", () =>
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        (a, b) => Math.sign(compareCodePoints(a, b)) === asBytes(a, b),
      ),
      { numRuns: 5_000 },
    ));
  test("puts what lies beyond the first plane last", () =>
    expect(["😀", "\uffff", "z"].sort(compareCodePoints)).toEqual(["z", "\uffff", "😀"]));
});

test("codePointLength counts what people would", () => {
  expect(["", "abc", "😀", "a😀b"].map(codePointLength)).toEqual([0, 3, 1, 3]);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => codePointLength(text) === [...text].length));
});

test("isStorable refuses NUL and lone surrogates", () => {
  expect(["a", "😀", "\0", "\ud800", "a\udc00"].map(isStorable)).toEqual([true, true, false, false, false]);
});
