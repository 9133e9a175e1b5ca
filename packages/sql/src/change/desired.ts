/** The tables that a model wants, as plain data: what is stored with the database and compared with what it was made from. */

import { type EntityModel, type FieldModel, type Model, type SearchModel, searchForm } from "@kith/core";
import type { ColumnType, SearchWeight } from "@kith/schema";
import { columnsOf, sortTerms, valueColumns } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import { indexName } from "../names.ts";
import { isNarrow } from "../serve.ts";
import { checkSpecs } from "./checks.ts";

/** A table of an entity. */
export interface TableSpec {
  readonly entity: string;
  /** Its name, without the storage's prefix. */
  readonly table: string;
  readonly columns: readonly ColumnSpec[];
  readonly indexes: readonly IndexSpec[];
  /** Left out by older formats, which had none. */
  readonly checks?: readonly CheckSpec[];
  /** Its text index. */
  readonly search?: SearchSpec;
}

/** The text index of a table: it is made anew when any of this changes. */
export interface SearchSpec {
  /** Names of fields with what a find in them counts. */
  readonly fields: readonly (readonly [string, SearchWeight])[];
  readonly weights: readonly SearchWeight[];
  /** How words are made of text. */
  readonly form: number;
}

/** A column of a table. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** Never null. */
  readonly required: boolean;
  /** The entity whose record's id it holds. */
  readonly references?: string;
}

/** An index of a table. */
export interface IndexSpec {
  /** Without the storage's prefix. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
}

/** A check that the database holds too. */
export interface CheckSpec {
  /** Without the storage's prefix. */
  readonly name: string;
  /** The condition, in the database's language. */
  readonly sql: string;
}

/** The tables of a model, in the order of its entities. */
export function desiredTables(context: SqlContext, model: Model): TableSpec[] {
  return [...model.entities.values()].map((entity) => desiredTable(context, entity));
}

function desiredTable(context: SqlContext, entity: EntityModel): TableSpec {
  return {
    entity: entity.name,
    table: entity.table,
    columns: entity.stored.flatMap(columnSpecs),
    indexes: desiredIndexes(entity),
    checks: checkSpecs(context, entity),
    ...(entity.search ? { search: searchSpec(entity.search) } : {}),
  };
}

function searchSpec({ fields, weights }: SearchModel): SearchSpec {
  return { fields: fields.map(({ field, weight }) => [field.name, weight]), weights, form: searchForm };
}

/** The columns of a field, or of its parts. */
export function columnSpecs(field: FieldModel): ColumnSpec[] {
  // Of parts, any may be empty although the field is not.
  if (field.parts) return [...field.parts.values()].flatMap(columnSpecs);
  const relation = field.type.relation?.(field.def);
  // Of a value in several columns, some may be empty although there is a value.
  const required = field.required && valueColumns(field).length === 1;
  return columnsOf(field).map((column, i) => ({
    name: column.name,
    type: column.type,
    required,
    ...(relation?.type === "one" && relation.idColumn === i && relation.targets.length === 1
      ? { references: relation.targets[0] as string }
      : {}),
  }));
}

/** The sets of fields that are unique, with the columns that this compares. Values that the engine makes are unique too. */
export function uniqueSets(
  entity: EntityModel,
): readonly { readonly fields: readonly FieldModel[]; readonly columns: readonly string[] }[] {
  const declared = entity.uniques.map(({ fields }) => fields);
  const made = entity.stored.filter(
    (field) => field.type.generate && !declared.some((fields) => fields.length === 1 && fields[0] === field),
  );
  return [...declared, ...made.map((field) => [field])].map((fields) => ({
    fields,
    columns: fields.flatMap(uniqueColumns),
  }));
}

function uniqueColumns(field: FieldModel): string[] {
  const compared = field.type.uniqueBy?.(field.def) ?? [0];
  return compared.map((index) => (field.columns[index] as { name: string }).name);
}

/**
 * Unique indexes, and those that were asked for. An index over fields holds the columns that sort them (for folded text the fold, then the text), then
 * the id: so one index finds equal values, matches beginnings, sorts, and continues a page behind a value and an id, without a sort. Ranks are not columns:
 * a choice is indexed by its stored value, which finds but does not sort. The index of a lookup alone stays narrow. What another index begins with is left out.
 */
export function desiredIndexes(entity: EntityModel): IndexSpec[] {
  const uniques = uniqueSets(entity).map(({ columns }) => columns);
  const wanted = entity.indexes.map((fields) => {
    const columns = [...new Set(fields.flatMap(indexColumns))];
    return isNarrow(fields) ? columns : [...new Set([...columns, "id"])];
  });
  const spec = (unique: boolean) => (columns: readonly string[]) => ({
    name: indexName(unique ? "unique" : "index", entity.table, columns),
    columns,
    unique,
  });
  const begins = (other: readonly string[], columns: readonly string[]) =>
    columns.every((column, i) => column === other[i]);
  const needed = wanted.filter(
    (columns, i) =>
      !wanted.some((other, k) => k !== i && begins(other, columns) && (other.length > columns.length || k < i)) &&
      !uniques.some((other) => begins(other, columns)),
  );
  return [...uniques.map(spec(true)), ...needed.map(spec(false))];
}

function indexColumns(field: FieldModel): string[] {
  const { indexBy } = field.type;
  if (indexBy) return indexBy(field.def).map((column) => (field.columns[column] as { name: string }).name);
  if (field.relation) return valueColumns(field).map(({ name }) => name);
  return sortTerms(field)
    .filter(({ term }) => !term.ranks)
    .map(({ column }) => column.name);
}
