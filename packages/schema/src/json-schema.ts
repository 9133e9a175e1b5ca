/** The JSON Schema (2020-12) of an entity's records and of what writes take. */

import type { Localized } from "./field.ts";
import type { FieldDef, FieldType } from "./field-type.ts";
import type { JsonSchema } from "./json.ts";
import { localize } from "./label.ts";
import { systemFieldNames } from "./names.ts";

/** A field with its type, as a model holds it. */
export interface TypedField {
  readonly name: string;
  readonly def: FieldDef;
  readonly type: FieldType;
}

/** Which of an entity's shapes a schema describes. */
export type SchemaUse = "create" | "update" | "record";

/** An entity's facts that its JSON Schema needs. */
export interface DescribedEntity {
  readonly name: string;
  readonly label?: Localized | undefined;
  readonly fields: readonly TypedField[];
}

const instant = { type: "string", format: "date-time" };
const stamps: Record<string, JsonSchema> = {
  id: { type: "string", format: "uuid" },
  version: { type: "integer", minimum: 1 },
  createdAt: instant,
  createdBy: { type: ["string", "null"] },
  updatedAt: instant,
  updatedBy: { type: ["string", "null"] },
};

/**
 * The JSON Schema of what `create` or `update` take, or of the record they give.
 *
 * @example entityJsonSchema(model.entities.account, 'create', { locale: 'pt-BR' })
 */
export function entityJsonSchema(
  entity: DescribedEntity,
  use: SchemaUse,
  options: { readonly locale?: string } = {},
): JsonSchema {
  const properties: Record<string, JsonSchema> =
    use === "record" ? { ...stamps } : use === "create" ? { id: stamps["id"] as JsonSchema } : {};
  const required: string[] = use === "record" ? Object.keys(stamps) : [];
  for (const field of entity.fields) {
    if (systemFieldNames.includes(field.name)) continue;
    if (
      !isStored(field) ||
      (use !== "record" && (field.type.generate || field.type.derive)) ||
      (use === "update" && field.def["immutable"] === true)
    )
      continue;
    properties[field.name] = fieldSchema(entity.name, field, use, options.locale);
    const needed =
      use === "record" || (use === "create" && field.def["required"] === true && field.def["default"] === undefined);
    if (needed) required.push(field.name);
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: localize(entity.label, options.locale) ?? entity.name,
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

/** True for fields that a record holds; children and links are stored elsewhere. */
export function isStored(field: TypedField): boolean {
  return field.type.columns(field.def).length > 0 || field.type.parts !== undefined;
}

function fieldSchema(entity: string, field: TypedField, use: SchemaUse, locale: string | undefined): JsonSchema {
  const { label, help } = field.def as { label?: Localized; help?: Localized };
  const own = use === "record" && field.type.generate ? { type: "string" } : field.type.jsonSchema(field.def);
  // References in a field's schema are to itself, not to the record's schema that it stands in.
  const refers = own["$id"] === undefined && JSON.stringify(own).includes('"$ref"');
  const base = refers ? { $id: `urn:kith:${entity}:${field.name}`, ...own } : own;
  const nullable = field.def["required"] !== true && !field.type.generate;
  const about = {
    ...(label === undefined ? {} : { title: localize(label, locale) }),
    ...(help === undefined ? {} : { description: localize(help, locale) }),
  };
  if (!nullable) return { ...base, ...about };
  return { ...orNull(base), ...about };
}

function orNull(schema: JsonSchema): JsonSchema {
  if (typeof schema["type"] !== "string" || schema["$id"] !== undefined) return { anyOf: [schema, { type: "null" }] };
  const values = schema["enum"] as readonly unknown[] | undefined;
  return { ...schema, type: [schema["type"], "null"], ...(values ? { enum: [...values, null] } : {}) };
}
