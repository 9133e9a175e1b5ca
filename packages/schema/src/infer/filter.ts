/** What filters accept, by family of field. Few and named, so that tooltips stay short and the compiler does each once. */

import type { JsonScalar } from "../json-path.ts";
import type { RelativeSpan } from "../relative.ts";

/** A filter that any nullable value takes. */
export interface NullFilter {
  /** True: has no value. False: has one. */
  readonly isNull?: boolean;
}

/** Exact comparison. Null is a value here: `{ ne: 'x' }` includes records without one. */
export interface EqualityFilter<V> extends NullFilter {
  readonly eq?: V | null;
  readonly ne?: V | null;
  readonly in?: readonly (V | null)[];
  readonly notIn?: readonly (V | null)[];
}

/** Comparison along the sort order. Null satisfies none of these. */
export interface OrderedFilter<V> extends EqualityFilter<V> {
  readonly gt?: V;
  readonly gte?: V;
  readonly lt?: V;
  readonly lte?: V;
  /** Both ends included. */
  readonly between?: readonly [V, V];
}

/** Dates and instants. */
export interface MomentFilter extends OrderedFilter<string> {
  /** In a span of time seen from now, in the actor's time zone: `'this_quarter'`, `{ last: 30, unit: 'day' }`. */
  readonly within?: RelativeSpan;
}

/** Text: matches ignore accents and case (unless the field says `fold: false`), `eq` and `in` do not. */
export interface TextFilter extends OrderedFilter<string> {
  readonly contains?: string;
  readonly startsWith?: string;
  readonly endsWith?: string;
}

/** Ids and references. */
export interface IdFilter extends EqualityFilter<string> {}

/** Lists: the whole list, or one of its elements. */
export interface ListFilter<V> extends NullFilter {
  readonly eq?: readonly V[] | null;
  readonly ne?: readonly V[] | null;
  readonly contains?: V;
  /** At least one of these is among its elements. */
  readonly hasSome?: readonly V[];
  /** All of these are among its elements. */
  readonly hasEvery?: readonly V[];
}

/** What stands at a path in a JSON value. Compares with values of its own type only; a missing path is null. Text matches exactly. */
export interface JsonFilter extends NullFilter {
  /** Dotted text, where digits are a place in a list (`lines.0.sku`), or a list of keys and places. */
  readonly path: string | readonly (string | number)[];
  readonly eq?: JsonScalar | null;
  readonly ne?: JsonScalar | null;
  readonly in?: readonly (JsonScalar | null)[];
  readonly notIn?: readonly (JsonScalar | null)[];
  readonly gt?: JsonScalar;
  readonly gte?: JsonScalar;
  readonly lt?: JsonScalar;
  readonly lte?: JsonScalar;
  /** Both ends included, both of one type. */
  readonly between?: readonly [JsonScalar, JsonScalar];
  readonly contains?: string;
  readonly startsWith?: string;
  readonly endsWith?: string;
}
