/** Aggregate types. */

import type { TimeBucket } from "../calendar.ts";
import type { facts } from "../field.ts";
import type { Direction } from "./query.ts";
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

type Summed<F> = MeasureKeys<F, "number" | "exact">;
type Compared<F> = MeasureKeys<F, "number" | "exact" | "ordered">;

/** One figure: `'count'`, or a function of a field. Null values do not take part. */
export type MeasureOf<F> =
  | "count"
  | { readonly countDistinct: StoredKeys<F> }
  | { readonly sum: Summed<F> }
  | { readonly avg: Summed<F> }
  | { readonly min: Compared<F> | keyof SystemFields }
  | { readonly max: Compared<F> | keyof SystemFields };

/** A question about many records at once. */
export interface Aggregate<R, N, G, M> {
  /** Which records take part. */
  readonly where?: WhereOf<R, FieldsOf<R, N>>;
  /** Words that must be found in the searchable fields of those that take part. */
  readonly search?: string;
  /** What groups them; all in one group unless given. */
  readonly groupBy?: G;
  /** The figures, by the name that they get. */
  readonly measures: M;
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

type Figure<F, X> = X extends "count"
  ? number
  : X extends { readonly countDistinct: unknown }
    ? number
    : X extends { readonly sum: infer K }
      ? Sum<F, K> | null
      : X extends { readonly avg: infer K }
        ? Sum<F, K> | null
        : X extends { readonly min: infer K } | { readonly max: infer K }
          ? K extends keyof F
            ? Exclude<Out<F[K]>, null> | null
            : K extends keyof SystemFields
              ? SystemFields[K] | null
              : never
          : never;

type Sum<F, K> = K extends keyof F
  ? F[K] extends { readonly [facts]: { readonly measure: "exact" } }
    ? string
    : number
  : never;

type Group<R, F, G> = {
  -readonly [K in keyof G]: G[K] extends true
    ? K extends keyof F
      ? Out<F[K]>
      : string | null
    : G[K] extends string
      ? string | null
      : K extends keyof F
        ? F[K] extends { readonly many: false }
          ? F[K] extends ToAny<string>
            ? {
                -readonly [T in keyof G[K]]: G[K][T] extends true
                  ? string | null
                  : Flatten<Group<R, FieldsOf<R, T>, G[K][T]>>;
              }
            : Flatten<Group<R, FieldsOf<R, Target<F[K]>>, G[K]>>
          : F[K] extends Parted
            ? { -readonly [P in keyof G[K] & keyof ValueOf<F[K]>]: ValueOf<F[K]>[P] | null }
            : string | null
        : string | null;
};

/** One row of an aggregate's answer: the group's values in the form of `groupBy`, and the figures. */
export type AggregateRow<R, N, G, M> = Flatten<
  Group<R, FieldsOf<R, N>, G> & { -readonly [K in keyof M]: Figure<FieldsOf<R, N>, M[K]> }
>;
