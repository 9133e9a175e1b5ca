/** A row on its way to a record. */

import type { FieldModel } from "@kith/core";
import type { Issue } from "@kith/schema";
import type { PlannedLookup } from "../mapping/planned.ts";
import type { SourceRow } from "../source/source.ts";

/** What a record is looked for by: the values of one entity's fields. */
export interface Sought {
  readonly lookup: PlannedLookup;
  /** In normal form, one for each field that the target is found by; the id alone when `byId`. */
  readonly key: readonly unknown[];
  readonly byId: boolean;
}

/** A lookup that is to be resolved. */
export interface Wanted {
  readonly field: FieldModel;
  /** Where to look; one of them must have the record. */
  readonly sought: readonly Sought[];
}

/** Members of a value that columns of their own gave. */
export interface GivenMembers {
  readonly set: Record<string, unknown>;
  /** Members that an update empties; of a lookup to several entities, the targets. */
  readonly cleared: string[];
}

/** A row as far as it is read without asking the database. */
export interface Draft {
  readonly row: SourceRow;
  /** What create takes; empty cells are left out. */
  readonly values: Record<string, unknown>;
  /** Values that came member by member: an update keeps the members that no column speaks of. */
  readonly members: Map<FieldModel, GivenMembers>;
  /** Fields that an update empties. */
  readonly cleared: string[];
  /** Lookups to resolve before the record is written. */
  readonly wanted: Wanted[];
  /** Lookups to the entity itself, for when all records are written. */
  readonly later: Wanted[];
  /** Why it is rejected, if it is. */
  readonly issues: Issue[];
}

/** The members that a row gives of a field's value, to be filled. */
export function givenMembers({ members }: Draft, field: FieldModel): GivenMembers {
  let given = members.get(field);
  if (!given) {
    given = { set: {}, cleared: [] };
    members.set(field, given);
  }
  return given;
}

/** Notes a lookup to resolve. */
export function want(draft: Draft, field: FieldModel, sought: readonly Sought[]): void {
  const waits = sought.some(({ lookup }) => lookup.when === "after");
  (waits ? draft.later : draft.wanted).push({ field, sought });
}
