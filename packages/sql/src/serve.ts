/** Which orders an index of the model has. Known from the shape of a query, so that its statement is chosen once. */

import type { Condition, EntityModel, FieldModel, OrderKey } from "@kith/core";
import { sortTerms } from "./columns.ts";

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
  const indexes = [[], ...entity.indexes, ...entity.uniques.map(({ fields }) => fields)];
  return indexes.some((fields) => {
    if (first && fields[0] !== first) return false;
    return [...fields, id].find((field) => !held.has(field)) === key.field;
  });
}

/** The fields for which a condition demands one value. */
export function heldFields(where: Condition | undefined): FieldModel[] {
  if (where?.kind === "all") return where.of.flatMap(heldFields);
  const one = where?.kind === "null" || (where?.kind === "test" && where.word === "eq");
  return one ? [where.field] : [];
}
