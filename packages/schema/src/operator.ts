/** What a filter can do with a field: each operator says it twice, in JavaScript (the reading that is plainly right) and over columns (what SQL runs). */

import {
  type ColumnValue,
  columnsOfType,
  type FieldDef,
  type FieldType,
  type OrderTerm,
  partsOf,
  partType,
} from "./field-type.ts";
import { Invalid, wrongType } from "./issue.ts";
import { canonicalText } from "./json.ts";
import { isStorable } from "./text.ts";

/** An operator's name in a filter. */
export type FilterWord = string;

/** A value over columns: a column, a parameter, a constant, a column's rank in a list, or exact arithmetic on floats. */
export type Expression =
  | { readonly column: number }
  | { readonly param: number }
  | { readonly constant: number }
  | { readonly rank: number; readonly in: readonly string[] }
  | JsonAt
  | { readonly call: "add" | "subtract" | "multiply" | "divide" | "abs"; readonly args: readonly Expression[] };

/**
 * What stands at a path in a json column, null unless it is of that type: text, a number (as a float), a boolean; or 1 where there is a value at all.
 * A text in the path is the key of an object, a number the place in a list.
 */
export interface JsonAt {
  readonly json: number;
  readonly path: readonly (string | number)[];
  readonly as: "text" | "number" | "boolean" | "present";
}

/** A condition over a field's columns. Parameters are numbered as the operator's `params` gives them. */
export type Predicate =
  | { readonly all: readonly Predicate[] }
  | { readonly any: readonly Predicate[] }
  /** Turned round: true also where a missing column makes the inner one neither. */
  | { readonly not: Predicate }
  | { readonly compare: "=" | "<>" | "<" | "<=" | ">" | ">="; readonly left: Expression; readonly right: Expression }
  /** The column's value is one of the list that the parameter holds. */
  | { readonly oneOf: number | JsonAt; readonly param: number; readonly negated: boolean }
  /** The column's text holds, begins with or ends with the parameter, character by character. */
  | { readonly match: "contains" | "startsWith" | "endsWith"; readonly column: number | JsonAt; readonly param: number }
  /** The column's JSON list has the parameter, a string, as an element. */
  | { readonly element: number; readonly param: number }
  /** The column's JSON list has one of the parameter's strings, or all of them. */
  | { readonly elements: number; readonly param: number; readonly every: boolean };

/** A parameter: a column value, or a list of them for `oneOf`. */
export type Param = ColumnValue | readonly ColumnValue[];

/** What operands may depend on besides themselves: asked anew for each run of a query. */
export interface OperandContext {
  /** The run's instant (the transaction's, inside one), as ISO text in UTC. */
  readonly now: string;
  /** The name of the zone that days begin in: the actor's, else the system's. */
  readonly timeZone: string;
  /** The month in which fiscal years begin, 1 to 12: the actor's, else the system's. */
  readonly fiscalYearStart: number;
}

/** One operator of a field type. Null never reaches it: what null does is said by `nulls`, and `isNull` is the engine's. */
export interface Operator<V = any, A = any> {
  /** Whether a record without a value satisfies it: true for the negations only. */
  readonly nulls: boolean;
  /** What the operand looks like, for types, documents and the reader. */
  readonly operand: "value" | "list" | "pair";
  /** Reads the operand into normal form. Left out: by `operand`, with the field type's own `read`. */
  readonly read?: (operand: unknown, field: FieldDef, context: OperandContext) => A | Invalid;
  /** The operand means something else at each run, so that its normal form is not kept: `within: 'today'`. It has no place in checks. */
  readonly relative?: true;
  /** Whether a value satisfies it. */
  readonly test: (value: V, operand: A, field: FieldDef) => boolean;
  /** The same over columns. */
  readonly predicate: (field: FieldDef) => Predicate;
  /** The parameters that `predicate` numbers. */
  readonly params: (operand: A, field: FieldDef) => readonly Param[];
}

/** The longest list that `in` and `notIn` take. */
export const maxListLength = 10_000;

/** Reads an operand by its declared shape. */
export function readOperand(
  operator: Operator,
  type: FieldType,
  operand: unknown,
  field: FieldDef,
  context: OperandContext,
): unknown {
  if (operator.read) return operator.read(operand, field, context);
  if (operator.operand === "value") return readOne(type, operand, field);
  if (!Array.isArray(operand))
    return wrongType(operator.operand === "pair" ? "a list of two values" : "a list", operand);
  if (operator.operand === "pair" && operand.length !== 2) {
    return new Invalid("WRONG_TYPE", `must be a list of two values, not of ${operand.length}`);
  }
  if (operand.length > maxListLength) {
    return new Invalid("QUERY_TOO_LARGE", `has ${operand.length} values; a list holds at most ${maxListLength}`);
  }
  const values: unknown[] = [];
  for (let i = 0; i < operand.length; i++) {
    const value = readOne(type, operand[i], field);
    if (value instanceof Invalid) return new Invalid(value.code, value.message, value.params, [i, ...value.path]);
    values.push(value);
  }
  return values;
}

function readOne(type: FieldType, operand: unknown, field: FieldDef): unknown {
  return operand === null || operand === undefined ? wrongType("a value", operand) : type.read(operand, field);
}

/** The columns of a value; a type without `encode` has one. Of a type with parts, the columns of its parts. */
export function encodeValue(type: FieldType, value: unknown, field: FieldDef): readonly ColumnValue[] {
  if (type.parts) {
    const values = partsOf(type, value, field);
    return Object.entries(type.parts(field)).flatMap(([name, part]) => {
      const one = values[name] ?? null;
      const inner = partType(type, part);
      return one === null ? columnsOfType(inner, part).map(() => null) : encodeValue(inner, one, part);
    });
  }
  return type.encode ? type.encode(value, field) : [value as ColumnValue];
}

/** What a value's sort order compares, term by term: column values, or ranks. */
export function orderValues(type: FieldType, value: unknown, field: FieldDef): ColumnValue[] {
  const columns = encodeValue(type, value, field);
  return orderTerms(type, field).map((term) => {
    const stored = columns[term.column] as ColumnValue;
    return term.ranks ? rankOf(stored as string, term.ranks) : stored;
  });
}

/** The terms of a sortable type's order. */
export function orderTerms(type: FieldType, field: FieldDef): readonly OrderTerm[] {
  return type.order ? type.order(field) : [{ column: 0 }];
}

/** A value's place in a declared list; what is not in it comes after all that is. */
export function rankOf(value: string, ranks: readonly string[]): number {
  const rank = ranks.indexOf(value);
  return rank < 0 ? ranks.length : rank;
}

/** `eq ne in notIn`, exact, on the first column. */
export function equality(type: () => FieldType): Record<string, Operator> {
  const same = (a: unknown, b: unknown) => (typeof a === "object" ? canonicalText(a) === canonicalText(b) : a === b);
  const first = (value: unknown, field: FieldDef) => encodeValue(type(), value, field)[0] as ColumnValue;
  const compare = (op: "=" | "<>") => (): Predicate => ({ compare: op, left: { column: 0 }, right: { param: 0 } });
  const list = (values: readonly unknown[], field: FieldDef) => [values.map((value) => first(value, field))];
  return {
    eq: {
      nulls: false,
      operand: "value",
      test: same,
      predicate: compare("="),
      params: (value, field) => [first(value, field)],
    },
    ne: {
      nulls: true,
      operand: "value",
      test: (a, b) => !same(a, b),
      predicate: compare("<>"),
      params: (value, field) => [first(value, field)],
    },
    in: {
      nulls: false,
      operand: "list",
      test: (a, list: readonly unknown[]) => list.some((b) => same(a, b)),
      predicate: () => ({ oneOf: 0, param: 0, negated: false }),
      params: list,
    },
    notIn: {
      nulls: true,
      operand: "list",
      test: (a, list: readonly unknown[]) => !list.some((b) => same(a, b)),
      predicate: () => ({ oneOf: 0, param: 0, negated: true }),
      params: list,
    },
  };
}

/** `gt gte lt lte between`, along the type's sort order. */
export function ordering(type: () => FieldType): Record<string, Operator> {
  const compare = (a: unknown, b: unknown, field: FieldDef) =>
    (type().compare as NonNullable<FieldType["compare"]>)(a, b, field);
  const params = (value: unknown, field: FieldDef) => orderValues(type(), value, field);
  const one = (op: "<" | "<=" | ">" | ">=", test: (c: number) => boolean): Operator => ({
    nulls: false,
    operand: "value",
    test: (a, b, field) => test(compare(a, b, field)),
    predicate: (field) => beyond(op, orderTerms(type(), field), 0),
    params,
  });
  return {
    gt: one(">", (c) => c > 0),
    gte: one(">=", (c) => c >= 0),
    lt: one("<", (c) => c < 0),
    lte: one("<=", (c) => c <= 0),
    between: {
      nulls: false,
      operand: "pair",
      test: (a, [low, high], field) => compare(a, low, field) >= 0 && compare(a, high, field) <= 0,
      predicate: (field) => {
        const terms = orderTerms(type(), field);
        return { all: [beyond(">=", terms, 0), beyond("<=", terms, terms.length)] };
      },
      params: ([low, high], field) => [...params(low, field), ...params(high, field)],
    },
  };
}

/**
 * A comparison along several order terms, written as `x >= ? and (x > ? or y > ?)`: the outer condition lets an index seek, which the textbook
 * form does not.
 */
export function beyond(op: "<" | "<=" | ">" | ">=", terms: readonly OrderTerm[], from: number): Predicate {
  const [term, ...rest] = terms as [OrderTerm, ...OrderTerm[]];
  const left: Expression = term.ranks ? { rank: term.column, in: term.ranks } : { column: term.column };
  const right: Expression = { param: from };
  if (rest.length === 0) return { compare: op, left, right };
  const strict = op[0] as "<" | ">";
  return {
    all: [
      { compare: `${strict}=`, left, right },
      { any: [{ compare: strict, left, right }, beyond(op, rest, from + 1)] },
    ],
  };
}

/** `contains startsWith endsWith` on the text in a column; `prepare` is applied to the operand, as it was to the column (fold, or nothing). */
export function matching(column: number, prepare: (text: string) => string): Record<string, Operator> {
  const one = (match: "contains" | "startsWith" | "endsWith", test: (a: string, b: string) => boolean): Operator => ({
    nulls: false,
    operand: "value",
    // Any text: a part of an address or a number need not be one.
    read: readPart,
    test: (a: string, b: string) => test(prepare(a), prepare(b)),
    predicate: () => ({ match, column, param: 0 }),
    params: (b: string) => [prepare(b)],
  });
  return {
    contains: one("contains", (a, b) => a.includes(b)),
    startsWith: one("startsWith", (a, b) => a.startsWith(b)),
    endsWith: one("endsWith", (a, b) => a.endsWith(b)),
  };
}

function readPart(operand: unknown): string | Invalid {
  if (typeof operand !== "string") return wrongType("text", operand);
  return isStorable(operand) ? operand : new Invalid("BAD_TEXT", "holds NUL or half of a character; remove it");
}

/** `eq ne` on a whole list, `contains hasSome hasEvery` on its elements, for types that hold lists of strings in a JSON column. */
export function elements(
  readElement: (value: unknown, field: FieldDef) => string | Invalid,
  type: () => FieldType,
): Record<string, Operator> {
  const { eq, ne } = equality(type) as { eq: Operator; ne: Operator };
  return {
    eq,
    ne,
    contains: {
      nulls: false,
      operand: "value",
      read: readElement,
      test: (list: readonly string[], element: string) => list.includes(element),
      predicate: () => ({ element: 0, param: 0 }),
      params: (element: string) => [element],
    },
    hasSome: several(false, (list, elements) => elements.some((element) => list.includes(element))),
    hasEvery: several(true, (list, elements) => elements.every((element) => list.includes(element))),
  };

  function several(
    every: boolean,
    test: (list: readonly string[], elements: readonly string[]) => boolean,
  ): Operator<readonly string[], readonly string[]> {
    return {
      nulls: false,
      operand: "list",
      read(operand, field) {
        if (!Array.isArray(operand)) return wrongType("a list", operand);
        if (operand.length > maxListLength)
          return new Invalid("QUERY_TOO_LARGE", `has ${operand.length} values; a list holds at most ${maxListLength}`);
        const found = new Set<string>();
        for (let i = 0; i < operand.length; i++) {
          const element = readElement(operand[i], field);
          if (element instanceof Invalid) return new Invalid(element.code, element.message, element.params, [i]);
          found.add(element);
        }
        return [...found];
      },
      test,
      predicate: () => ({ elements: 0, param: 0, every }),
      params: (elements) => [elements],
    };
  }
}
