/** Query types, and the result types that follow from a query. */

import type { facts } from "../field.ts";
import type {
  FieldsOf,
  Flatten,
  LookupKeys,
  Parted,
  RelationKeys,
  RowOf,
  StoredKeys,
  SystemFields,
  Target,
  ToAny,
  ValueOf,
} from "./row.ts";
import type { WhereOf } from "./where.ts";

/** Ascending or descending. Nulls sort smallest: first in `asc`, last in `desc`. */
export type Direction = "asc" | "desc";

type Plain<F> = {
  [K in keyof F]: F[K] extends { readonly [facts]: { readonly measure: "plain" } } ? K : never;
}[keyof F];

/** What can be named in select. */
export type Named<F> = StoredKeys<F> | keyof SystemFields;

/** One sort key: a field, a part of one, or a field of a record that a lookup leads to. One key an object; several keys take the array. */
export type OrderKey<R, F> = {
  readonly [K in Exclude<StoredKeys<F>, Plain<F> | LookupKeys<F>>]?: OrderOf<F[K]>;
} & { readonly [K in LookupKeys<F>]?: OrderAlong<R, F[K]> } & {
  readonly [K in keyof SystemFields]?: Direction;
};

type OrderOf<F> = F extends Parted ? { readonly [P in keyof ValueOf<F>]?: Direction } : Direction;
type OrderAlong<R, F> =
  F extends ToAny<infer To>
    ? { readonly [T in To]?: Direction | OrderKey<R, FieldsOf<R, T>> }
    : Direction | OrderKey<R, FieldsOf<R, Target<F>>>;

/** A sort order: one key, or several in a list. */
export type OrderBy<R, F> = OrderKey<R, F> | readonly OrderKey<R, F>[];

/** Relations to bring along, each with a query of its own; for a lookup to one of several entities, one for each of them. */
export type Include<R, F> = { readonly [K in RelationKeys<F>]?: true | IncludeOf<R, F[K]> };

type IncludeOf<R, F> = F extends ToAny<infer To> ? { readonly [T in To]?: true | Query<R, T> } : Query<R, Target<F>>;

/** A query as it stands in an include. */
export interface Query<R, N> {
  readonly where?: WhereOf<R, FieldsOf<R, N>>;
  /** Words that must be found in its searchable fields; of relations to many only. The best finds come first unless orderBy is given. */
  readonly search?: string;
  readonly select?: { readonly [K in Named<FieldsOf<R, N>>]?: true };
  readonly include?: Include<R, FieldsOf<R, N>>;
  readonly orderBy?: OrderBy<R, FieldsOf<R, N>>;
  readonly limit?: number;
}

type Selected<F, A> = A extends { readonly select: infer S extends object }
  ? Pick<RowOf<F>, keyof S & keyof RowOf<F>>
  : RowOf<F>;

type Shown<R, F, A> = A extends { readonly include: infer I extends object }
  ? Omit<Selected<F, A>, keyof I> & {
      [K in keyof I & keyof F]: F[K] extends { readonly many: true }
        ? ResultOf<R, FieldsOf<R, Target<F[K]>>, I[K]>[]
        : F[K] extends ToAny<infer To>
          ? ReferenceResult<R, To, I[K]> | OrNull<F[K]>
          : ResultOf<R, FieldsOf<R, Target<F[K]>>, I[K]> | null;
    }
  : Selected<F, A>;

/** null where a field may have no value. */
type OrNull<F> = F extends { readonly [facts]: { readonly presence: "optional" } } ? null : never;

/** What a lookup leads to, told apart by `entity`; the record is null when it is not included, filtered out or out of sight. */
type ReferenceResult<R, To extends string, A> = {
  [T in To]: {
    entity: T;
    id: string;
    record: A extends true
      ? RowOf<FieldsOf<R, T>> | null
      : A extends { readonly [K in T]: infer Q }
        ? ResultOf<R, FieldsOf<R, T>, Q> | null
        : null;
  };
}[To];

type ResultOf<R, F, A> = Flatten<Shown<R, F, A>>;

/** The record that a query with the select and include of `A` gives. An included to-one is null when it is empty, filtered out or out of sight. */
export type Result<R, N, A> = ResultOf<R, FieldsOf<R, N>, A>;

/** The part of a query that decides the result's type, checked for misspelt keys. */
export interface Shape<R, N, S, I> {
  /** The fields to give; all unless named. */
  readonly select?: S & NoExtra<S, Named<FieldsOf<R, N>>>;
  /** Relations to bring along. */
  readonly include?: I & Exact<I, Include<R, FieldsOf<R, N>>>;
}

/** What was chosen, for {@link Result}. */
export type Chosen<S, I> = (S extends object ? { readonly select: S } : {}) &
  (keyof I extends never ? {} : { readonly include: I });

/** The part of a query that does not change the result's type. */
export interface Scope<R, N> {
  /** Which records. */
  readonly where?: WhereOf<R, FieldsOf<R, N>>;
  /** Words that must all be found in its searchable fields, each as the beginning of a word; in double quotes as whole words. */
  readonly search?: string;
  /** In which order; by id after that. By id alone (which is the order of creation) unless given; with `search` the best finds first. */
  readonly orderBy?: OrderBy<R, FieldsOf<R, N>>;
  /** How many at most; all unless given (50 for `findPage`). */
  readonly limit?: number;
}

/** Refuses keys outside K: a const type parameter alone lets misspelt keys through. */
export type NoExtra<S, K> = { readonly [P in keyof S]: P extends K ? S[P] : never };
type Keys<S> = S extends object ? keyof S : never;
type Prop<S, K> = S extends object ? (K extends keyof S ? NonNullable<S[K]> : never) : never;
/** The same at any depth. */
export type Exact<A, S> = A extends readonly (infer E)[]
  ? readonly Exact<E, S extends readonly (infer T)[] ? T : never>[]
  : A extends object
    ? { readonly [K in keyof A]: K extends Keys<S> ? Exact<A[K], Prop<S, K>> : never }
    : A;
