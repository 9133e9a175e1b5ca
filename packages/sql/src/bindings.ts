/**
 * From records to the bindings of a statement. The binder is generated as code once per statement; closures do the same where code cannot be made
 * from text.
 */

import type { FieldModel } from "@kith/core";
import { type ColumnValue, encodeValue } from "@kith/schema";
import { columnsOf, fieldBinder } from "./columns.ts";
import type { Dialect } from "./dialect.ts";

/** A field whose value is bound. */
export interface BoundField {
  readonly field: FieldModel;
  /** Where the first binding of its columns stands. */
  readonly at: number;
  /** Which of the binder's two arguments holds the value. */
  readonly from: "first" | "second";
}

/** Makes a list of bindings from values by field; a value that is not there is null. */
export type RecordBinder = (
  first: Readonly<Record<string, unknown>>,
  second: Readonly<Record<string, unknown>>,
) => unknown[];

/** The binder of fields in a list of `width` places; those that no field has are undefined. */
export function recordBinder(
  dialect: Dialect,
  fields: readonly BoundField[],
  width: number,
  generate: boolean,
): RecordBinder {
  return generate ? generated(dialect, fields, width) : closed(dialect, fields, width);
}

function closed(dialect: Dialect, fields: readonly BoundField[], width: number): RecordBinder {
  const parts = fields.map(({ field, at, from }) => ({
    name: field.name,
    at,
    first: from === "first",
    bind: fieldBinder(dialect, field),
  }));
  return (first, second) => {
    const out = new Array<unknown>(width);
    for (const part of parts) part.bind(out, part.at, (part.first ? first : second)[part.name]);
    return out;
  };
}

function generated(dialect: Dialect, fields: readonly BoundField[], width: number): RecordBinder {
  const functions: unknown[] = [];
  const given = (fn: unknown) => `f${functions.push(fn) - 1}`;
  const lines = fields.map(({ field, at, from }) => {
    const value = `v=${from === "first" ? "a" : "b"}[${JSON.stringify(field.name)}]`;
    return `${value};${fieldCode(dialect, field, at, given)}`;
  });
  const names = functions.map((_, i) => `f${i}`);
  const body = `return (a,b)=>{let v,e;const o=new Array(${width});${lines.join("\n")}\nreturn o}`;
  return new Function(...names, body)(...functions);
}

function fieldCode(dialect: Dialect, field: FieldModel, at: number, given: (fn: unknown) => string): string {
  if (field.parts) return `${given(fieldBinder(dialect, field))}(o,${at},v);`;
  const { type, def } = field;
  const columns = columnsOf(field);
  const bound = (column: number, value: string) => {
    const { bind } = dialect.columns[(columns[column] as { type: "text" }).type];
    return bind ? `${value}==null?null:${given(bind)}(${value})` : `${value}===undefined?null:${value}`;
  };
  if (columns.length === 1 && !type.encode) return `o[${at}]=${bound(0, "v")};`;
  const encode = (value: ColumnValue) => encodeValue(type, value, def);
  const nulls = columns.map((_, i) => `o[${at + i}]=`).join("");
  const values = columns.map((_, i) => `o[${at + i}]=${bound(i, `e[${i}]`)};`).join("");
  return `if(v==null){${nulls}null}else{e=${given(encode)}(v);${values}}`;
}
