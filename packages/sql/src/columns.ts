/** A field and its columns: which there are, how a value goes in and comes out. A field with parts is the columns of its parts. */

import type { ColumnModel, EntityModel, FieldModel } from "@kith/core";
import { type ColumnValue, encodeValue, type OrderTerm, orderTerms, partsOf } from "@kith/schema";
import type { Dialect } from "./dialect.ts";
import { bindColumn } from "./parameters.ts";

/** Every column of a field, shadows and parts included. */
export function columnsOf(field: FieldModel): readonly ColumnModel[] {
  return field.columns;
}

/** The columns that make up a field's value. */
export function valueColumns(field: FieldModel): readonly ColumnModel[] {
  return columnsOf(field).filter((column) => !column.shadow);
}

/** The column that holds a lookup's id. */
export function lookupColumn(field: FieldModel): string {
  const relation = field.type.relation?.(field.def);
  return (field.columns[relation?.type === "one" ? relation.idColumn : 0] as { name: string }).name;
}

/** The column that holds a record's version. */
export function versionColumn(entity: EntityModel): string {
  const [column] = entity.byName.get("version")?.columns ?? [];
  if (!column) throw new TypeError(`Entity '${entity.name}' has no version.`);
  return column.name;
}

/** The terms of a field's sort order, with their columns. */
export function sortTerms(field: FieldModel): readonly { readonly term: OrderTerm; readonly column: ColumnModel }[] {
  return orderTerms(field.type, field.def).map((term) => ({ term, column: field.columns[term.column] as ColumnModel }));
}

/** Writes the bindings of a field's value into `out`, from `at` on: one for each of {@link columnsOf}. */
export type FieldBinder = (out: unknown[], at: number, value: unknown) => void;

/** How a field's values become bindings. */
export function fieldBinder(dialect: Dialect, field: FieldModel): FieldBinder {
  if (field.parts) return partsBinder(dialect, field, field.parts);
  const { columns, type, def } = field;
  const { bind } = dialect.columns[(columns[0] as ColumnModel).type];
  if (columns.length === 1 && !type.encode) {
    if (!bind) {
      return (out, at, value) => {
        out[at] = value === undefined ? null : value;
      };
    }
    return (out, at, value) => {
      out[at] = value === null || value === undefined ? null : bind(value as ColumnValue);
    };
  }
  const binds = columns.map((column) => dialect.columns[column.type].bind);
  return (out, at, value) => {
    const values = value === null || value === undefined ? undefined : encodeValue(type, value, def);
    for (let i = 0; i < binds.length; i++) {
      const one = values?.[i];
      const bindOne = binds[i];
      out[at + i] = one === null || one === undefined ? null : bindOne ? bindOne(one) : one;
    }
  };
}

function partsBinder(dialect: Dialect, { type, def }: FieldModel, parts: ReadonlyMap<string, FieldModel>): FieldBinder {
  let width = 0;
  const binders = [...parts].map(([name, part]) => {
    const offset = width;
    width += columnsOf(part).length;
    return { name, offset, bind: fieldBinder(dialect, part) };
  });
  return (out, at, value) => {
    const given = value === null || value === undefined ? {} : partsOf(type, value, def);
    for (const { name, offset, bind } of binders) bind(out, at + offset, given[name]);
  };
}

/** Reads a field's value from a row, given where each of {@link valueColumns} stands in it. `direct`: the value is the column as it comes. */
export interface FieldReader {
  readonly at: readonly number[];
  readonly direct: boolean;
  /** Of one column's value that is not null; there when the field has just one column. */
  readonly one: ((value: unknown) => unknown) | undefined;
  readonly read: (row: readonly unknown[]) => unknown;
}

/** How a field's values are read. */
export function fieldReader(dialect: Dialect, field: FieldModel, at: readonly number[]): FieldReader {
  if (field.parts) return partsReader(dialect, field, field.parts, at);
  const { type, def } = field;
  const reads = valueColumns(field).map(
    (column) => dialect.columns[column.type].read as ((value: unknown) => ColumnValue) | undefined,
  );
  const first = at[0] as number;
  if (reads.length === 1) {
    const read = reads[0];
    const { decode } = type;
    if (!decode && !read) return { at, direct: true, one: undefined, read: (row) => row[first] };
    const one = decode
      ? (value: unknown) => decode([read ? read(value) : (value as ColumnValue)], def)
      : (read as (value: unknown) => ColumnValue);
    return { at, direct: false, one, read: (row) => (row[first] === null ? null : one(row[first])) };
  }
  const read = (row: readonly unknown[]) => {
    let some = false;
    const values = reads.map((readOne, i) => {
      const value = row[at[i] as number];
      if (value === null) return null;
      some = true;
      return readOne ? readOne(value) : (value as ColumnValue);
    });
    return some ? (type.decode ? type.decode(values, def) : values[0]) : null;
  };
  return { at, direct: false, one: undefined, read };
}

function partsReader(
  dialect: Dialect,
  { type, def }: FieldModel,
  parts: ReadonlyMap<string, FieldModel>,
  at: readonly number[],
): FieldReader {
  let taken = 0;
  const readers = [...parts].map(([name, part]) => {
    const width = valueColumns(part).length;
    const reader = fieldReader(dialect, part, at.slice(taken, taken + width));
    taken += width;
    return { name, reader };
  });
  const read = (row: readonly unknown[]) => {
    if (at.every((index) => row[index] === null)) return null;
    const value: Record<string, unknown> = {};
    for (const { name, reader } of readers) value[name] = reader.read(row);
    return type.join ? type.join(value, def) : value;
  };
  return { at, direct: false, one: undefined, read };
}

/** The bindings of a list of column values, one by one. */
export function bindAll(dialect: Dialect, columns: readonly ColumnModel[], values: readonly ColumnValue[]): unknown[] {
  return columns.map((column, i) => bindColumn(dialect, column.type, values[i]));
}
