/**
 * The one table from text to values. It asks a field type how people spell its values, what may be written (its JSON Schema) and which column holds it,
 * never what kind it is, so that a plugin's field types are read like the built-in ones.
 */

import type { FieldModel } from "@kith/core";
import { type ColumnType, Invalid, type JsonSchema, type Spelling } from "@kith/schema";
import type { Conversion } from "../mapping/mapping.ts";
import type { Member } from "../mapping/members.ts";
import { numberOf, numberText, wholeNumberOf } from "./numbers.ts";
import { dateReader, instantReader, type Report, type TextReader, timeReader } from "./times.ts";
import { listOf, oneOf, readBoolean, readJson, type Words } from "./words.ts";

/** How the text of a field is read, and which options say something about it. */
export interface Converter {
  readonly read: TextReader;
  /** For values that are no text, as JSON has them. */
  readonly other: (value: unknown) => unknown;
  readonly takes: readonly (keyof Conversion)[];
}

/** What a converter is made from. */
interface Subject {
  readonly schema: JsonSchema;
  /** The type of its first column, if it has one. */
  readonly column: ColumnType | undefined;
  /** What people call its values. */
  readonly words: Words;
}

type Make = (options: Conversion, subject: Subject, report: Report) => TextReader;
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
    make: ({ separator }, { schema, words }) => {
      const { type, enum: values } = (schema["items"] ?? {}) as JsonSchema;
      if (type !== undefined && type !== "string") return readJson;
      return listOf(separator, wordReader(values, words));
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

const text: Entry = { make: (_, { schema, words }) => wordReader(schema["enum"], words), takes: [] };
const json: Entry = { make: () => readJson, takes: [] };

function wordReader(values: unknown, words: Words): TextReader {
  return Array.isArray(values) || words.length > 0 ? oneOf(Array.isArray(values) ? values : [], words) : asIs;
}

function entryOf({ schema, column }: Subject): Entry {
  const type = schema["type"];
  if (type === "string") return (column && byColumn[column]) ?? text;
  return (typeof type === "string" ? byJsonType[type] : undefined) ?? json;
}

function made(subject: Subject, options: Conversion, report: Report): Converter {
  const { make, takes, other = (value: unknown) => value } = entryOf(subject);
  return { read: make(options, subject, report), other, takes: ["trim", ...takes] };
}

function subjectOf({ type, def, columns }: FieldModel): Subject {
  return { schema: type.jsonSchema(def), column: columns[0]?.type, words: [...(type.spelling?.words?.(def) ?? [])] };
}

/** How the text of a field is read. Options that cannot be are reported. */
export function converterOf(field: FieldModel, options: Conversion, report: Report): Converter {
  const converter = made(subjectOf(field), options, report);
  const { text: spelling } = field.type.spelling ?? {};
  return spelling ? { ...converter, ...spelled(spelling, field, options) } : converter;
}

/** How the text of a member of a field's value is read. */
export function memberConverter(member: Member, options: Conversion, report: Report): Converter {
  if (member.role !== "value")
    return { read: member.role === "key" ? readReference : asIs, other: asGiven, takes: ["trim"] };
  if (member.part) return converterOf(member.part, options, report);
  return made({ schema: member.schema, column: undefined, words: [] }, options, report);
}

const asGiven = (value: unknown) => value;

/** What a whole reference looks like: `{ entity, id }`. */
function readReference(text: string): unknown {
  return text.startsWith("{") ? readJson(text) : text;
}

/** How people spell it; where its value is an object, JSON is read too. */
function spelled(
  { read, takes }: NonNullable<Spelling["text"]>,
  { type, def }: FieldModel,
  options: Conversion,
): Pick<Converter, "read" | "takes"> {
  const isObject = type.jsonSchema(def)["type"] === "object";
  return {
    read: (text) => (isObject && text.startsWith("{") ? readJson(text) : read(text, def, options)),
    takes: ["trim", ...takes],
  };
}

/** JSON gives amounts as numbers; the text of one is exact as long as JavaScript holds it. */
function exactText(value: unknown): unknown {
  if (typeof value !== "number") return value;
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    return new Invalid("BAD_NUMBER", `must be written as text: ${value} is more than a number holds exactly`);
  return String(value);
}
