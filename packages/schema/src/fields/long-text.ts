/** Long text: up to a megabyte of characters; it is compared for equality only, matching in it is search's work. */

import type { Field, FixedOf, PresenceOf, ValueOptions } from "../field.ts";
import type { FieldType } from "../field-type.ts";
import type { NullFilter } from "../infer/filter.ts";
import type { Searchable } from "../search.ts";
import { isStorable } from "../text.ts";
import { checkText, fewest, limitText, readText } from "./text.ts";

/** Options of {@link longText}. */
export interface LongTextOptions extends ValueOptions<string> {
  /** The fewest characters (code points). Unless given: 1 when required, else 0. */
  readonly min?: number;
  /** The most characters (code points); 1,000,000 unless given, which is also the most. */
  readonly max?: number;
  /** Search looks into this field, and its text index is kept up to date with every write. True, or how much a find counts. Not searched unless given. */
  readonly searchable?: Searchable;
}

const longest = 1_000_000;

/** The field type behind `field.longText`. */
export const longTextType: FieldType<string> = {
  kind: "longText",
  options: {
    min: { type: "integer", minimum: 0, maximum: longest },
    max: { type: "integer", minimum: 1, maximum: longest },
  },
  common: ["label", "help", "required", "default", "immutable", "was"],
  check: checkText,
  columns: () => [{ suffix: "", type: "text" }],
  read: readText,
  limit: (text, field) => limitText(text, field, longest),
  jsonSchema: (field) => ({
    type: "string",
    ...(fewest(field) > 0 ? { minLength: fewest(field) } : {}),
    maxLength: field["max"] ?? longest,
    format: "text",
  }),
  formats: { text: isStorable },
  schemaDecides: () => true,
  operators: () => ({}),
  measure: "plain",
  search: { text: (text) => text, weight: "D" },
  widget: "longText",
};

/**
 * Long text: notes, descriptions. Filters know only whether it is there.
 *
 * @example field.longText({ label: { en: 'Notes', 'pt-BR': 'Observações' } })
 */
export function longText<const O extends LongTextOptions = {}>(
  options?: O,
): Field<string, PresenceOf<O>, null | NullFilter, "plain", FixedOf<O>> {
  return { ...options, kind: "longText" } as never;
}
