/** What a search across entities takes and gives. */

import type { Row } from "@kith/schema";

/** Options of a search across entities. */
export interface SearchOptions<N extends string = string> {
  /** Where to look; all entities with searchable fields unless given. */
  readonly entities?: readonly N[];
  /** How many finds at most; 20 unless given, 1,000 at most. */
  readonly limit?: number;
}

/** A record that was found. */
export interface SearchHit<N = string, T = Record<string, unknown>> {
  readonly entity: N;
  readonly id: string;
  /** The value of the entity's title field, as text; null when there is none. */
  readonly title: string | null;
  /** How well it fits, above 0 and up to 1: 1 when every word stands whole in a field of weight `A`. The same measure for every entity. */
  readonly rank: number;
  readonly record: T;
}

/** A find in one of the entities `N` of the registry `R`. */
export type SearchHitOf<R, N extends keyof R> = { readonly [K in N]: SearchHit<K, Row<R, K>> }[N];
