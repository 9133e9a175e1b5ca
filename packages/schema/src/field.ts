/** What a field is: its declaration, plain data, and the facts that inference draws from it. */

import type { IdFilter } from "./infer/filter.ts";

/** Carries a field's inferred facts; exists in the type system only. */
export declare const facts: unique symbol;

/**
 * How a field is given and read: `required` must be given and is never null; `defaulted` may be left out and is never null; `optional` may be
 * left out and may be null; `generated` is made by the engine and may not be given.
 */
export type Presence = "required" | "defaulted" | "optional" | "generated";

/**
 * What aggregates may do with a field: `number` and `exact` add up (as a number, as exact text), `ordered` compares, `plain` neither; `parts` neither,
 * but each of its parts may.
 */
export type Measure = "number" | "exact" | "ordered" | "plain" | "parts";

/**
 * A declared field: plain data (`kind` and its options). The type parameters are what inference needs: the value, its presence, what a filter
 * on it takes, what aggregates may do with it, whether it can change after creation, and what writes take for it.
 */
export interface Field<
  V = any,
  P extends Presence = Presence,
  F = any,
  M extends Measure = Measure,
  Fixed extends boolean = boolean,
  Given = V,
> {
  readonly kind: string;
  readonly [facts]: {
    readonly value: V;
    readonly given: Given;
    readonly presence: P;
    readonly filter: F;
    readonly measure: M;
    readonly fixed: Fixed;
  };
}

/** A to-one reference to another record, held as its id. */
export interface Lookup<To extends string = string, P extends Presence = Presence, Fixed extends boolean = boolean>
  extends Field<string, P, string | null | IdFilter, "ordered", Fixed> {
  readonly to: To;
  readonly many: false;
}

/** Filters on a lookup to one of several entities, as a whole; on what it leads to, by the entity's name. */
export interface ReferenceFilter<V> {
  readonly eq?: V | null;
  readonly ne?: V | null;
  readonly in?: readonly (V | null)[];
  readonly notIn?: readonly (V | null)[];
  /** True: leads nowhere. False: leads to some record. */
  readonly isNull?: boolean;
}

/** A record of one of several entities, as a lookup holds it. */
export type ReferenceTo<To extends string> = { readonly [T in To]: { readonly entity: T; readonly id: string } }[To];

/** A to-one reference to a record of one of several entities, held as `{ entity, id }`. */
export interface PolyLookup<To extends string = string, P extends Presence = Presence, Fixed extends boolean = boolean>
  extends Field<ReferenceTo<To>, P, null | ReferenceFilter<ReferenceTo<To>>, "parts", Fixed> {
  readonly to: To;
  readonly many: false;
  readonly any: true;
}

/** The records of another entity that look up to this one. Stored there, not here. */
export interface Children<To extends string = string> {
  readonly kind: string;
  readonly to: To;
  readonly many: true;
}

/** Records reached through a link entity, many to many. Stored there, not here. */
export interface Link<To extends string = string> {
  readonly kind: string;
  readonly to: To;
  readonly many: true;
}

/** Anything that may stand under `fields` of an entity. */
export type AnyField = Field | Children | Link;

/** The fields of an entity, by name. */
export type Fields = { readonly [name: string]: AnyField };

/** Text for people: one string, or one per locale. */
export type Localized = string | { readonly en: string; readonly [locale: string]: string };

/** The options that fields have in common. Not every kind takes every one; a kind that does not refuses it. */
export interface FieldOptions {
  /** What people see as the field's name. The default is made from the field's name. */
  readonly label?: Localized;
  /** A sentence that helps to fill it in. */
  readonly help?: Localized;
  /** The field is never null, and must be given on create unless it has a default. */
  readonly required?: boolean;
  /** No two records of the entity may hold the same value (null is no value). Text compares folded, unless `fold` is false. */
  readonly unique?: boolean;
  /** Given on create, and fixed from then on. */
  readonly immutable?: boolean;
  /** Keeps an index, so that filters and sorting on the field stay fast. */
  readonly indexed?: boolean;
  /** Names that the field had before: a database that still has one of them keeps its data under the new name. */
  readonly was?: string | readonly string[];
}

/** A default that the engine fills in: the actor's id, the transaction's instant (or its date), or what a function gives. */
export type DefaultOf<V> = V | { readonly $actor: "id" } | { readonly $now: true } | (() => V);

/** The common options that carry a type: a default of the field's own value type. */
export interface ValueOptions<V> extends FieldOptions {
  /** Used when the field is left out (or undefined) on create; null stays null. */
  readonly default?: DefaultOf<V>;
}

/** The names of the common options, as run time knows them. */
export const commonOptions = ["label", "help", "required", "unique", "default", "immutable", "indexed", "was"] as const;
/** One of {@link commonOptions}. */
export type CommonOption = (typeof commonOptions)[number];

/** The presence that a field's options declare. */
export type PresenceOf<O> = O extends { readonly required: true }
  ? O extends { readonly default: {} | null }
    ? "defaulted"
    : "required"
  : "optional";

/** Whether a field's options make it immutable. */
export type FixedOf<O> = O extends { readonly immutable: true } ? true : false;
