/** Which orders an index of the model has. Known from the shape of a query, so that its statement is chosen once. */

import type { Condition, EntityModel, FieldModel, OrderKey } from "@kith/core";
import { sortTerms } from "./columns.ts";

/**
 * Whether the index over fields ends without the id. A lookup's own does: its entries for one record are alike, which databases keep in a fraction of
 * the space and add in less time.
 */
export function isNarrow(fields: readonly FieldModel[]): boolean {
  return fields.length === 1 && fields[0]?.relation?.type === "one";
}

/**
 * Whether the rows that hold one value in each of the fields `held` stand in an order in some index, at least by its first key; `first` of them leads
 * the index, if given.
 */
export function indexServes(
  entity: EntityModel,
  held: ReadonlySet<FieldModel>,
  [key]: readonly OrderKey[],
  first?: FieldModel,
): boolean {
  if (!key || key.path.length > 0 || sortTerms(key.field).some(({ term }) => term.ranks)) return false;
  const id = entity.byName.get("id") as FieldModel;
  const ended = entity.indexes.map((fields) => (isNarrow(fields) ? fields : [...fields, id]));
  return [[id], ...ended, ...entity.uniques.map(({ fields }) => fields)].some((fields) => {
    if (first && fields[0] !== first) return false;
    return fields.find((field) => !held.has(field)) === key.field;
  });
}

/** The fields for which a condition demands one value. */
export function heldFields(where: Condition | undefined): FieldModel[] {
  if (where?.kind === "all") return where.of.flatMap(heldFields);
  const one = where?.kind === "null" || (where?.kind === "test" && where.word === "eq");
  return one ? [where.field] : [];
}
