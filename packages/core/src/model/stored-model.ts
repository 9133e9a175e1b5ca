/** A model as a database keeps it: its canonical JSON, read back into fields. Nothing is checked; it was when it was applied. */

import { type FieldDef, type FieldType, isPlainObject } from "@kith/schema";
import { systemFieldModels } from "./build.ts";
import { makeField } from "./field-models.ts";
import type { FieldModel } from "./model.ts";

/** An entity of a stored model. */
export interface StoredEntity {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Its stored fields, system fields first. A field whose kind no plugin brings any more has no model. */
  readonly fields: ReadonlyMap<string, StoredField>;
}

/** A field of a stored model. */
export interface StoredField {
  readonly name: string;
  readonly def: FieldDef;
  /** Undefined when its kind is not known any more. Its relation is not resolved. */
  readonly model: FieldModel | undefined;
}

/** Reads `Model.toJSON` back, with the field types of the present. */
export function readStoredModel(json: unknown, types: ReadonlyMap<string, FieldType>): Map<string, StoredEntity> {
  const entities = new Map<string, StoredEntity>();
  const all = isPlainObject(json) && isPlainObject(json["entities"]) ? json["entities"] : {};
  for (const [name, entity] of Object.entries(all)) {
    if (!isPlainObject(entity)) continue;
    const { fields, ...options } = entity;
    entities.set(name, readStoredEntity(name, Array.isArray(fields) ? fields : [], options, types));
  }
  return entities;
}

function readStoredEntity(
  name: string,
  fields: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  types: ReadonlyMap<string, FieldType>,
): StoredEntity {
  const system = systemFieldModels(name).map((model) => ({ name: model.name, def: model.def, model }));
  const own = fields.filter(isPlainObject).map((one): StoredField => {
    const { name: field, plugin, ...def } = one;
    return storedField(name, String(field), String(plugin), def as unknown as FieldDef, types);
  });
  return { name, options, fields: new Map([...system, ...own].filter(isHeld).map((field) => [field.name, field])) };
}

/** A field as it was declared once. */
export function storedField(
  entity: string,
  name: string,
  plugin: string,
  def: FieldDef,
  types: ReadonlyMap<string, FieldType>,
): StoredField {
  const type = types.get(def.kind);
  return { name, def, model: type && makeField(entity, { name, def, plugin }, type, false) };
}

const isHeld = ({ model }: StoredField) => model === undefined || model.stored;
