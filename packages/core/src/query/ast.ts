/** What a query means, as data: every name found, every operand a numbered parameter. Storages prepare these once per shape. */

import type { Operator, TimeBucket, TimeZone } from "@kith/schema";
import type { EntityModel, FieldModel } from "../model/model.ts";

/**
 * A condition on one record. Two-valued: a comparison with a missing value is false (or true for `ne` and `notIn`, see `Operator.nulls`), and
 * `not` turns it round.
 */
export type Condition =
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  /** An operator on a field (or a part); `param` is the index of its operand, in normal form. */
  | {
      readonly kind: "test";
      readonly field: FieldModel;
      readonly operator: Operator;
      readonly word: string;
      readonly param: number;
    }
  /** The field has no value. */
  | { readonly kind: "null"; readonly field: FieldModel }
  /** The lookup leads to a record that meets `where`. */
  | { readonly kind: "one"; readonly field: FieldModel; readonly where: Condition }
  /** At least one record of a relation to many meets `where`. `every` and `none` are written with `not`. */
  | { readonly kind: "some"; readonly field: FieldModel; readonly where: Condition }
  /** A record of `entity` that search finds; `param` holds the words, as `readSearch` gives them. */
  | { readonly kind: "search"; readonly entity: EntityModel; readonly param: number }
  /** The record comes after a place in the order. */
  | { readonly kind: "after"; readonly order: readonly OrderKey[]; readonly place: readonly PlaceKey[] };

/** Where a cursor stands in one sort key: at a value (a parameter), or among the nulls. */
export type PlaceKey = { readonly param: number } | "null";

/** One sort key: a field of the entity, or of a record that lookups lead to. A missing record sorts as null. Nulls are smallest. */
export interface OrderKey {
  readonly path: readonly FieldModel[];
  readonly field: FieldModel;
  readonly direction: "asc" | "desc";
}

/** Which records of an entity, in which order, with what along. */
export interface ReadPlan {
  readonly entity: EntityModel;
  readonly where: Condition | undefined;
  /**
   * The parameter of a search that `where` demands, when the best finds come first (see `searchFinds`); `order` then parts what is equally good.
   */
  readonly ranked?: number | undefined;
  /** Total: its last key is the id, unless an earlier key is. */
  readonly order: readonly OrderKey[];
  /** The fields that each row shows, in this order; a name that an include also has is not among them. */
  readonly fields: readonly FieldModel[];
  readonly includes: readonly IncludePlan[];
  /** The index of the parameter that holds the limit. */
  readonly limit: number | undefined;
  /** The caller wants the place of the last row when more rows follow. */
  readonly page: boolean;
  /** Rows must be locked until the transaction ends. Only inside one. */
  readonly lock: boolean;
}

/**
 * A relation brought along. To one: an object or null (null also when `plan.where` turns the record down; order and limit play no part).
 * To many: a list, in `plan.order`, each parent with up to `plan.limit` of its own.
 */
export interface IncludePlan {
  readonly name: string;
  readonly field: FieldModel;
  readonly many: boolean;
  readonly plan: ReadPlan;
  /**
   * The lookup to one of several entities of which `field` is one target. Rows show `{ entity, id, record }` under its name: the record is the one of
   * the include whose target the row leads to, else null.
   */
  readonly of: FieldModel | undefined;
}

/** How many records. */
export interface CountPlan {
  readonly entity: EntityModel;
  readonly where: Condition | undefined;
  /** The index of the parameter at which counting may stop. */
  readonly upTo: number | undefined;
}

/** One thing that records are grouped by. */
export interface GroupKey {
  /** Its place in the answer: `['agent', 'manager']`. */
  readonly name: readonly string[];
  readonly path: readonly FieldModel[];
  readonly field: FieldModel;
  /** Groups a date or an instant by a span of time. */
  readonly bucket: BucketPlan | undefined;
}

/** A span of time that a date or an instant falls into. The value is its name, which `bucketLabel` gives. */
export interface BucketPlan {
  readonly bucket: TimeBucket;
  /** Where an instant's day is. A date has its day without one. */
  readonly zone: TimeZone | undefined;
  /** The month in which fiscal years begin. */
  readonly fiscalYearStart: number;
}

/** One figure of each group. */
export interface MeasurePlan {
  readonly name: string;
  readonly fn: "count" | "countDistinct" | "sum" | "avg" | "min" | "max";
  /** The lookups that lead to the field's record; a record that is missing counts as one without a value. */
  readonly path: readonly FieldModel[];
  /** Absent for `count`. */
  readonly field: FieldModel | undefined;
  /** Which records of the group take part; all unless given. */
  readonly where: Condition | undefined;
}

/**
 * A question about many records at once. A figure that is beyond what can be given (a sum of integers beyond ±2^53, an infinite sum of floats) is
 * OUT_OF_RANGE when its group is among the rows of the answer; a group that the limit cuts off does not matter.
 */
export interface AggregatePlan {
  readonly entity: EntityModel;
  readonly where: Condition | undefined;
  /** Groups form along exact values (text by code points, not folded). Without groups there is exactly one row. */
  readonly groups: readonly GroupKey[];
  readonly measures: readonly MeasurePlan[];
  /** Which groups are given. Its fields are named as the groups (`account.country`) and the measures are: see `havingTest`. */
  readonly having: Condition | undefined;
  /** Total: every group key that is not named comes after, ascending. Nulls are smallest. A measure that is exact orders as a number. */
  readonly order: readonly {
    readonly by: "group" | "measure";
    readonly index: number;
    readonly direction: "asc" | "desc";
  }[];
  /** The index of the parameter that holds the limit. */
  readonly limit: number | undefined;
}
