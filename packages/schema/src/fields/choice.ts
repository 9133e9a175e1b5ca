/** One or several of declared values. They sort in declared order, and adding one is not a change of the database. */

import type { DefaultOf, Field, FieldOptions, FixedOf, Localized, PresenceOf } from "../field.ts";
import type { FieldDef, FieldType } from "../field-type.ts";
import type { ListFilter, OrderedFilter } from "../infer/filter.ts";
import { Invalid, wrongType } from "../issue.ts";
import { didYouMean } from "../names.ts";
import { elements, equality, ordering, rankOf } from "../operator.ts";
import { wordsOf } from "../spelling.ts";
import { compareCodePoints, isStorable } from "../text.ts";

/** Options of {@link choice}. */
export interface ChoiceOptions<V extends string> extends FieldOptions {
  /** Used when the field is left out on create. */
  readonly default?: DefaultOf<V>;
  /** What people see for each value. The default is made from the value. */
  readonly labels?: { readonly [K in V]?: Localized };
  /** What values were called before, by their new name: records that hold an old one get the new one. */
  readonly wasValues?: { readonly [K in V]?: string | readonly string[] };
}

/** Options of {@link multiChoice}. */
export interface MultiChoiceOptions<V extends string> extends FieldOptions {
  /** Used when the field is left out on create. */
  readonly default?: DefaultOf<readonly V[]>;
  /** What people see for each value. */
  readonly labels?: { readonly [K in V]?: Localized };
  /** What values were called before, by their new name: records that hold an old one get the new one. */
  readonly wasValues?: { readonly [K in V]?: string | readonly string[] };
  /** The fewest values; 0 unless given. */
  readonly min?: number;
  /** The most values; all of them unless given. */
  readonly max?: number;
}

const valuesOf = (field: FieldDef) => (Array.isArray(field["values"]) ? (field["values"] as readonly string[]) : []);
const text = { type: "string", minLength: 1, maxLength: 100 };
const localized = {
  anyOf: [{ type: "string" }, { type: "object", required: ["en"], additionalProperties: { type: "string" } }],
};
const shared = {
  values: { type: "array", items: text, minItems: 1, maxItems: 1_000, uniqueItems: true },
  labels: { type: "object", additionalProperties: localized },
  wasValues: { type: "object", additionalProperties: { anyOf: [text, { type: "array", items: text, minItems: 1 }] } },
};

function checkValues(field: FieldDef, report: (option: string, message: string) => void): void {
  const values = valuesOf(field);
  if (field["values"] === undefined) report("values", "is missing: a choice lists its values");
  for (const value of values) {
    if (typeof value === "string" && !isStorable(value))
      report("values", "has a value with NUL or half of a character");
  }
  for (const key of Object.keys((field["labels"] as object | undefined) ?? {})) {
    if (!values.includes(key)) report("labels", `names '${key}', which is not a value.${didYouMean(key, values)}`);
  }
  const taken = new Map<string, string>();
  for (const [key, was] of Object.entries((field["wasValues"] as object | undefined) ?? {})) {
    if (!values.includes(key)) report("wasValues", `names '${key}', which is not a value.${didYouMean(key, values)}`);
    for (const old of [was as string | readonly string[]].flat()) {
      const other = taken.get(old);
      if (values.includes(old)) report("wasValues", `says that '${key}' was '${old}', which still is a value`);
      if (other !== undefined) report("wasValues", `says of both '${other}' and '${key}' that they were '${old}'`);
      taken.set(old, key);
    }
  }
}

/** What people see for values, in every language. */
function labelsOf(field: FieldDef): (readonly [string, string])[] {
  const labels = Object.entries((field["labels"] ?? {}) as Record<string, Localized>);
  return labels.flatMap(([value, label]) => wordsOf(label).map((word) => [word, value] as const));
}

/** The new names of values that were renamed, by their old ones. */
export function renamedValues(field: FieldDef): ReadonlyMap<string, string> {
  const entries = Object.entries((field["wasValues"] ?? {}) as Record<string, string | readonly string[]>);
  return new Map(entries.flatMap(([value, was]) => [was].flat().map((old) => [old, value] as const)));
}

function readChoice(value: unknown, field: FieldDef): string | Invalid {
  const values = valuesOf(field);
  if (typeof value !== "string") return wrongType(`one of ${values.join(", ")}`, value);
  if (values.includes(value)) return value;
  const listed = values.length > 12 ? `one of its ${values.length} values` : `one of ${values.join(", ")}`;
  return new Invalid("CHOICE", `must be ${listed}.${didYouMean(value, values)}`, { values });
}

/** The field type behind `field.choice`. */
export const choiceType: FieldType<string> = {
  kind: "choice",
  options: shared,
  check: checkValues,
  columns: () => [{ suffix: "", type: "text" }],
  read: readChoice,
  jsonSchema: (field) => ({ type: "string", enum: valuesOf(field) }),
  spelling: { words: labelsOf },
  schemaDecides: () => true,
  operators: () => ({ ...equality(() => choiceType), ...ordering(() => choiceType) }),
  compare: (a, b, field) => {
    const values = valuesOf(field);
    return rankOf(a, values) - rankOf(b, values) || compareCodePoints(a, b);
  },
  order: (field) => [{ column: 0, ranks: valuesOf(field) }, { column: 0 }],
  measure: "ordered",
  widget: "select",
};

/** The field type behind `field.multiChoice`. */
export const multiChoiceType: FieldType<readonly string[]> = {
  kind: "multiChoice",
  options: { ...shared, min: { type: "integer", minimum: 0 }, max: { type: "integer", minimum: 1 } },
  common: ["label", "help", "required", "default", "immutable", "was"],
  check: (field, report) => {
    checkValues(field, report);
    checkCount(field, report);
  },
  columns: () => [{ suffix: "", type: "json" }],
  read(value, field) {
    const values = valuesOf(field);
    if (!Array.isArray(value)) return wrongType("a list of values", value);
    const chosen = new Set<string>();
    for (let i = 0; i < value.length; i++) {
      const one = readChoice(value[i], field);
      if (one instanceof Invalid) return new Invalid(one.code, one.message, one.params, [i]);
      chosen.add(one);
    }
    return values.filter((one) => chosen.has(one));
  },
  limit: limitCount,
  jsonSchema: (field) => ({ type: "array", items: { type: "string", enum: valuesOf(field) } }),
  spelling: { words: labelsOf },
  operators: () => elements(readChoice, () => multiChoiceType),
  measure: "plain",
  widget: "multiSelect",
};

/** Checks `min` against `max`, for kinds that count. */
export function checkCount(field: FieldDef, report: (option: string, message: string) => void): void {
  const { min, max } = field as { min?: number; max?: number };
  if (typeof min === "number" && typeof max === "number" && min > max) report("min", `is ${min}, above max (${max})`);
}

/** The declared limits of a list's length. */
export function limitCount(list: readonly unknown[], field: FieldDef): Invalid | undefined {
  const { min, max } = field as { min?: number; max?: number };
  if (min !== undefined && list.length < min)
    return new Invalid("TOO_SHORT", `has ${list.length} values; at least ${min} are needed`, { min });
  if (max !== undefined && list.length > max)
    return new Invalid("TOO_LONG", `has ${list.length} values; at most ${max} are kept`, { max });
  return undefined;
}

/**
 * One of the declared values. Sorts and compares (`gt`, `between`) in declared order.
 *
 * @example field.choice(['open', 'won', 'lost'], { required: true, default: 'open' })
 */
export function choice<const V extends string, const O extends ChoiceOptions<NoInfer<V>> = {}>(
  values: readonly V[],
  options?: O,
): Field<V, PresenceOf<O>, V | null | OrderedFilter<V>, "ordered", FixedOf<O>> {
  return { ...options, kind: "choice", values } as never;
}

/**
 * Any of the declared values, kept in declared order, each once.
 *
 * @example field.multiChoice(['email', 'phone', 'post'])
 */
export function multiChoice<const V extends string, const O extends MultiChoiceOptions<NoInfer<V>> = {}>(
  values: readonly V[],
  options?: O,
): Field<readonly V[], PresenceOf<O>, readonly V[] | null | ListFilter<V>, "plain", FixedOf<O>> {
  return { ...options, kind: "multiChoice", values } as never;
}
