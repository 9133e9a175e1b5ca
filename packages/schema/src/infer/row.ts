/** Record types, inferred from declared fields. Everything takes a registry and an entity's name, so that tooltips stay short. */

import type { Fields, facts } from "../field.ts";

/** Makes an intersection show as one object. */
export type Flatten<T> = { [K in keyof T]: T[K] } & {};

/** The fields that every record has. */
export interface SystemFields {
  /** A UUID, version 7 unless the caller supplied it. */
  id: string;
  /** 1 on create, one more with every update that changes something. */
  version: number;
  /** An instant in UTC with milliseconds. */
  createdAt: string;
  /** The actor's id; null when there was no actor. */
  createdBy: string | null;
  /** An instant in UTC with milliseconds. */
  updatedAt: string;
  /** The actor's id; null when there was no actor. */
  updatedBy: string | null;
}

type FactsOf<F> = F extends { readonly [facts]: infer T } ? T : never;
/** The value of a field when it has one. */
export type ValueOf<F> = FactsOf<F> extends { readonly value: infer V } ? V : never;
/** The value as writes take it. */
export type GivenOf<F> = FactsOf<F> extends { readonly given: infer G } ? G : never;
/** The value as a record holds it. */
export type Out<F> =
  FactsOf<F> extends { readonly value: infer V; readonly presence: infer P }
    ? P extends "optional"
      ? V | null
      : V
    : never;

type In<F> =
  FactsOf<F> extends { readonly given: infer G; readonly presence: infer P }
    ? P extends "optional"
      ? G | null
      : G
    : never;

/** The fields that a record holds. */
export type StoredKeys<F> = { [K in keyof F]: F[K] extends { readonly many: true } ? never : K }[keyof F];
/** The fields that lead to other records. */
export type RelationKeys<F> = {
  [K in keyof F]: F[K] extends { readonly to: string } ? K : never;
}[keyof F];
/** A field whose parts sort and group. */
export type Parted = { readonly [facts]: { readonly measure: "parts" } };
/** The lookups. */
export type LookupKeys<F> = { [K in keyof F]: F[K] extends { readonly many: false } ? K : never }[keyof F];
type PresentKeys<F, P> = {
  [K in keyof F]: F[K] extends { readonly [facts]: { readonly presence: P } } ? K : never;
}[keyof F];
type FixedKeys<F> = {
  [K in keyof F]: F[K] extends { readonly [facts]: { readonly fixed: true } } ? K : never;
}[keyof F];

/** The record of an entity with these fields. */
export type RowOf<F> = Flatten<SystemFields & { [K in StoredKeys<F>]: Out<F[K]> }>;

/** What creating such a record takes: required fields, others if wanted, and an id if the caller has one. */
export type CreateOf<F> = Flatten<
  { id?: string } & { [K in PresentKeys<F, "required">]: GivenOf<F[K]> } & {
    [K in PresentKeys<F, "defaulted">]?: GivenOf<F[K]>;
  } & { [K in PresentKeys<F, "optional">]?: GivenOf<F[K]> | null }
>;

/** What updating such a record takes: any of the fields that may change. */
export type UpdateOf<F> = Flatten<{
  [K in Exclude<StoredKeys<F>, FixedKeys<F>>]?: In<F[K]>;
}>;

/** The fields of the entity named `N` in the registry `R`. */
export type FieldsOf<R, N> = N extends string
  ? R extends { readonly [K in N]: { readonly fields: infer F } }
    ? F
    : never
  : never;

/** A lookup to one of several entities. */
export type ToAny<To extends string> = { readonly any: true; readonly to: To };

/** The entity that a relation leads to. */
export type Target<F> = F extends { readonly to: infer T extends string } ? T : never;

/** The record of entity `N`. */
export type Row<R, N> = RowOf<FieldsOf<R, N>>;
/** What `create` takes for entity `N`. */
export type Create<R, N> = CreateOf<FieldsOf<R, N>>;
/** What `update` takes for entity `N`. */
export type Update<R, N> = UpdateOf<FieldsOf<R, N>>;

/** A registry that nothing is known about. */
export type AnyRegistry = { readonly [entity: string]: { readonly fields: Fields } };
