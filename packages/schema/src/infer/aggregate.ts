/** Aggregate types. */

import type { TimeBucket } from "../calendar.ts";
import type { facts } from "../field.ts";
import type { EqualityFilter, OrderedFilter } from "./filter.ts";
import type { Direction, Exact } from "./query.ts";
import type {
  FieldsOf,
  Flatten,
  LookupKeys,
  Out,
  Parted,
  StoredKeys,
  SystemFields,
  Target,
  ToAny,
  ValueOf,
} from "./row.ts";
import type { WhereOf } from "./where.ts";

type MeasureKeys<F, M> = {
  [K in keyof F]: F[K] extends { readonly [facts]: { readonly measure: M } } ? K : never;
}[keyof F];

/** A span of time: its word, or the word and the zone in which instants have their days (the actor's unless given). */
export type BucketBy = TimeBucket | { readonly bucket: TimeBucket; readonly timeZone?: string };

/** What groups records: fields, parts of fields, dates and instants by bucket, and fields of records that lookups lead to. */
export type GroupBy<R, F> = {
  readonly [K in Exclude<StoredKeys<F>, LookupKeys<F> | MeasureKeys<F, "plain">>]?: GroupOf<F[K]>;
} & { readonly [K in LookupKeys<F>]?: true | GroupAlong<R, F[K]> } & {
  readonly [K in "createdBy" | "updatedBy"]?: true;
} & { readonly [K in "createdAt" | "updatedAt"]?: BucketBy };

type GroupOf<F> = F extends Parted ? { readonly [P in keyof ValueOf<F>]?: true } : true | BucketBy;
type GroupAlong<R, F> =
  F extends ToAny<infer To>
    ? { readonly [T in To]?: true | GroupBy<R, FieldsOf<R, T>> }
    : GroupBy<R, FieldsOf<R, Target<F>>>;

type Adds = "number" | "exact";
type Compares = Adds | "ordered";

/** A field that can be measured so, by name; or `{ lookup: field }` for one of the record that a lookup leads to, or `{ field: part }`. */
type Addable<R, F, M> =
  | MeasureKeys<F, M>
  // An object without keys would take any text.
  | ([LookupKeys<F>] extends [never] ? never : { readonly [K in LookupKeys<F>]?: AddableAlong<R, F[K], M> });
type AddableAlong<R, F, M> =
  F extends ToAny<infer To>
    ? { readonly [T in To]?: Addable<R, FieldsOf<R, T>, M> }
    : Addable<R, FieldsOf<R, Target<F>>, M>;
type Countable<R, F> =
  | StoredKeys<F>
  | ([LookupKeys<F>] extends [never] ? never : { readonly [K in LookupKeys<F>]?: CountableAlong<R, F[K]> });
type CountableAlong<R, F> =
  F extends ToAny<infer To>
    ? { readonly [T in To]?: Countable<R, FieldsOf<R, T>> }
    : Countable<R, FieldsOf<R, Target<F>>>;
type Compared<R, F> =
  | MeasureKeys<F, Compares>
  | keyof SystemFields
  | {
      readonly [K in keyof F]?: F[K] extends { readonly many: false }
        ? ComparedAlong<R, F[K]>
        : F[K] extends Parted
          ? keyof ValueOf<F[K]>
          : never;
    };

type ComparedAlong<R, F> =
  F extends ToAny<infer To>
    ? { readonly [T in To]?: Compared<R, FieldsOf<R, T>> }
    : Compared<R, FieldsOf<R, Target<F>>>;

/** Which records of a group take part in a figure; all unless given. */
interface Part<R, F> {
  readonly where?: WhereOf<R, F>;
}

/** Amounts of money in one currency, at the rates that `exchangeRates()` keeps. */
interface Conversion<F> {
  /** The currency (ISO 4217) to give the figure in. */
  readonly convertTo?: string;
  /** The day whose rate counts: a field of dates or instants (of the record that is aggregated), or one day for all. `createdAt` unless given. */
  readonly on?: StoredKeys<F> | keyof SystemFields | `${number}-${number}-${number}`;
}

/** One figure: `'count'`, or a function of a field, perhaps of some of the group's records only. Null values do not take part. */
export type MeasureOf<R, F> =
  | "count"
  | ({ readonly count: true } & Part<R, F>)
  | ({ readonly countDistinct: Countable<R, F> } & Part<R, F>)
  | ({ readonly sum: Addable<R, F, Adds> } & Part<R, F> & Conversion<F>)
  | ({ readonly avg: Addable<R, F, Adds> } & Part<R, F> & Conversion<F>)
  | ({ readonly min: Compared<R, F> } & Part<R, F>)
  | ({ readonly max: Compared<R, F> } & Part<R, F>);

/** A filter on groups: on measures and on what groups, by name. */
export type Having<A> = { readonly [K in keyof A]?: HavingOn<A[K]> } & {
  readonly and?: readonly Having<A>[];
  readonly or?: readonly Having<A>[];
  readonly not?: Having<A>;
};
type HavingOn<V> =
  NonNullable<V> extends boolean
    ? V | EqualityFilter<boolean>
    : NonNullable<V> extends string | number
      ? V | OrderedFilter<NonNullable<V>>
      : { readonly [K in keyof V]?: HavingOn<V[K]> };

/** A question about many records at once. */
export interface Aggregate<R, N, G, M> {
  /** Which records take part. */
  readonly where?: WhereOf<R, FieldsOf<R, N>>;
  /** Words that must be found in the searchable fields of those that take part. */
  readonly search?: string;
  /** What groups them; all in one group unless given. */
  readonly groupBy?: G;
  /** The figures, by the name that they get. */
  readonly measures: M & {
    readonly [K in keyof M]: M[K] extends { readonly where: infer W }
      ? { readonly where: Exact<W, WhereOf<R, FieldsOf<R, N>>> }
      : unknown;
  };
  /** Which groups are given: a filter on measures and groups, by their names. */
  readonly having?: Having<AggregateRow<R, N, G, M>>;
  /** The order of the groups: by a measure's or a group's name. By the groups' own order after that. */
  readonly orderBy?: AggregateOrder<G, M> | readonly AggregateOrder<G, M>[];
  /** How many groups at most. */
  readonly limit?: number;
}

/** One sort key of an aggregate. */
export type AggregateOrder<G, M> = { readonly [K in keyof M]?: Direction } & {
  readonly [K in keyof G]?: G[K] extends object
    ? G[K] extends { readonly bucket: string }
      ? Direction
      : AggregateOrder<G[K], {}>
    : Direction;
};

type Figure<R, F, X> = X extends "count" | { readonly count: true } | { readonly countDistinct: unknown }
  ? number
  : X extends { readonly sum: infer P } | { readonly avg: infer P }
    ? Sum<Leaf<R, F, P>> | null
    : X extends { readonly min: infer P } | { readonly max: infer P }
      ? Extreme<R, F, P> | null
      : never;

/** The field that a path leads to. */
type Leaf<R, F, P> = P extends keyof F
  ? F[P]
  : P extends object
    ? { [K in keyof P]: K extends keyof F ? LeafAlong<R, F[K], P[K]> : never }[keyof P]
    : never;
type LeafAlong<R, F, P> =
  F extends ToAny<infer To>
    ? { [T in keyof P]: T extends To ? Leaf<R, FieldsOf<R, T>, P[T]> : never }[keyof P]
    : Leaf<R, FieldsOf<R, Target<F>>, P>;

type Extreme<R, F, P> = P extends keyof F
  ? Exclude<Out<F[P]>, null>
  : P extends keyof SystemFields
    ? Exclude<SystemFields[P], null>
    : P extends object
      ? {
          [K in keyof P]: K extends keyof F
            ? F[K] extends Parted
              ? Exclude<ValueOf<F[K]>[P[K] & keyof ValueOf<F[K]>], null>
              : ExtremeAlong<R, F[K], P[K]>
            : never;
        }[keyof P]
      : never;
type ExtremeAlong<R, F, P> =
  F extends ToAny<infer To>
    ? { [T in keyof P]: T extends To ? Extreme<R, FieldsOf<R, T>, P[T]> : never }[keyof P]
    : Extreme<R, FieldsOf<R, Target<F>>, P>;

type Sum<F> = F extends { readonly [facts]: { readonly measure: "exact" } } ? string : number;

/** `None` is null along a lookup, which may be empty or lead out of sight: even a required field has no value there. */
type Group<R, F, G, None = never> = {
  -readonly [K in keyof G]: G[K] extends true
    ? K extends keyof F
      ? Out<F[K]> | None
      : string | null
    : G[K] extends string
      ? string | null
      : K extends keyof F
        ? F[K] extends { readonly many: false }
          ? F[K] extends ToAny<string>
            ? {
                -readonly [T in keyof G[K]]: G[K][T] extends true
                  ? string | null
                  : Flatten<Group<R, FieldsOf<R, T>, G[K][T], null>>;
              }
            : Flatten<Group<R, FieldsOf<R, Target<F[K]>>, G[K], null>>
          : F[K] extends Parted
            ? { -readonly [P in keyof G[K] & keyof ValueOf<F[K]>]: ValueOf<F[K]>[P] | null }
            : string | null
        : string | null;
};

/** One row of an aggregate's answer: the group's values in the form of `groupBy`, and the figures. */
export type AggregateRow<R, N, G, M> = Flatten<
  Group<R, FieldsOf<R, N>, G> & { -readonly [K in keyof M]: Figure<R, FieldsOf<R, N>, M[K]> }
>;
