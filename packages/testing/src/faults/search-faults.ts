/** Faults of search. */

import type { Condition, EntityModel, FieldModel, SearchModel, WriteBatch } from "@kith/core";
import type { FieldDef, Operator } from "@kith/schema";
import type { Fault } from "./fault.ts";
import type { Rewrites } from "./rewrite.ts";
import { retyped } from "./tools.ts";

type SearchCondition = Extract<Condition, { kind: "search" }>;

/** Changes the conditions that search. */
function searches(change: (condition: SearchCondition) => Condition): NonNullable<Rewrites["condition"]> {
  return (condition) => (condition.kind === "search" ? change(condition) : condition);
}

/** The record is, or is not, one of these; asked when a query runs. */
function among(entity: EntityModel, param: number, is: (id: string) => boolean): Condition {
  const field = entity.byName.get("id") as FieldModel;
  const operator: Operator = { ...(field.operators["eq"] as Operator), test: (id) => is(String(id)) };
  return { kind: "test", field, operator, word: "eq", param };
}

/** Looks into other fields, or into other text. */
function lookingInto(change: (search: SearchModel) => SearchModel): Rewrites {
  const changed = new Map<EntityModel, EntityModel>();
  return {
    condition: searches((condition) => {
      const { entity } = condition;
      let other = changed.get(entity);
      if (!other) changed.set(entity, (other = { ...entity, search: entity.search && change(entity.search) }));
      return { ...condition, entity: other };
    }),
  };
}

function isIndexed({ search }: EntityModel, set: Readonly<Record<string, unknown>>): boolean {
  return search?.fields.some(({ field }) => Object.hasOwn(set, field.name)) ?? false;
}

/** The faults, by name. */
export const searchFaults: Readonly<Record<string, Fault>> = {
  "search-whole-words-only": {
    about: "search finds whole words only, not their beginnings",
    rewrites: { words: (words) => words.map(({ text }) => ({ text, whole: true })) },
  },
  "search-quotes-ignored": {
    about: "search takes quoted words for beginnings too",
    rewrites: { words: (words) => words.map(({ text }) => ({ text, whole: false })) },
  },
  "search-any-word": {
    about: "search is content with the first word",
    rewrites: { words: (words) => words.slice(0, 1) },
  },
  "search-keeps-accents": {
    about: "search knows letters with accents as others",
    rewrites: () =>
      lookingInto((search) => ({
        ...search,
        fields: search.fields.map((one) => {
          const { search: type } = one.field.type;
          const text = (value: unknown, def: FieldDef) => type?.text(value, def).replace(/[^\0-\x7f]/g, "ʘ") ?? "";
          return { ...one, field: retyped(one.field, { search: { ...type, text } }) };
        }),
      })),
  },
  "search-first-field-only": {
    about: "search looks into the first field only",
    rewrites: () => lookingInto((search) => ({ ...search, fields: search.fields.slice(0, 1) })),
  },
  "search-unranked": {
    about: "search gives what it finds in the order of creation",
    rewrites: { plan: ({ ranked: _, ...plan }) => plan },
  },
  "search-stale-after-update": {
    about: "the text index is not changed when a record is",
    rewrites: () => {
      const stale = new Set<string>();
      return {
        batch: (batch) => {
          for (const write of batch)
            if (write.type === "update" && isIndexed(write.entity, write.set)) stale.add(write.id);
          return batch;
        },
        condition: searches((condition) => ({
          kind: "all",
          of: [condition, among(condition.entity, condition.param, (id) => !stale.has(id))],
        })),
      };
    },
  },
  "search-kept-after-delete": {
    about: "the entry of a deleted record stays, and the next record takes it over",
    rewrites: () => {
      const dead = new Set<EntityModel>();
      const haunted = new Set<string>();
      const note = (batch: WriteBatch) => {
        for (const write of batch) {
          if (write.type === "delete") dead.add(write.entity);
          else if (write.type === "insert" && dead.delete(write.entity)) haunted.add(String(write.rows[0]?.["id"]));
        }
        return batch;
      };
      return {
        batch: note,
        condition: searches((condition) => ({
          kind: "any",
          of: [condition, among(condition.entity, condition.param, (id) => haunted.has(id))],
        })),
      };
    },
  },
};
