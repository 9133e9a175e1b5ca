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
      const number = ((field["start"] as number | undefined) ?? 1) + n - 1;
      return patternOf(field).replace(
        tokens,
        (_, token: string) => parts[token] ?? String(number).padStart(token.length, "0"),
      );
    },
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
