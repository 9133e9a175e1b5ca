/**
 * The one table from text to values. It asks a field type what may be written (its JSON Schema) and which column holds it, never what kind it is, so
 * that a plugin's field types are read like the built-in ones.
 */

import type { FieldModel } from "@kith/core";
import { type ColumnType, Invalid, type JsonSchema } from "@kith/schema";
import type { Conversion } from "../mapping/mapping.ts";
import { numberOf, numberText, wholeNumberOf } from "./numbers.ts";
import { dateReader, instantReader, type Report, type TextReader, timeReader } from "./times.ts";
import { listOf, oneOf, readBoolean, readJson } from "./words.ts";

/** How the text of a field is read, and which options say something about it. */
export interface Converter {
  readonly read: TextReader;
  /** For values that are no text, as JSON has them. */
  readonly other: (value: unknown) => unknown;
  readonly takes: readonly (keyof Conversion)[];
}

type Make = (options: Conversion, schema: JsonSchema, report: Report) => TextReader;
interface Entry {
  readonly make: Make;
  readonly takes: readonly (keyof Conversion)[];
  readonly other?: (value: unknown) => unknown;
}

const numberOptions = ["decimalComma", "thousands"] as const;
const asIs: TextReader = (text) => text;

/** By the JSON Schema type of what may be written. */
const byJsonType: Readonly<Record<string, Entry>> = {
  integer: { make: (options) => wholeNumberOf(numberText(options)), takes: numberOptions },
  number: { make: (options) => numberOf(numberText(options)), takes: numberOptions },
  boolean: { make: () => readBoolean, takes: [] },
  array: {
    make: ({ separator }, { items }) => {
      const { type, enum: words } = (items ?? {}) as JsonSchema;
      if (type !== undefined && type !== "string") return readJson;
      return listOf(separator, Array.isArray(words) ? oneOf(words) : asIs);
    },
    takes: ["separator"],
  },
};

/** By the column of what is written as text. */
const byColumn: Partial<Readonly<Record<ColumnType, Entry>>> = {
  bigint: { make: numberText, takes: numberOptions, other: exactText },
  date: { make: (options, _, report) => dateReader(options, report), takes: ["format"] },
  time: { make: (options, _, report) => timeReader(options, report), takes: ["format"] },
  instant: { make: (options, _, report) => instantReader(options, report), takes: ["format", "timeZone"] },
};

const text: Entry = { make: (_, schema) => (Array.isArray(schema["enum"]) ? oneOf(schema["enum"]) : asIs), takes: [] };
const json: Entry = { make: () => readJson, takes: [] };

function entryOf({ columns }: FieldModel, schema: JsonSchema): Entry {
  const type = schema["type"];
  if (type === "string") return (columns[0] && byColumn[columns[0].type]) ?? text;
  return (typeof type === "string" ? byJsonType[type] : undefined) ?? json;
}

/** How the text of a field is read. Options that cannot be are reported. */
export function converterOf(field: FieldModel, options: Conversion, report: Report): Converter {
  const schema = field.type.jsonSchema(field.def);
  const { make, takes, other = (value) => value } = entryOf(field, schema);
  return { read: make(options, schema, report), other, takes: ["trim", ...takes] };
}

/** JSON gives amounts as numbers; the text of one is exact as long as JavaScript holds it. */
function exactText(value: unknown): unknown {
  if (typeof value !== "number") return value;
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    return new Invalid("BAD_NUMBER", `must be written as text: ${value} is more than a number holds exactly`);
  return String(value);
}
