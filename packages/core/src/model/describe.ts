/** An entity as screens and agents need to see it, in one language. */

import { type JsonSchema, jsonSchemaOf, type Localized, labelFromName, localize, operatorWords } from "@kith/schema";
import type { AnyOperation } from "../operations/operation.ts";
import type { EntityModel, FieldModel } from "./model.ts";

/** A field as people see it. */
export interface FieldDescription {
  readonly name: string;
  readonly kind: string;
  readonly label: string;
  readonly help?: string;
  readonly widget: string;
  readonly required: boolean;
  readonly writable: "always" | "create" | "never";
  /** The operators that filters on it may use; none for what leads to many records. */
  readonly operators: readonly string[];
  readonly sortable: boolean;
  /** The entity that it leads to. */
  readonly to?: string;
  readonly many?: boolean;
  /** Its parts, each a field that filters can go into. */
  readonly parts?: readonly FieldDescription[];
  /** The values of a choice, with their labels. */
  readonly values?: readonly { readonly value: string; readonly label: string }[];
}

/** An entity as people see it. */
export interface EntityDescription {
  readonly name: string;
  readonly label: string;
  readonly plural: string;
  readonly title?: string;
  readonly plugin: string;
  readonly fields: readonly FieldDescription[];
}

/** Describes an entity in a locale; English where it has no text of its own. */
export function describeEntity(entity: EntityModel, locale?: string): EntityDescription {
  return {
    name: entity.name,
    label: localize(entity.label, locale) as string,
    plural: localize(entity.plural, locale) as string,
    ...(entity.title ? { title: entity.title.name } : {}),
    plugin: entity.plugin,
    fields: entity.fields.map((field) => describeField(field, locale)),
  };
}

function describeField(field: FieldModel, locale: string | undefined): FieldDescription {
  const { def, type, relation } = field;
  const help = localize(def["help"] as Localized | undefined, locale);
  const labels = (def["labels"] ?? {}) as Record<string, Localized>;
  const values = Array.isArray(def["values"]) ? (def["values"] as readonly string[]) : undefined;
  return {
    name: field.name,
    kind: type.kind,
    label: localize(field.label, locale) as string,
    ...(help === undefined ? {} : { help }),
    widget: type.widget,
    required: field.required,
    writable: field.writable,
    operators: field.stored ? operatorWords(type, def) : [],
    sortable: field.stored && type.compare !== undefined && field.parts === undefined,
    ...(relation ? { to: relation.target.name, many: relation.type !== "one" } : {}),
    ...(field.parts ? { parts: [...field.parts.values()].map((part) => describeField(part, locale)) } : {}),
    ...(values ? { values: values.map((value) => ({ value, label: localize(labels[value], locale) ?? value })) } : {}),
  };
}

/** An operation as screens and agents see it. */
export interface OperationDescription {
  readonly name: string;
  readonly label: string;
  /** The JSON Schema (2020-12) of its input, when its schema can tell. */
  readonly input?: JsonSchema;
  /** The JSON Schema of its output, when it has a schema that can tell. */
  readonly output?: JsonSchema;
}

/** Describes an operation in a locale. */
export function describeOperation(operation: AnyOperation, locale?: string): OperationDescription {
  const input = jsonSchemaOf(operation.input);
  const output = operation.output && jsonSchemaOf(operation.output);
  return {
    name: operation.name,
    label: localize(operation.label, locale) ?? labelFromName(operation.name.split(".")[1] as string),
    ...(input ? { input } : {}),
    ...(output ? { output } : {}),
  };
}
