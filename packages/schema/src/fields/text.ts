/** Short text: folded for matching, sorting and unique. Its relatives (email, url, phone) are built from it. */

import type { Field, FixedOf, PresenceOf, ValueOptions } from "../field.ts";
import type { ColumnValue, FieldDef, FieldType } from "../field-type.ts";
import type { TextFilter } from "../infer/filter.ts";
import { Invalid, wrongType } from "../issue.ts";
import { equality, matching, ordering } from "../operator.ts";
import type { Searchable } from "../search.ts";
import { codePointLength, compareCodePoints, fold, isStorable } from "../text.ts";

/** A field of text. */
export type TextField<O> = Field<string, PresenceOf<O>, string | null | TextFilter, "ordered", FixedOf<O>>;

/** Options of {@link text}. */
export interface TextOptions extends ValueOptions<string> {
  /** The fewest characters (code points). Unless given: 1 when required, else 0. */
  readonly min?: number;
  /** The most characters (code points); 255 unless given, 4,000 at most: longer text is `longText`. */
  readonly max?: number;
  /** A regular expression (`u` flag) that the text must match somewhere; anchor it yourself. */
  readonly pattern?: string;
  /** False: matching, sorting and unique look at the exact text. True unless given. */
  readonly fold?: boolean;
  /** Search looks into this field, and its text index is kept up to date with every write. True, or how much a find counts. Not searched unless given. */
  readonly searchable?: Searchable;
}

/** The most that `max` can be. */
const longestShortText = 4_000;
const defaultMax = 255;

/** What a text-like kind changes of plain text. */
interface TextKind {
  readonly kind: string;
  readonly options: FieldType["options"];
  readonly max: number;
  readonly widget: string;
  /** Checks the form; gives the normal form or what is wrong. */
  readonly form?: (text: string) => string | Invalid;
  /** What becomes of text that is matched (`contains` and its like), before folding. */
  readonly match?: (text: string) => string;
  /** The text that search looks into. Left out: the text itself. */
  readonly search?: (text: string) => string;
  /** The format's name in JSON Schema and its check, when it has one. */
  readonly format?: string;
  readonly formats?: FieldType["formats"];
  readonly schemaDecides: boolean;
}

/** Builds a kind of short text. */
export function textKind(kind: TextKind): FieldType<string> {
  const folds = (field: FieldDef) => field["fold"] !== false;
  const shown = (field: FieldDef) => (folds(field) ? fold : (text: string) => text);
  const matched = (field: FieldDef) => {
    const show = shown(field);
    const { match } = kind;
    return match ? (text: string) => show(match(text)) : show;
  };
  const type: FieldType<string> = {
    kind: kind.kind,
    options: { ...kind.options, fold: { type: "boolean" } },
    check: checkText,
    columns: (field) =>
      folds(field)
        ? [
            { suffix: "", type: "text" },
            { suffix: "_fold", type: "text", shadow: true },
          ]
        : [{ suffix: "", type: "text" }],
    read(value) {
      const text = readText(value);
      return typeof text === "string" && kind.form ? kind.form(text) : text;
    },
    limit: (text, field) => limitText(text, field, kind.max),
    jsonSchema: (field) => ({
      type: "string",
      ...(fewest(field) > 0 ? { minLength: fewest(field) } : {}),
      maxLength: field["max"] ?? kind.max,
      ...(field["pattern"] === undefined ? {} : { pattern: field["pattern"] }),
      format: kind.format ?? "text",
    }),
    formats: kind.formats ?? { text: isStorable },
    schemaDecides: () => kind.schemaDecides,
    encode: (text, field): readonly ColumnValue[] => (folds(field) ? [text, fold(text)] : [text]),
    operators: (field) => ({
      ...equality(() => type),
      ...ordering(() => type),
      ...matching(folds(field) ? 1 : 0, matched(field)),
    }),
    compare: (a, b, field) => {
      const show = shown(field);
      return compareCodePoints(show(a), show(b)) || compareCodePoints(a, b);
    },
    order: (field) => (folds(field) ? [{ column: 1 }, { column: 0 }] : [{ column: 0 }]),
    uniqueBy: (field) => [folds(field) ? 1 : 0],
    measure: "ordered",
    search: { text: kind.search ?? ((text) => text) },
    widget: kind.widget,
  };
  return type;
}

/** Text that databases keep unchanged, or what is wrong with it. */
export function readText(value: unknown): string | Invalid {
  if (typeof value !== "string") return wrongType("text", value);
  if (!isStorable(value))
    return new Invalid("BAD_TEXT", "holds NUL or half of a character (a lone surrogate); remove it");
  return value;
}

/** The fewest characters that a field takes: a required text is not empty unless it says `min: 0`. */
export function fewest(field: FieldDef): number {
  return (field["min"] as number | undefined) ?? (field["required"] === true ? 1 : 0);
}

/** The declared limits of text. */
export function limitText(text: string, field: FieldDef, kindMax: number): Invalid | undefined {
  const max = (field["max"] as number | undefined) ?? kindMax;
  const min = fewest(field);
  if (text.length > max || text.length < min * 2) {
    const length = codePointLength(text);
    if (length > max)
      return new Invalid("TOO_LONG", `has ${length} characters; at most ${max} are kept`, { max, length });
    if (length < min)
      return new Invalid("TOO_SHORT", `has ${length} characters; at least ${min} are needed`, { min, length });
  }
  const pattern = field["pattern"] as string | undefined;
  if (pattern !== undefined && !compiled(pattern).test(text)) {
    return new Invalid("PATTERN", `does not match the pattern ${pattern}`, { pattern });
  }
  return undefined;
}

const patterns = new Map<string, RegExp>();
function compiled(pattern: string): RegExp {
  let regexp = patterns.get(pattern);
  if (!regexp) patterns.set(pattern, (regexp = new RegExp(pattern, "u")));
  return regexp;
}

/** Options that text-like kinds check alike: `min ≤ max`, a pattern that compiles. */
export function checkText(field: FieldDef, report: (option: string, message: string) => void): void {
  const { min, max, pattern } = field as { min?: number; max?: number; pattern?: string };
  if (typeof min === "number" && typeof max === "number" && min > max) report("min", `is ${min}, above max (${max})`);
  if (typeof pattern === "string") {
    try {
      compiled(pattern);
    } catch (error) {
      report("pattern", `is not a regular expression: ${(error as Error).message}`);
    }
  }
}

/** The field type behind `field.text`. */
export const textType: FieldType<string> = textKind({
  kind: "text",
  options: {
    min: { type: "integer", minimum: 0, maximum: longestShortText },
    max: { type: "integer", minimum: 1, maximum: longestShortText },
    pattern: { type: "string" },
  },
  max: defaultMax,
  widget: "text",
  schemaDecides: true,
});

/**
 * Short text, 255 characters unless `max` says otherwise. Matching, sorting and unique ignore accents and case unless `fold` is false.
 *
 * @example field.text({ required: true, max: 160 })
 */
export function text<const O extends TextOptions = {}>(options?: O): TextField<O> {
  return { ...options, kind: "text" } as unknown as TextField<O>;
}
