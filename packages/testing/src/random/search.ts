/** Random searches: words of the data, cut short, spelt otherwise or quoted, and now and then a word that is nowhere. */

import type { EntityModel } from "@kith/core";
import { maxSearchWords, searchTokens } from "@kith/schema";
import { edgeTexts } from "./edges.ts";
import type { QuerySource } from "./where.ts";

/** What to look for among the records of an entity; undefined when it has nothing that is searched. */
export function randomSearch({ random, values, coverage }: QuerySource, { search }: EntityModel): string | undefined {
  if (!search) return undefined;
  const words: string[] = [];
  for (let i = random.weighted({ "1": 6, "2": 3, "3": 1 }) === "1" ? 1 : random.int(2, 3); i > 0; i--) {
    const { field } = random.pick(search.fields);
    const stored = values(field);
    const { search: type } = field.type;
    const tokens =
      stored.length > 0 && type && random.chance(0.9) ? searchTokens(type.text(random.pick(stored), field.def)) : [];
    if (tokens.length > 0) coverage.met(field, "search");
    words.push(tokens.length > 0 ? random.pick(tokens) : random.chance(0.5) ? "a" : random.pick(edgeTexts));
  }
  const spelt = words.map((word) => {
    const characters = Array.from(word);
    const cut = random.chance(0.5) ? characters.slice(0, random.int(1, characters.length)).join("") : word;
    const other = random.pick([cut, cut, cut, cut.toUpperCase(), cut.normalize("NFD"), `${cut}\u0301`, `${cut}*`]);
    return random.chance(0.2) ? `"${other}"` : other;
  });
  const text = spelt.join(random.pick([" ", " ", ", ", " OR "]));
  // A search must hold a word, and not too many; a stretch of a script without spaces holds many.
  const count = searchTokens(text).length;
  return count > 0 && count <= maxSearchWords ? text : "a";
}
