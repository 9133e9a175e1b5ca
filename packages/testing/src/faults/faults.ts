/** Faults planted on purpose: the fuzzer must find each of them, or it proves nothing. */

import { fromUnits, type Operator, type TimeSpan, type TimeZone, timeZone } from "@kith/schema";
import type { Fault } from "./fault.ts";
import { referenceFaults } from "./reference-faults.ts";
import { searchFaults } from "./search-faults.ts";
import {
  always,
  asText,
  figures,
  finer,
  like,
  limitAcrossParents,
  nullsFirst,
  operator,
  other,
  otherBucket,
  retyped,
  same,
} from "./tools.ts";
import { valueFaults } from "./value-faults.ts";

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
  "within-without-end": {
    about: "a span of time seen from now has no end",
    rewrites: operator(["within"], () => ({ test: (value: string, span: TimeSpan) => value >= span.first })),
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
        groups: plan.groups.map((group) =>
          otherBucket(group, (bucket) => (bucket.bucket === "month" ? { bucket: "day" } : {})),
        ),
      }),
    },
  },
  "having-ignored": {
    about: "having lets every group through",
    rewrites: { aggregate: (plan) => ({ ...plan, having: undefined }) },
  },
  "measure-takes-all": {
    about: "the filter of a single measure is not looked at",
    rewrites: {
      aggregate: (plan) => ({ ...plan, measures: plan.measures.map((one) => ({ ...one, where: undefined })) }),
    },
  },
  "bucket-in-utc": {
    about: "spans of time are those of UTC, whatever the zone",
    rewrites: {
      aggregate: (plan) => ({
        ...plan,
        groups: plan.groups.map((group) =>
          otherBucket(group, ({ zone }) => (zone ? { zone: timeZone("UTC") as TimeZone } : {})),
        ),
      }),
    },
  },
  "bucket-without-summer": {
    about: "spans of time take no notice of summer time",
    rewrites: {
      aggregate: (plan) => ({
        ...plan,
        groups: plan.groups.map((group) =>
          otherBucket(group, ({ zone }) => (zone ? { zone: { ...zone, offsetAt: () => zone.offsetAt(0) } } : {})),
        ),
      }),
    },
  },
  "fiscal-year-by-start": {
    about: "fiscal years are named by the year they begin in",
    rewrites: {
      aggregate: (plan) => ({
        ...plan,
        groups: plan.groups.map((group) =>
          otherBucket(group, ({ bucket }) =>
            bucket === "fiscalYear" || bucket === "fiscalQuarter" ? { fiscalYearStart: 1 } : {},
          ),
        ),
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
  ...referenceFaults,
  ...searchFaults,
  ...valueFaults,
};
