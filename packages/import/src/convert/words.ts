/** Yes and no, declared words, lists and JSON from text. */

import { fold, Invalid } from "@kith/schema";
import { shown } from "./numbers.ts";
import type { TextReader } from "./times.ts";

const yes = new Set(["true", "yes", "y", "t", "1", "sim", "s", "verdadeiro", "v"]);
const no = new Set(["false", "no", "n", "f", "0", "nao", "falso"]);

/** Reads yes and no, in English and Portuguese, whatever the case. */
export function readBoolean(text: string): boolean | Invalid {
  const word = fold(text);
  if (yes.has(word)) return true;
  if (no.has(word)) return false;
  return new Invalid("BAD_BOOLEAN", `must be true or false (also yes or no, sim or não, 1 or 0), not ${shown(text)}`, {
    text,
  });
}

/** What people call values. */
export type Words = readonly (readonly [word: string, value: string])[];

/**
 * Reads one of declared values: exactly, or else without regard to case and accents when one alone is meant, or by a word that people have for one. What
 * is none of them stays as it is.
 */
export function oneOf(values: readonly unknown[], words: Words = []): TextReader {
  const exact = new Set(values);
  const folded = oneMeant(values.flatMap((value) => (typeof value === "string" ? [[value, value] as const] : [])));
  const called = oneMeant(words);
  return (text) => {
    if (exact.has(text)) return text;
    const key = fold(text);
    return (folded.has(key) ? folded.get(key) : called.get(key)) ?? text;
  };
}

/** Values by folded words; undefined where a word stands for several. */
function oneMeant(words: Words): ReadonlyMap<string, string | undefined> {
  const meant = new Map<string, string | undefined>();
  for (const [word, value] of words) {
    const key = fold(word);
    meant.set(key, meant.has(key) && meant.get(key) !== value ? undefined : value);
  }
  return meant;
}

/** Reads lists: JSON, or elements with separators between them. */
export function listOf(separator: string | undefined, element: TextReader): TextReader {
  const between = separator ?? /[;|]/;
  return (text) => {
    if (text.startsWith("[")) {
      const list = readJson(text);
      if (Array.isArray(list)) return list;
    }
    return text
      .split(between)
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map(element);
  };
}

/** Reads JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new Invalid("JSON", `must be JSON, not ${shown(text)}`);
  }
}
