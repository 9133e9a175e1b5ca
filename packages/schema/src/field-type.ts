/** The contract of a field type: the one object that knows everything about a kind of field. */

import type { TimeBucket } from "./calendar.ts";
import type { CommonOption, Measure } from "./field.ts";
import type { Invalid } from "./issue.ts";
import type { Json, JsonSchema } from "./json.ts";
import type { FilterWord, Operator } from "./operator.ts";
import type { SearchWeight } from "./search.ts";
import type { Spelling } from "./spelling.ts";

/** A field as run time sees it: its kind and options, not yet checked. */
export interface FieldDef extends Readonly<Record<string, unknown>> {
  readonly kind: string;
}

/** The kinds of column that a storage provides. Every column value is plain JSON (see {@link ColumnValue}). */
export type ColumnType =
  | "text"
  | "uuid"
  | "integer"
  | "bigint"
  | "float"
  | "boolean"
  | "json"
  | "instant"
  | "date"
  | "time";

/**
 * A value of a column: text, uuid, instant, date and time are strings, integer a safe integer, bigint the decimal text of a 64-bit integer, float a
 * finite number, boolean a boolean, json any JSON.
 */
export type ColumnValue = Json;

/** One column of a field. */
export interface Column {
  /** Added to the field's stored name; `""` for the first. */
  readonly suffix: string;
  readonly type: ColumnType;
  /** Written beside the value and never read back: it serves filters and sorting only. */
  readonly shadow?: boolean;
}

/** One term of a field's sort order: a column, or the rank of its value in a list (values outside it come last). */
export interface OrderTerm {
  readonly column: number;
  readonly ranks?: readonly string[];
}

/** How records hang together through a field. */
export type Relation =
  | {
      readonly type: "one";
      readonly targets: readonly string[];
      readonly onDelete: OnDelete;
      readonly idColumn: number;
    }
  | { readonly type: "children"; readonly target: string; readonly via: string }
  | {
      readonly type: "link";
      readonly target: string;
      readonly through: string;
      readonly from: string | undefined;
      readonly into: string | undefined;
    };

/** What happens to records that look up to a deleted one: deleting is refused, they are deleted too, or the lookup is emptied. */
export type OnDelete = "restrict" | "cascade" | "clear";

/** A value made by the engine from a counter. */
export interface Generator {
  /** The counter's name at `now`; a new name starts at 1. */
  readonly sequence: (field: FieldDef, now: string) => string;
  /** The value for the counter's next number. */
  readonly format: (field: FieldDef, n: number, now: string) => string;
  /**
   * The counter that would give a value, and as which number: below 1 when it never will. Undefined for a value that no counter gives. With `render` it lets counters
   * go on above the values that are there when a field becomes one of this type, or counts otherwise than before. Left out: a new name starts at 1.
   */
  readonly locate?: (field: FieldDef, value: string) => { readonly sequence: string; readonly n: number } | undefined;
  /** The value that a counter gave as its number `n`. */
  readonly render?: (field: FieldDef, sequence: string, n: number) => string;
}

/** Reports a problem of a declaration: the option that is wrong, and what to do. */
export type ReportOption = (option: string, message: string) => void;

/**
 * Everything there is to know about a kind of field. The engine, the storages and the interfaces ask these facts; none of them asks for the kind.
 * `defineFieldType` checks the object and makes the factory that declarations call.
 */
export interface FieldType<V = any> {
  /** The name under which declarations and JSON know it. */
  readonly kind: string;
  /** Its own options: a JSON Schema for each. A key that is neither here nor in `common` is refused. */
  readonly options: Readonly<Record<string, JsonSchema>>;
  /** Which of the common options it takes; all unless it says otherwise. */
  readonly common?: readonly CommonOption[];
  /** Checks options against each other. */
  readonly check?: (field: FieldDef, report: ReportOption, context: { readonly currency: string | undefined }) => void;
  /** Names of other fields of the entity that an option refers to, with the type that their first column must have. */
  readonly siblings?: (
    field: FieldDef,
  ) => readonly { readonly option: string; readonly name: string; readonly column: ColumnType }[];
  /** Present on fields that tie records together. */
  readonly relation?: (field: FieldDef) => Relation;
  /** Present on fields whose value the engine makes; such a field cannot be given. */
  readonly generate?: Generator;
  /**
   * Present on fields whose value follows from the rest of their record; such a field cannot be given. It is computed after hooks, read and
   * limited like a given value, stored, and filters and sorts like any other.
   */
  readonly derive?: (record: Readonly<Record<string, unknown>>, field: FieldDef) => V | null;
  /** Named parts that filters can go into (`{ address: { city: … } }`). Part columns follow the field's name; the type's own `columns` is then empty. */
  readonly parts?: (field: FieldDef) => Readonly<Record<string, FieldDef>>;
  /** From a value to the values of its parts, null where a part has none. Left out: the value is an object of its parts already. */
  readonly split?: (value: V, field: FieldDef) => Readonly<Record<string, unknown>>;
  /** From the values of its parts, not all of them null, to the value. Left out: an object of them. */
  readonly join?: (parts: Readonly<Record<string, unknown>>, field: FieldDef) => V;
  /** The field types of its parts, by kind. */
  readonly partTypes?: Readonly<Record<string, FieldType>>;
  /** Its columns; none for what is stored elsewhere. Operators of a type with parts number the columns of its parts, one part after the other. */
  readonly columns: (field: FieldDef) => readonly Column[];
  /**
   * Reads any value into normal form, or says what is wrong. Never called with null or undefined.
   * It also reads the operands of filters, so that it must not enforce limits that only stored values have.
   */
  readonly read: (value: unknown, field: FieldDef) => V | Invalid;
  /** The declared limits of a stored value in normal form (length, range, pattern). */
  readonly limit?: (value: V, field: FieldDef) => Invalid | undefined;
  /** The JSON Schema of what may be written. It must let through all that `read` and `limit` accept. */
  readonly jsonSchema: (field: FieldDef) => JsonSchema;
  /** String formats that `jsonSchema` names and JSON Schema does not know. */
  readonly formats?: Readonly<Record<string, (text: string) => boolean>>;
  /** True when whatever `jsonSchema` lets through is valid and already in normal form, so that `read` and `limit` can be left out. */
  readonly schemaDecides?: (field: FieldDef) => boolean;
  /** True when part of the check is in `jsonSchema` alone, so that it must be run beside `read`. */
  readonly schemaNeeded?: (field: FieldDef) => boolean;
  /** From a value to its columns (shadows too). Left out: one column that holds the value itself. */
  readonly encode?: (value: V, field: FieldDef) => readonly ColumnValue[];
  /** From its columns (without shadows) to the value. Left out: the first column's value. */
  readonly decode?: (columns: readonly ColumnValue[], field: FieldDef) => V;
  /** Its one column is JSON, and filters can go to what stands at a path in it: `{ settings: { path: 'theme.color', eq: 'dark' } }`. */
  readonly paths?: boolean;
  /** What filters can do with it, by operator name. `isNull` is everybody's. */
  readonly operators: (field: FieldDef) => Readonly<Record<string, Operator>>;
  /** Its sort order in JavaScript; left out when it has none. Must agree with `order`. */
  readonly compare?: (a: V, b: V, field: FieldDef) => number;
  /** Its sort order over its columns. */
  readonly order?: (field: FieldDef) => readonly OrderTerm[];
  /** What `unique` compares: indexes of columns. Left out: the first column. */
  readonly uniqueBy?: (field: FieldDef) => readonly number[];
  /** What an index on it holds: indexes of columns. Only for types without an order, which cannot be indexed unless they say this. */
  readonly indexBy?: (field: FieldDef) => readonly number[];
  /** What aggregates may do with it. */
  readonly measure: Measure;
  /** The scale of its decimal text, when `measure` is `exact`. */
  readonly scale?: (field: FieldDef) => number;
  /** How an exact sum or average, a whole number of smallest units of any size, is given, and back, when `measure` is `exact`. Left out: decimal text at `scale`. */
  readonly figure?: {
    readonly give: (units: string, field: FieldDef) => string;
    readonly units: (figure: string, field: FieldDef) => string;
  };
  /** Where an amount's currency stands: fixed, or in a sibling field. Amounts of different currencies are never added. */
  readonly currency?: (field: FieldDef) => { readonly fixed: string } | { readonly field: string } | undefined;
  /**
   * Present on types whose fields can be `searchable`: the text of a value that search looks into, and how much a find in it counts unless the field says
   * so (`B` unless given).
   */
  readonly search?: {
    readonly text: (value: V, field: FieldDef) => string;
    readonly weight?: SearchWeight;
  };
  /** How people and spreadsheets write it, where that is not what its JSON Schema says. Importers ask this; writes do not. */
  readonly spelling?: Spelling;
  /** Time buckets that it can be grouped by. */
  readonly buckets?: readonly TimeBucket[];
  /** The name of the input that screens show for it. */
  readonly widget: string;
}

/** The columns of a field; of one with parts, the columns of its parts, one part after the other. */
export function columnsOfType(type: FieldType, field: FieldDef): readonly Column[] {
  if (!type.parts) return type.columns(field);
  return Object.values(type.parts(field)).flatMap((part) => columnsOfType(partType(type, part), part));
}

/** The type of a part. */
export function partType(type: FieldType, part: FieldDef): FieldType {
  const found = type.partTypes?.[part.kind];
  if (!found) throw new TypeError(`Field type '${type.kind}' gives no partTypes for kind '${part.kind}'.`);
  return found;
}

/** The values of a value's parts, by name. */
export function partsOf(type: FieldType, value: unknown, field: FieldDef): Readonly<Record<string, unknown>> {
  return type.split ? type.split(value, field) : (value as Record<string, unknown>);
}

/** Words that a filter on a field of this type may use. */
export function operatorWords(type: FieldType, field: FieldDef): readonly FilterWord[] {
  return [...Object.keys(type.operators(field)), "isNull"];
}
