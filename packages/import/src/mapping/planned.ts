/** A mapping made ready: what to read where, and how. */

import type { EntityModel, FieldModel } from "@kith/core";
import type { Converter } from "../convert/convert.ts";
import type { Goal } from "./columns.ts";

/** A field that a lookup's target is found by, and how its text is read. */
export interface KeyPart {
  readonly field: FieldModel;
  readonly converter: Converter;
}

/** How a lookup's text becomes an id. */
export interface PlannedLookup {
  /** The field of the record. */
  readonly field: FieldModel;
  /** Where problems of it lie: the field, and the target if columns tell it. */
  readonly path: readonly string[];
  readonly target: EntityModel;
  /** The fields that the source's values are of; none when they can only be ids. */
  readonly by: readonly KeyPart[];
  /** Ids are taken too, since the caller did not say what the values are. */
  readonly idsToo: boolean;
  /** The field leads to one of several entities, so that its value names the entity too. */
  readonly names: boolean;
  /**
   * When it is resolved: `before` the row is written, or `after` all rows are, since it leads to the entity that is imported. One of that kind that
   * cannot be set after (it is required, or immutable) is resolved `inTurn`: the rows above are written by then.
   */
  readonly when: "before" | "inTurn" | "after";
}

/** A field, or a member of its value, and where its value comes from. */
export interface PlannedColumn extends Goal {
  /** Where problems of its cells lie: the field, and the member. */
  readonly path: readonly string[];
  /** Places of its columns among the source's; none for a constant. */
  readonly places: readonly number[];
  /** What the columns are called, for messages. */
  readonly names: readonly string[];
  /** The value for every row, when there is no column. */
  readonly constant: unknown;
  readonly trim: boolean;
  readonly aliases: ReadonlyMap<string, string | null> | undefined;
  /** An empty cell empties the field of a record that is there. */
  readonly clears: boolean;
  readonly converter: Converter;
  /** For lookups: how they are resolved; several when it may lead to several entities. */
  readonly lookups: readonly PlannedLookup[];
}
