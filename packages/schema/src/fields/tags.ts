/** Free words. */

import type { Field, FixedOf, PresenceOf, ValueOptions } from "../field.ts";
import type { FieldType } from "../field-type.ts";
import type { ListFilter } from "../infer/filter.ts";
import { Invalid, wrongType } from "../issue.ts";
import { elements } from "../operator.ts";
import type { Searchable } from "../search.ts";
import { checkCount, limitCount } from "./choice.ts";
import { readText } from "./text.ts";

/** Options of {@link tags}. */
export interface TagsOptions extends ValueOptions<readonly string[]> {
  /** The fewest tags; 0 unless given. */
  readonly min?: number;
  /** The most tags; 100 unless given, 1,000 at most. */
  readonly max?: number;
  /** Search looks into this field, and its text index is kept up to date with every write. True, or how much a find counts. Not searched unless given. */
  readonly searchable?: Searchable;
}

const longestTag = 100;
const defaultMax = 100;

function readTag(value: unknown): string | Invalid {
  const text = readText(value);
  if (typeof text !== "string") return text;
  const tag = text.trim();
  if (tag === "") return new Invalid("TOO_SHORT", "must not be an empty tag");
  return tag.length > longestTag ? new Invalid("TOO_LONG", `has a tag of more than ${longestTag} characters`) : tag;
}

/** The field type behind `field.tags`. */
export const tagsType: FieldType<readonly string[]> = {
  kind: "tags",
  options: { min: { type: "integer", minimum: 0 }, max: { type: "integer", minimum: 1, maximum: 1_000 } },
  common: ["label", "help", "required", "default", "immutable", "was"],
  check: checkCount,
  columns: () => [{ suffix: "", type: "json" }],
  read(value) {
    if (!Array.isArray(value)) return wrongType("a list of words", value);
    const tags = new Set<string>();
    for (let i = 0; i < value.length; i++) {
      const tag = readTag(value[i]);
      if (tag instanceof Invalid) return new Invalid(tag.code, tag.message, tag.params, [i]);
      tags.add(tag);
    }
    return [...tags];
  },
  limit: (list, field) => limitCount(list, field["max"] === undefined ? { ...field, max: defaultMax } : field),
  jsonSchema: () => ({ type: "array", items: { type: "string", format: "text" } }),
  formats: { text: (text) => typeof readText(text) === "string" },
  operators: () => elements(readTag, () => tagsType),
  measure: "plain",
  search: { text: (list) => list.join("\n") },
  widget: "tags",
};

/**
 * A list of free words, each trimmed and kept once, in the order given. `contains` finds a record by one tag, exactly.
 *
 * @example field.tags()
 */
export function tags<const O extends TagsOptions = {}>(
  options?: O,
): Field<readonly string[], PresenceOf<O>, readonly string[] | null | ListFilter<string>, "plain", FixedOf<O>> {
  return { ...options, kind: "tags" } as never;
}
