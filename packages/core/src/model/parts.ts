/** Fields and their parts: a part is a field with a name, columns and a relation of its own. */

import type { EntityModel, FieldModel } from "./model.ts";

/** A field and all its parts, itself first. */
export function withParts(field: FieldModel): readonly FieldModel[] {
  return field.parts ? [field, ...[...field.parts.values()].flatMap(withParts)] : [field];
}

/** The lookups of an entity, those that are parts of a field among them. */
export function lookupsOf(entity: Pick<EntityModel, "fields">): FieldModel[] {
  return entity.fields.flatMap(withParts).filter((field) => field.relation?.type === "one");
}

/** The field of the record that a field is, or is a part of. */
export function wholeField(field: FieldModel): FieldModel {
  return field.owner ? wholeField(field.owner) : field;
}

/** A field's name as queries spell it, parts after their field: `address.city`. */
export function fieldPath(field: FieldModel): string {
  return field.owner ? `${fieldPath(field.owner)}.${field.name}` : field.name;
}
