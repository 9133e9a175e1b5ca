/** Search by plain looking: the words of each record, made when first needed. */

import { type EntityModel, recordTokens, type SearchModel, searchFinds } from "@kith/core";
import type { SearchWord } from "@kith/schema";
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

/** The points of a record that search finds: for each word, those of its best find. */
export function pointsOf({ search }: EntityModel, row: Rec, words: readonly SearchWord[]): number {
  if (!search) return 0;
  const lists = tokensOf(search, row);
  const finds = searchFinds(search.weights);
  let sum = 0;
  for (const word of words) {
    const best = finds.find(
      ({ weight, whole }) =>
        !(word.whole && !whole) && has(lists[search.weights.indexOf(weight)] as string[], word.text, whole),
    );
    sum += best?.points ?? 0;
  }
  return sum;
}

function has(list: readonly string[], text: string, whole: boolean): boolean {
  return whole ? list.includes(text) : list.some((token) => token.startsWith(text));
}
