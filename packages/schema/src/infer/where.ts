/** Filter types. */

import type { Fields, facts } from "../field.ts";
import type { EqualityFilter, IdFilter, MomentFilter, OrderedFilter } from "./filter.ts";
import type { FieldsOf, RelationKeys, StoredKeys, Target, ToAny } from "./row.ts";

type FilterOf<F> = F extends { readonly [facts]: { readonly filter: infer W } } ? W : never;

/** Filters on the fields that every record has. */
export interface SystemWhere {
  readonly id?: string | IdFilter;
  readonly version?: number | OrderedFilter<number>;
  readonly createdAt?: string | MomentFilter;
  readonly createdBy?: string | null | EqualityFilter<string>;
  readonly updatedAt?: string | MomentFilter;
  readonly updatedBy?: string | null | EqualityFilter<string>;
}

/** A filter on an entity's own stored fields. */
export type OwnWhere<F extends Fields> = { readonly [K in StoredKeys<F>]?: FilterOf<F[K]> } & SystemWhere & {
    readonly and?: readonly OwnWhere<F>[];
    readonly or?: readonly OwnWhere<F>[];
    readonly not?: OwnWhere<F>;
  };

/** A filter through a relation to many. */
export interface Quantified<W> {
  /** At least one of the records meets it; `{}` asks that there is one. */
  readonly some?: W;
  /** All of the records meet it; so do none at all. */
  readonly every?: W;
  /** None of the records meets it. */
  readonly none?: W;
}

/** A filter on records with fields `F` of registry `R`. */
export type WhereOf<R, F> = {
  readonly [K in StoredKeys<F>]?: F[K] extends { readonly many: false }
    ? FilterOf<F[K]> | LookupWhere<R, F[K]>
    : FilterOf<F[K]>;
} & {
  readonly [K in Exclude<RelationKeys<F>, StoredKeys<F>>]?: Quantified<WhereOf<R, FieldsOf<R, Target<F[K]>>>>;
} & SystemWhere & {
    readonly and?: readonly WhereOf<R, F>[];
    readonly or?: readonly WhereOf<R, F>[];
    readonly not?: WhereOf<R, F>;
  };

/** A filter on what a lookup leads to; on one to several entities, by the entity's name. */
type LookupWhere<R, F> =
  F extends ToAny<infer To>
    ? { readonly [T in To]?: string | null | IdFilter | WhereOf<R, FieldsOf<R, T>> }
    : WhereOf<R, FieldsOf<R, Target<F>>>;

/** A filter on records of entity `N`. */
export type Where<R, N> = WhereOf<R, FieldsOf<R, N>>;
