/** Search by plain looking: the words of each record, made when first needed. */

import { type EntityModel, recordTokens, type SearchModel, searchSteps } from "@kith/core";
import type { SearchWeight, SearchWord } from "@kith/schema";
import type { Rec } from "./copy.ts";

/** Records are never changed in place, so that their words stay. */
const known = new WeakMap<SearchModel, WeakMap<Rec, readonly string[][]>>();

function tokensOf(search: SearchModel, row: Rec): readonly string[][] {
  let own = known.get(search);
  if (!own) known.set(search, (own = new WeakMap()));
  let tokens = own.get(row);
  if (!tokens) own.set(row, (tokens = recordTokens(search, row)));
  return tokens;
}

/** Whether search finds a record: each word, in any field. */
export function finds({ search }: EntityModel, row: Rec, words: readonly SearchWord[]): boolean {
  if (!search) return false;
  const lists = tokensOf(search, row);
  return words.every((word) => lists.some((list) => has(list, word.text, word.whole)));
}

/** The points of a record that search finds: for each word, those of the steps that it meets. */
export function pointsOf({ search }: EntityModel, row: Rec, words: readonly SearchWord[]): number {
  if (!search) return 0;
  const lists = tokensOf(search, row);
  const meets = (weights: readonly SearchWeight[], text: string, whole: boolean) =>
    weights.some((weight) => has(lists[search.weights.indexOf(weight)] as string[], text, whole));
  let sum = 0;
  for (const word of words) {
    for (const { begins, whole, points } of searchSteps(search.weights, word)) {
      if (meets(begins, word.text, false) || meets(whole, word.text, true)) sum += points;
    }
  }
  return sum;
}

function has(list: readonly string[], text: string, whole: boolean): boolean {
  return whole ? list.includes(text) : list.some((token) => token.startsWith(text));
}
