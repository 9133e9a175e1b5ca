/** Faults planted on purpose: the fuzzer must find each of them, or it proves nothing. */

import type { Condition, FieldModel, OrderKey, ReadPlan } from "@kith/core";
import { compareCodePoints, type FieldType, fromUnits, type Operator, toUnits } from "@kith/schema";
import type { Rewrites } from "./rewrite.ts";

/** A fault: what goes wrong, and how. */
export interface Fault {
  readonly about: string;
  readonly rewrites: Rewrites;
}

type Test = Extract<Condition, { kind: "test" }>;

/** Changes the operators that go by one of these words. */
function operator(words: readonly string[], change: (operator: Operator, test: Test) => Partial<Operator>): Rewrites {
  return {
    condition: (condition) =>
      condition.kind === "test" && words.includes(condition.word)
        ? { ...condition, operator: { ...condition.operator, ...change(condition.operator, condition) } }
        : condition,
  };
}

const other = (test: Test, word: string): Partial<Operator> => test.field.operators[word] ?? {};
const always: Condition = { kind: "all", of: [] };

/** Sorts fields of some kinds as the text that they are. */
function asText(kinds: readonly string[]): (key: OrderKey) => OrderKey {
  return (key) =>
    kinds.includes(key.field.type.kind) ? { ...key, field: retyped(key.field, { compare: compareCodePoints }) } : key;
}

function retyped(field: FieldModel, change: Partial<FieldType>): FieldModel {
  return { ...field, type: { ...field.type, ...change } };
}

/** Keeps the first so many included rows over all parents, not for each. */
function limitAcrossParents(
  rows: readonly Record<string, unknown>[],
  plan: ReadPlan,
  params: readonly unknown[],
): void {
  for (const { name, many, plan: inner } of plan.includes) {
    if (!many || inner.limit === undefined) continue;
    let left = params[inner.limit] as number;
    for (const row of rows) {
      const own = row[name] as unknown[];
      row[name] = own.slice(0, left);
      left -= Math.min(left, own.length);
    }
  }
}

/** Puts rows without a value of the first sort key, which is descending, before all others. */
function nullsFirst(rows: Record<string, unknown>[], { order, fields }: ReadPlan): Record<string, unknown>[] {
  const [key] = order;
  if (key?.direction !== "desc" || key.path.length > 0 || !fields.includes(key.field)) return rows;
  const missing = (row: Record<string, unknown>) => row[key.field.name] === null;
  return [...rows.filter(missing), ...rows.filter((row) => !missing(row))];
}

/** Changes the exact figures of an aggregate. */
function figures(fn: "sum" | "avg", change: (text: string, scale: number) => string): NonNullable<Rewrites["groups"]> {
  return (rows, plan) =>
    rows.map((row) =>
      row.map((value, i) => {
        const measure = plan.measures[i - plan.groups.length];
        const exact = measure?.fn === fn && measure.field?.type.measure === "exact" && typeof value === "string";
        return exact ? change(value, measure.field?.type.scale?.(measure.field.def) ?? 0) : value;
      }),
    );
}

/** The faults, by name. */
export const faults: Readonly<Record<string, Fault>> = {
  "ne-forgets-nulls": {
    about: "ne and notIn leave out records without a value",
    rewrites: operator(["ne", "notIn"], () => ({ nulls: false })),
  },
  "gt-as-gte": { about: "gt lets equal values through", rewrites: operator(["gt"], (_, test) => other(test, "gte")) },
  "between-half-open": {
    about: "between leaves out its upper end",
    rewrites: operator(["between"], (_, test) => ({
      test: (a, [low, high]: [unknown, unknown], field) =>
        (test.field.operators["gte"] as Operator).test(a, low, field) &&
        (test.field.operators["lt"] as Operator).test(a, high, field),
    })),
  },
  "startsWith-unfolded": {
    about: "startsWith looks at case and accents",
    rewrites: operator(["startsWith"], () => ({ test: (a: string, b: string) => a.startsWith(b) })),
  },
  "contains-as-like": {
    about: "contains takes _ and % for any characters",
    rewrites: operator(["contains"], (operator) => ({
      test: (a, b, field) => (typeof a === "string" && /[_%]/.test(b) ? like(b).test(a) : operator.test(a, b, field)),
    })),
  },
  "eq-folded": {
    about: "eq ignores case",
    rewrites: operator(["eq"], () => ({
      test: (a, b) => JSON.stringify(a).toLowerCase() === JSON.stringify(b).toLowerCase(),
    })),
  },
  "in-forgets-null": {
    about: "null in a list of in is not looked for",
    rewrites: {
      condition: (condition) => {
        const [first, second] = condition.kind === "any" ? condition.of : [];
        return first?.kind === "test" && first.word === "in" && second?.kind === "null" ? first : condition;
      },
    },
  },
  "not-three-valued": {
    about: "not leaves out records without a value, as SQL's NOT does",
    rewrites: {
      condition: (condition) =>
        condition.kind === "not" && condition.of.kind === "test"
          ? { kind: "all", of: [condition, { kind: "not", of: { kind: "null", field: condition.of.field } }] }
          : condition,
    },
  },
  "every-without-inner": {
    about: "a condition on children looks at whether there are any",
    rewrites: { condition: (condition) => (condition.kind === "some" ? { ...condition, where: always } : condition) },
  },
  "count-ignores-children": {
    about: "count takes no notice of conditions on children",
    rewrites: { counted: (condition) => (condition.kind === "some" ? always : condition) },
  },
  "desc-nulls-first": {
    about: "nulls come first in descending order too",
    rewrites: { rows: (result, plan) => ({ ...result, rows: nullsFirst(result.rows, plan) }) },
  },
  "money-as-text": { about: "money and decimals sort as text", rewrites: { orderKey: asText(["money", "decimal"]) } },
  "choice-by-name": { about: "choices sort by name, not as declared", rewrites: { orderKey: asText(["choice"]) } },
  "text-by-code-point": { about: "text sorts unfolded", rewrites: { orderKey: asText(["text", "email", "url"]) } },
  "keyset-loses-ties": {
    about: "a cursor forgets the last sort key, so that ties get lost",
    rewrites: {
      condition: (condition) =>
        condition.kind === "after" && condition.order.length > 1
          ? { ...condition, order: condition.order.slice(0, -1) }
          : condition,
    },
  },
  "keyset-repeats": {
    about: "a cursor's own record comes again on the next page",
    rewrites: {
      condition: (condition) =>
        condition.kind === "after" ? { kind: "any", of: [condition, same(condition)] } : condition,
    },
  },
  "include-limit-global": {
    about: "an include's limit counts over all parents",
    rewrites: {
      rows: (result, plan, params) => {
        limitAcrossParents(result.rows, plan, params);
        return result;
      },
    },
  },
  "avg-truncates": {
    about: "exact averages are cut, not rounded",
    rewrites: {
      aggregate: (plan) => ({
        ...plan,
        measures: plan.measures.map((measure) =>
          measure.fn === "avg" && measure.field?.type.measure === "exact"
            ? { ...measure, field: finer(measure.field) }
            : measure,
        ),
      }),
      groups: figures("avg", (text) => text.slice(0, -1).replace(/\.$/, "")),
    },
  },
  "sum-as-float": {
    about: "exact sums go through a float",
    rewrites: {
      groups: figures("sum", (text, scale) =>
        fromUnits(String(BigInt(Math.round(Number(text.replace(".", ""))))), scale),
      ),
    },
  },
  "bucket-shifted": {
    about: "the months of a group are a day's",
    rewrites: {
      aggregate: (plan) => ({
        ...plan,
        groups: plan.groups.map((group) => (group.bucket === "month" ? { ...group, bucket: "day" as const } : group)),
      }),
    },
  },
  "unique-unfolded": {
    about: "unique looks at case and accents",
    rewrites: {
      batch: (batch) =>
        batch.map((write) => ({
          ...write,
          entity: {
            ...write.entity,
            uniques: write.entity.uniques.map(({ fields }) => ({
              fields: fields.map((field) => retyped(field, { uniqueBy: () => [0] })),
            })),
          },
        })),
    },
  },
  "delete-unchecked": {
    about: "deleting does not look at who looks up to the record",
    rewrites: { batch: (batch) => batch.map((write) => ({ ...write, entity: { ...write.entity, incoming: [] } })) },
  },
  "reads-past-transaction": {
    about: "reads inside a transaction do not see what it wrote",
    rewrites: { within: () => undefined },
  },
  "savepoint-kept": {
    about: "rolling back to a savepoint keeps what was written",
    rewrites: {
      transaction: (tx) => {
        const savepoint = tx.savepoint.bind(tx);
        return Object.assign(tx, {
          savepoint: async () => {
            const inner = await savepoint();
            return { release: () => inner.release(), rollback: () => inner.release() };
          },
        });
      },
    },
  },
};

/** What LIKE does with a pattern that nobody escaped. */
function like(pattern: string): RegExp {
  return new RegExp(
    pattern
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("_", ".")
      .replaceAll("%", ".*"),
    "isu",
  );
}

/** The record that a cursor stands at. */
function same(after: Extract<Condition, { kind: "after" }>): Condition {
  const of = after.order.map((key, i): Condition => {
    const place = after.place[i];
    const operator = key.field.operators["eq"];
    if (key.path.length > 0 || place === undefined || !operator) return { kind: "any", of: [] };
    return place === "null"
      ? { kind: "null", field: key.field }
      : { kind: "test", field: key.field, operator, word: "eq", param: place.param };
  });
  return { kind: "all", of };
}

/** The field with one digit more after the point, so that an average shows what rounding would do. */
function finer(field: FieldModel): FieldModel {
  const scale = field.type.scale?.(field.def) ?? 0;
  const encode = (value: string) => {
    const units = toUnits(value, scale);
    return ["units" in units ? `${units.units}0` : "0"];
  };
  return retyped(field, { scale: () => scale + 1, encode });
}
