/** From drafts to entity models: fields, relations, unique sets, indexes, titles and checks. */

import {
  datetimeType,
  didYouMean,
  type FieldType,
  fittingName,
  idType,
  integerType,
  type Localized,
  labelFromName,
  operatorNames,
  printable,
  snakeCase,
  userType,
} from "@kith/schema";
import { bucketKeys } from "../query/parse-groups.ts";
import { searchModel } from "../search/search-model.ts";
import { readChecks } from "./checks.ts";
import type { DraftEntity } from "./draft.ts";
import { checkLocalized, fieldModel, makeField } from "./field-models.ts";
import type { EntityModel, FieldModel, Vocabulary } from "./model.ts";
import { withParts } from "./parts.ts";
import { resolveRelations } from "./relations.ts";
import type { ReportDeclaration } from "./report.ts";

/** An entity model while it is built. */
export type LooseEntity = { -readonly [K in keyof EntityModel]: EntityModel[K] } & {
  fields: FieldModel[];
  byName: Map<string, FieldModel>;
  incoming: FieldModel[];
};

/** The fields that every record has, with their types. */
const systemFields: readonly (readonly [string, FieldType, boolean])[] = [
  ["id", idType, true],
  ["version", integerType, true],
  ["createdAt", datetimeType, true],
  ["createdBy", userType, false],
  ["updatedAt", datetimeType, true],
  ["updatedBy", userType, false],
];

/** The models of the fields that every record has. */
export function systemFieldModels(entity: string): FieldModel[] {
  return systemFields.map(([name, type, required]) => {
    const def = { kind: type.kind, ...(required ? { required } : {}) };
    return makeField(entity, { name, def, plugin: "kith" }, type, true);
  });
}

/** Builds the entities of a model. What is wrong is reported; the result is sound only when nothing was. */
export function buildEntities(
  drafts: ReadonlyMap<string, DraftEntity>,
  types: ReadonlyMap<string, FieldType>,
  currency: string | undefined,
  report: ReportDeclaration,
): { entities: Map<string, EntityModel>; vocabulary: Vocabulary } {
  const entities = new Map<string, LooseEntity>();
  for (const draft of drafts.values()) entities.set(draft.name, buildEntity(draft, types, currency, report));
  const vocabulary = wordsOf(entities.values());
  resolveRelations(entities, report);
  const tables = new Map<string, string>();
  for (const [name, entity] of entities) {
    const draft = drafts.get(name) as DraftEntity;
    checkColumns(entity, tables, report);
    entity.uniques = readUniques(entity, draft, report);
    entity.indexes = readIndexes(entity, draft, report);
    entity.title = readTitle(entity, draft, report);
    entity.search = searchModel(entity.stored, entity.title);
    entity.checks = readChecks(entity, draft, vocabulary, report);
  }
  for (const entity of entities.values()) freezeEntity(entity);
  return { entities, vocabulary };
}

/** Every word that queries on these entities may use. */
function wordsOf(entities: Iterable<EntityModel>): Vocabulary {
  const operators = new Set(operatorNames);
  const words = new Set<string>();
  for (const field of [...entities].flatMap((entity) => entity.fields.flatMap(withParts))) {
    words.add(field.name);
    for (const word of Object.keys(field.operators)) operators.add(word);
  }
  for (const word of [...operators, "and", "or", "not", "some", "every", "none", ...bucketKeys]) words.add(word);
  return { words, operators };
}

function buildEntity(
  draft: DraftEntity,
  types: ReadonlyMap<string, FieldType>,
  currency: string | undefined,
  report: ReportDeclaration,
): LooseEntity {
  const where = { plugin: draft.plugin, entity: draft.name };
  const { label, plural } = draft.options as { label?: Localized; plural?: Localized };
  checkLocalized(where, "label", label, report);
  checkLocalized(where, "plural", plural, report);
  const fields: FieldModel[] = systemFieldModels(draft.name);
  for (const field of draft.fields.values()) {
    const model = fieldModel(draft, field, types, currency, report);
    if (model) fields.push(model);
  }
  const singular = label ?? labelFromName(draft.name);
  return {
    name: draft.name,
    table: fittingName(snakeCase(draft.name)),
    plugin: draft.plugin,
    label: singular,
    plural: plural ?? withS(singular),
    title: undefined,
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    stored: fields.filter((field) => field.stored),
    uniques: [],
    indexes: [],
    checks: [],
    search: undefined,
    incoming: [],
  };
}

function withS(label: Localized): Localized {
  if (typeof label === "string") return `${label}s`;
  return Object.fromEntries(Object.entries(label).map(([locale, text]) => [locale, `${text}s`])) as Localized;
}

function checkColumns(entity: LooseEntity, tables: Map<string, string>, report: ReportDeclaration): void {
  const twin = tables.get(entity.table);
  if (twin)
    report({
      code: "NAME_CLASH",
      plugin: entity.plugin,
      entity: entity.name,
      message: `and '${twin}' would both be stored as '${entity.table}'; rename one`,
    });
  tables.set(entity.table, entity.name);
  const columns = new Map<string, FieldModel>();
  for (const field of entity.fields) {
    for (const { name: column } of field.columns) {
      const other = columns.get(column);
      if (other && other !== field) {
        report({
          code: "NAME_CLASH",
          plugin: field.plugin,
          entity: entity.name,
          field: field.name,
          message: `and '${other.name}' would both be stored as '${column}'; rename one`,
        });
      }
      columns.set(column, field);
    }
  }
}

function readUniques(entity: LooseEntity, draft: DraftEntity, report: ReportDeclaration): EntityModel["uniques"] {
  const own = entity.fields.filter((field) => !field.system && (field.def["unique"] === true || field.type.generate));
  const sets = readLists(entity, draft, "unique", report);
  return [...own.flatMap((field) => perTarget([field])), ...sets].map((fields) => ({ fields }));
}

function readIndexes(entity: LooseEntity, draft: DraftEntity, report: ReportDeclaration): EntityModel["indexes"] {
  const own = entity.fields
    .flatMap(withParts)
    .filter((field) => field.stored && (field.relation?.type === "one" || field.def["indexed"] === true));
  for (const field of own) {
    if (field.def["indexed"] === true && !field.type.compare && !field.type.indexBy) {
      report({
        code: "BAD_OPTION",
        plugin: field.plugin,
        entity: entity.name,
        field: field.name,
        option: "indexed",
        message: `does nothing for a field of kind ${field.type.kind}, which has no order`,
      });
    }
  }
  return [...own.map((field) => [field]), ...readLists(entity, draft, "indexes", report)];
}

function readLists(
  entity: LooseEntity,
  draft: DraftEntity,
  option: "unique" | "indexes",
  report: ReportDeclaration,
): FieldModel[][] {
  const where = { plugin: draft.plugin, entity: draft.name, option };
  const lists = draft.options[option];
  if (lists === undefined) return [];
  const good =
    Array.isArray(lists) &&
    lists.every((list) => Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === "string"));
  if (!good) {
    report({
      ...where,
      code: "WRONG_TYPE",
      message: "must be a list of lists of field names, like [['account', 'number']]",
    });
    return [];
  }
  return (lists as string[][]).flatMap((names) => {
    if (new Set(names).size < names.length)
      report({
        ...where,
        code: "DUPLICATE",
        message: `names a field twice: ${names.map((name) => printable(name)).join(", ")}`,
      });
    const fields = names.flatMap((name) => {
      const field = entity.byName.get(name);
      if (field?.stored && field.columns.length > 0 && field.type.compare) return [field];
      const why = field
        ? `names '${name}', a field of kind ${field.type.kind}, which cannot stand there`
        : `names '${printable(name)}', which the entity does not have.${didYouMean(name, entity.byName.keys())}`;
      report({ ...where, code: "UNKNOWN_FIELD", message: why });
      return [];
    });
    return perTarget(fields);
  });
}

/** A list of fields, once for each target of a lookup to one of several entities among them: just one target's column is filled in. */
function perTarget(fields: readonly FieldModel[]): FieldModel[][] {
  return fields.reduce<FieldModel[][]>(
    (lists, field) => {
      const columns = field.parts ? [...field.parts.values()] : [field];
      return lists.flatMap((list) => columns.map((one) => [...list, one]));
    },
    [[]],
  );
}

function readTitle(entity: LooseEntity, draft: DraftEntity, report: ReportDeclaration): FieldModel | undefined {
  const name = draft.options["title"];
  if (name === undefined) return undefined;
  const field = typeof name === "string" ? entity.byName.get(name) : undefined;
  if (field?.stored && field.type.compare && !field.relation && !field.parts) return field;
  const why = field
    ? `names '${field.name}', a field of kind ${field.type.kind}, which cannot stand for a record`
    : `names '${printable(name)}', which the entity does not have.${typeof name === "string" ? didYouMean(name, entity.byName.keys()) : ""}`;
  report({ code: "UNKNOWN_FIELD", plugin: draft.plugin, entity: draft.name, option: "title", message: why });
  return undefined;
}

function freezeEntity(entity: LooseEntity): void {
  for (const field of entity.fields.flatMap(withParts)) Object.freeze(field);
  for (const list of [entity.fields, entity.stored, entity.uniques, entity.indexes, entity.checks, entity.incoming])
    Object.freeze(list);
  Object.freeze(entity);
}
