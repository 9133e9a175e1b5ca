import { didYouMean, labelFromName, localize, nearest, printable, snakeCase } from "@kith/schema";
import fc from "fast-check";
import { expect, test } from "vitest";

test("nearest finds what was meant, and nothing far away", () => {
  const names = ["stage", "amount", "closedOn", "account"];
  expect(
    ["stagee", "amuont", "closedon", "acount", "zzz", "", "x".repeat(1_000)].map((name) => nearest(name, names)),
  ).toEqual(["stage", "amount", "closedOn", "account", undefined, undefined, undefined]);
  expect(didYouMean("stgae", names)).toBe(" Did you mean 'stage'?");
});

test("snakeCase is one to one on names", () => {
  const name = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,12}$/);
  fc.assert(fc.property(name, name, (a, b) => (snakeCase(a) === snakeCase(b)) === (a === b)));
});

test("printable makes any text safe to show", () => {
  expect(printable("a\u0000b\u202ec")).toBe("a\\u{0}b\\u{202e}c");
  expect(printable("x".repeat(100)).length).toBe(61);
});

test("labels fall back to the language, then to English", () => {
  const label = { en: "Account", pt: "Conta" };
  expect(["en", "pt-BR", "pt", "de"].map((locale) => localize(label, locale))).toEqual([
    "Account",
    "Conta",
    "Conta",
    "Account",
  ]);
  expect(labelFromName("closedOn")).toBe("Closed on");
});
