/** Lookups of an entity, those among the targets of a lookup to one of several entities too, as random models, data and queries need them. */

import { type EntityModel, type FieldModel, lookupsOf, wholeField } from "@kith/core";
import type { FieldType } from "@kith/schema";

/** A lookup to one of several entities has a lookup for each as its parts. */
export function isPolymorphic(type: FieldType): boolean {
  return Object.values(type.partTypes ?? {}).some((part) => part.relation);
}

/** Whether a field holds a reference to another record. */
export function isReference(field: FieldModel): boolean {
  return lookupsOf({ fields: [field] }).length > 0;
}

/** The entity that a lookup leads to. */
export function targetOf(lookup: FieldModel): EntityModel {
  if (!lookup.relation) throw new TypeError(`${lookup.entity}.${lookup.name} leads nowhere.`);
  return lookup.relation.target;
}

/** Something about a lookup, where queries have it: under its name, or under the target's name inside its field. */
export function under(lookup: FieldModel, inner: unknown): Record<string, unknown> {
  return lookup.owner ? { [lookup.owner.name]: { [lookup.name]: inner } } : { [lookup.name]: inner };
}

/** The value of a reference through one of its lookups. */
export function referenceTo(lookup: FieldModel, id: string): unknown {
  return lookup.owner ? { entity: lookup.name, id } : id;
}

/** Lookups that must lead somewhere. */
export function requiredTargets(entity: EntityModel): EntityModel[] {
  return lookupsOf(entity)
    .filter((lookup) => wholeField(lookup).required)
    .map(targetOf);
}
