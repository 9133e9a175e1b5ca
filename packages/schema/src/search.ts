/**
 * Words as search sees them. Made here alone, from stored text and from what is looked for alike, so that every storage finds the same records.
 */

import { Invalid } from "./issue.ts";
import { fold, isStorable } from "./text.ts";

/** How much a find in a field counts: `A` most, `D` least, each twice the next. */
export type SearchWeight = "A" | "B" | "C" | "D";

/** The weights, heaviest first. */
export const searchWeights: readonly SearchWeight[] = ["A", "B", "C", "D"];

/** The option `searchable` of fields: true, or how much a find in the field counts. */
export type Searchable = boolean | { readonly weight: SearchWeight };

/** One word of what is looked for. */
export interface SearchWord {
  readonly text: string;
  /** It must be a whole word of the record; otherwise a word may just begin with it. */
  readonly whole: boolean;
}

/** The most characters that a search takes. */
export const maxSearchLength = 1_000;
/** The most words that a search takes. */
export const maxSearchWords = 16;

/** Longer words are cut, here and there alike: databases limit what they index. */
const longestWord = 64;

const ascii = /^\p{ASCII}*$/u;
// Joiners, soft hyphens and selectors of variants stand inside words and are not seen.
const unseen = /\p{Default_Ignorable_Code_Point}/gu;
const words = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;
const asciiWords = /[a-z0-9]+/g;
// Scripts that write words without spaces between them.
const dense =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]+/gu;
const anyDense = new RegExp(dense.source, "u");
const quotes = /["“”„‟«»＂]/;

/**
 * The words of a text, each once, in the order in which they first come. Accents, case and the width of letters are removed; letters, marks and digits make
 * words, everything else parts them. Of scripts that write without spaces (Chinese, Japanese, Thai …) each pair of neighbours is a word, and the last
 * character by itself, so that any stretch of such a text can be found.
 *
 * @param budget how much is indexed: each word takes its length (three times that outside ASCII) and eight; what comes after is left out
 * @example searchTokens('João da Silva <j.silva@example.com>') // ['joao', 'da', 'silva', 'j', 'example', 'com']
 */
export function searchTokens(text: string, budget: number = Number.POSITIVE_INFINITY): string[] {
  if (ascii.test(text)) return asciiTokens(text, budget);
  const found = new Set<string>();
  let left = budget;
  const add = (word: string): boolean => {
    if (found.has(word)) return true;
    left -= (ascii.test(word) ? word.length : word.length * 3) + 8;
    if (left < 0) return false;
    found.add(word);
    return true;
  };
  for (const run of runsOf(text)) {
    if (typeof run === "string") {
      if (!add(run)) break;
    } else if (!pairsOf(run, true).every(add)) break;
  }
  return [...found];
}

/** Most text there is: what it needs no look at is left out. */
function asciiTokens(text: string, budget: number): string[] {
  const all = text.toLowerCase().match(asciiWords);
  if (all === null) return [];
  const found = new Set<string>();
  let left = budget;
  for (let i = 0; i < all.length; i++) {
    const word = cut(all[i] as string);
    if (found.has(word)) continue;
    left -= word.length + 8;
    if (left < 0) break;
    found.add(word);
  }
  return [...found];
}

/**
 * Reads what is looked for: each word must be found, as the beginning of a word of the record; words in double quotes must be whole words of it. Nothing
 * else has a meaning of its own.
 *
 * @example readSearch('joao "silva"') // [{ text: 'joao', whole: false }, { text: 'silva', whole: true }]
 */
export function readSearch(value: unknown): readonly SearchWord[] | Invalid {
  if (typeof value !== "string") return new Invalid("WRONG_TYPE", "must be text, the words to look for");
  if (value.length > maxSearchLength)
    return new Invalid("TOO_LONG", `has ${value.length} characters; at most ${maxSearchLength} are searched for`);
  if (!isStorable(value)) return new Invalid("BAD_TEXT", "holds NUL or half of a character (a lone surrogate)");
  const found = new Map<string, boolean>();
  for (const [i, part] of value.split(quotes).entries()) {
    for (const run of runsOf(part)) {
      if (typeof run === "string") found.set(run, found.get(run) === true || i % 2 === 1);
      else if (run.length === 1) found.set(run[0] as string, false);
      else for (const pair of pairsOf(run, false)) found.set(pair, true);
    }
  }
  if (found.size === 0)
    return new Invalid("TOO_SHORT", "holds no word to look for; give letters or digits, or leave it out");
  if (found.size > maxSearchWords)
    return new Invalid("TOO_LONG", `has ${found.size} words; at most ${maxSearchWords} are searched for`);
  return [...found].map(([text, whole]) => ({ text, whole }));
}

/** The words of a text in order; a stretch of a script without spaces as the list of its characters. */
function* runsOf(text: string): Generator<string | string[]> {
  if (ascii.test(text)) {
    for (const [word] of text.toLowerCase().matchAll(asciiWords)) yield cut(word);
    return;
  }
  for (const [word] of fold(text.normalize("NFKC").replace(unseen, "")).matchAll(words)) {
    if (!anyDense.test(word)) {
      yield cut(word);
      continue;
    }
    let end = 0;
    for (const { 0: stretch, index } of word.matchAll(dense)) {
      yield* wordsOf(word.slice(end, index));
      yield Array.from(stretch);
      end = index + stretch.length;
    }
    yield* wordsOf(word.slice(end));
  }
}

/** What stands between two stretches: a mark alone is no word. */
function* wordsOf(text: string): Generator<string> {
  for (const [word] of text.matchAll(words)) yield cut(word);
}

function cut(word: string): string {
  if (word.length <= longestWord) return word;
  return Array.from(word).slice(0, longestWord).join("");
}

/** Each character with the next one; the last one alone where `last` says so. */
function pairsOf(characters: readonly string[], last: boolean): string[] {
  const pairs: string[] = [];
  for (let i = 0; i + 1 < characters.length; i++) pairs.push(`${characters[i]}${characters[i + 1]}`);
  if (last) pairs.push(characters[characters.length - 1] as string);
  return pairs;
}
