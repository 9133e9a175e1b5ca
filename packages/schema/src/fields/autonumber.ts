/** Numbers that the engine gives out: INV-2026-0001. */

import type { Field, Localized } from "../field.ts";
import type { FieldDef, FieldType } from "../field-type.ts";
import type { TextFilter } from "../infer/filter.ts";
import { equality, matching, ordering } from "../operator.ts";
import type { Searchable } from "../search.ts";
import { compareCodePoints, isStorable } from "../text.ts";
import { readText } from "./text.ts";

/** Options of {@link autonumber}. */
export interface AutonumberOptions {
  /** What people see as the field's name. */
  readonly label?: Localized;
  /** A sentence that helps to understand it. */
  readonly help?: Localized;
  /** Names that the field had before. */
  readonly was?: string | readonly string[];
  /** The first number of each period; 1 unless given. */
  readonly start?: number;
  /** Search looks into this field, and its text index is kept up to date with every write. True, or how much a find counts. Not searched unless given. */
  readonly searchable?: Searchable;
}

const tokens = /\{(yyyy|yy|mm|dd|0+)\}/g;
const patternOf = (field: FieldDef) => String(field["pattern"]);

/** The parts of an instant that patterns can name. */
function dateParts(now: string): Record<string, string> {
  return { yyyy: now.slice(0, 4), yy: now.slice(2, 4), mm: now.slice(5, 7), dd: now.slice(8, 10) };
}

const firstOf = (field: FieldDef) => (field["start"] as number | undefined) ?? 1;
/** What stands in a value for a part of the pattern. */
const places: Readonly<Record<string, string>> = {
  yyyy: "(\\d{4})",
  yy: "(\\d{2})",
  mm: "(0[1-9]|1[0-2])",
  dd: "(0[1-9]|[12]\\d|3[01])",
};
/** Numbers with more digits are nobody's, and not exact. */
const countedDigits = 15;
const plainText = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

function numbered(field: FieldDef, n: number, zeros: string): string {
  return String(firstOf(field) + n - 1).padStart(zeros.length, "0");
}

/** From a value back to the counter and its number. */
function locate(field: FieldDef, value: string): { sequence: string; n: number } | undefined {
  const pattern = patternOf(field);
  const found: string[] = [];
  let source = "";
  let at = 0;
  for (const match of pattern.matchAll(tokens)) {
    const token = match[1] as string;
    const known = found.indexOf(token);
    source += plainText(pattern.slice(at, match.index));
    // A part of the date that stands there twice is the same twice.
    source += known < 0 ? (places[token] ?? `(\\d{1,${countedDigits}})`) : `\\${known + 1}`;
    if (known < 0) found.push(token);
    at = match.index + match[0].length;
  }
  const values = new RegExp(`^${source}${plainText(pattern.slice(at))}$`, "u").exec(value)?.slice(1);
  if (!values) return undefined;
  const parts = new Map(found.map((token, i) => [token, values[i] as string]));
  const number = [...parts].find(([token]) => token.startsWith("0"))?.[1];
  return {
    sequence: pattern.replace(tokens, (whole, token: string) =>
      token.startsWith("0") ? whole : (parts.get(token) ?? whole),
    ),
    n: Number(number) - firstOf(field) + 1,
  };
}

/** The field type behind `field.autonumber`. */
export const autonumberType: FieldType<string> = {
  kind: "autonumber",
  options: { pattern: { type: "string", maxLength: 100 }, start: { type: "integer", minimum: 0 } },
  common: ["label", "help", "was"],
  check(field, report) {
    const pattern = field["pattern"];
    if (typeof pattern !== "string") return report("pattern", "is missing: give one like 'INV-{yyyy}-{0000}'");
    if (!isStorable(pattern)) return report("pattern", "holds NUL or half of a character");
    const counters = [...pattern.matchAll(tokens)].filter((match) => match[1]?.startsWith("0"));
    if (counters.length !== 1) report("pattern", "must hold the number once, as {0000} with as many zeros as digits");
    const rest = pattern.replace(tokens, "");
    if (/[{}]/.test(rest)) report("pattern", `knows {yyyy}, {yy}, {mm}, {dd} and {0000}; '${rest}' has another brace`);
  },
  generate: {
    // The counter begins anew when the part of the pattern that comes from the date changes.
    sequence: (field, now) => {
      const parts = dateParts(now);
      return patternOf(field).replace(tokens, (whole, token: string) => parts[token] ?? whole);
    },
    format: (field, n, now) => {
      const parts = dateParts(now);
      return patternOf(field).replace(tokens, (_, token: string) => parts[token] ?? numbered(field, n, token));
    },
    locate,
    // All that is left in a counter's name is the place of the number.
    render: (field, sequence, n) => sequence.replace(tokens, (_, token: string) => numbered(field, n, token)),
  },
  columns: () => [{ suffix: "", type: "text" }],
  read: readText,
  jsonSchema: () => ({ not: {} }),
  operators: () => ({
    ...equality(() => autonumberType),
    ...ordering(() => autonumberType),
    ...matching(0, (text) => text),
  }),
  compare: compareCodePoints,
  measure: "ordered",
  search: { text: (text) => text },
  widget: "autonumber",
};

/**
 * A unique number that the engine gives on create and nobody can change. `{yyyy} {yy} {mm} {dd}` come from the transaction's instant in UTC,
 * `{0000}` is the counter, which begins anew when the date part changes and grows beyond its zeros when it must.
 * Without gaps: the number is taken inside the record's own transaction, so that a rolled-back record gives it back. Creates of one entity wait for
 * each other for that. Deleting a record leaves its number unused.
 *
 * @example field.autonumber('INV-{yyyy}-{0000}')
 */
export function autonumber<const P extends string>(
  pattern: P,
  options?: AutonumberOptions,
): Field<string, "generated", string | null | TextFilter, "ordered", true> {
  return { ...options, kind: "autonumber", pattern } as never;
}
