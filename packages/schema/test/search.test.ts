import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Invalid, readSearch, type SearchWord, searchTokens } from "../src/index.ts";

/** What every storage does with words: all must be found, whole or as a beginning. */
function finds(text: string, search: string): boolean {
  const tokens = searchTokens(text);
  const words = readSearch(search);
  if (words instanceof Invalid) throw new Error(words.message);
  return words.every(({ text: word, whole }) =>
    tokens.some((token) => (whole ? token === word : token.startsWith(word))),
  );
}

describe("the words of a text", () => {
  test.each([
    ["João da Silva <j.silva@example.com>", ["joao", "da", "silva", "j", "example", "com"]],
    ["Straße ﬁn ＡＢＣ R2D2", ["strasse", "fin", "abc", "r2d2"]],
    ["O'Neil, INV-2026/0001", ["o", "neil", "inv", "2026", "0001"]],
    ["İstanbul ISTANBUL ΌΣΟΣ", ["istanbul", "οσοσ"]],
    ["हिन्दी", ["हिन्दी"]],
    ["co\u00adop\u200derate", ["cooperate"]],
    ["❤️ 1️⃣ 😀 ©", ["1"]],
    ["東京都 iPhone版です", ["東京", "京都", "都", "iphone", "版で", "です", "す"]],
    ["", []],
    [" \n-_!?", []],
  ])("of %j", (text, tokens) => {
    expect(searchTokens(text)).toEqual(tokens);
  });

  test("are cut, and bounded in all", () => {
    expect(searchTokens("x".repeat(500))).toEqual(["x".repeat(64)]);
    expect(searchTokens("aa bb cc dd", 30)).toEqual(["aa", "bb", "cc"]);
    expect(searchTokens("éé aa", 13)).toEqual(["ee"]);
    expect(searchTokens("жж aa", 14)).toEqual(["жж"]);
  });

  test("hold letters, marks and digits alone, each once, in their final form", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const tokens = searchTokens(text);
        expect(new Set(tokens).size).toBe(tokens.length);
        for (const token of tokens) {
          expect(token).toMatch(/^[\p{L}\p{M}\p{N}]+$/u);
          expect(Array.from(token).length).toBeLessThanOrEqual(64);
        }
        expect(searchTokens(tokens.join(" ")).every((token) => tokens.some((one) => one.startsWith(token)))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("what is looked for", () => {
  test.each<[string, readonly (readonly [string, boolean])[]]>([
    [
      'joao "Silva x" “all”',
      [
        ["joao", false],
        ["silva", true],
        ["x", true],
        ["all", true],
      ],
    ],
    ['"open', [["open", true]]],
    ['joao "joao"', [["joao", true]]],
    [
      "a AND b* {c}:d",
      [
        ["a", false],
        ["and", false],
        ["b", false],
        ["c", false],
        ["d", false],
      ],
    ],
    [
      '東 東京都 "京"',
      [
        ["東", false],
        ["東京", true],
        ["京都", true],
        ["京", false],
      ],
    ],
  ])("in %j", (text, words) => {
    expect((readSearch(text) as SearchWord[]).map((word) => [word.text, word.whole])).toEqual(words);
  });

  test.each([
    "",
    " ",
    "!!",
    '""',
    "😀",
    "a\0",
    "\ud800",
    "x".repeat(1_001),
    5,
    null,
    "a b c d e f g h i j k l m n o p q",
  ])("refuses %j", (text) => {
    expect(readSearch(text)).toBeInstanceOf(Invalid);
  });

  test("finds every text by all of its words, by their beginnings, and whatever its accents and case", () => {
    const texts = fc.array(
      fc.oneof(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
        fc.constantFrom("João", "ÅNGSTRÖM", "東京都", "ß", "สวัสดี"),
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.join(" ");
        fc.pre(!(readSearch(text.replaceAll('"', " ")) instanceof Invalid));
        const search = text.replace(/["“”„‟«»＂]/g, " ");
        expect(finds(text, search)).toBe(true);
        expect(finds(search.normalize("NFD"), search)).toBe(true);
        expect(finds(search, search.normalize("NFD"))).toBe(true);
        for (const token of searchTokens(text)) {
          const beginning = Array.from(token).slice(0, 2).join("");
          if (!(readSearch(beginning) instanceof Invalid)) expect(finds(text, beginning)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(finds("João", "joao")).toBe(true);
    expect(finds("joao", "JOÃO")).toBe(true);
  });
});
