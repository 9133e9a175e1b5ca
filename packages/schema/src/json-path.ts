/** Paths into JSON values, and what filters can do with what stands at their end. Missing and null are the same there: no value. */

import { Invalid, wrongType } from "./issue.ts";
import { isPlainObject, type Json } from "./json.ts";
import { comparingWords } from "./names.ts";
import type { Expression, JsonAt, Operator, Predicate } from "./operator.ts";
import { maxListLength } from "./operator.ts";
import { compareCodePoints, isStorable } from "./text.ts";

/** Steps from the outside in: a text is the key of an object, a number the place in a list. */
export type JsonPath = readonly (string | number)[];
/** What a path's value can be compared with. */
export type JsonScalar = string | number | boolean;

const mostSteps = 32;
const longestStep = 200;
const place = /^(0|[1-9]\d{0,8})$/;

/**
 * The steps of a path: dotted text (`theme.color`, `lines.0.sku`: digits are a place in a list), or a list of keys and places for keys that hold dots or digits.
 *
 * @example readPath('lines.0.sku') // ['lines', 0, 'sku']
 */
export function readPath(given: unknown): JsonPath | Invalid {
  const steps =
    typeof given === "string" ? given.split(".").map((step) => (place.test(step) ? Number(step) : step)) : given;
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > mostSteps)
    return new Invalid(
      "PATH",
      `must be text like 'theme.color' or a list of keys and places, 1 to ${mostSteps} of them`,
    );
  for (const step of steps as unknown[]) {
    const good =
      typeof step === "number"
        ? Number.isInteger(step) && step >= 0 && step < 1e9
        : typeof step === "string" && step.length <= longestStep && isStorable(step) && (step !== "" || given !== "");
    if (!good)
      return new Invalid(
        "PATH",
        `holds a step that is no key of up to ${longestStep} characters and no place from 0 up`,
      );
  }
  return [...(steps as (string | number)[])];
}

/** What stands at the end of a path; null when nothing does. */
export function valueAt(json: unknown, path: JsonPath): Json {
  let at = json;
  for (const step of path) {
    if (typeof step === "number") at = Array.isArray(at) ? at[step] : undefined;
    else at = isPlainObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    if (at === undefined || at === null) return null;
  }
  return at as Json;
}

/** The type of a JSON scalar, as {@link JsonAt} names it. */
export type ScalarType = "text" | "number" | "boolean";

const scalarTypes: readonly ScalarType[] = ["text", "number", "boolean"];

function typeOf(value: unknown): ScalarType | undefined {
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : undefined;
}

function readScalar(value: unknown): JsonScalar | Invalid {
  if (typeof value === "string")
    return isStorable(value) ? value : new Invalid("BAD_TEXT", "holds NUL or half of a character; remove it");
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : wrongType("a finite number", value);
  return typeof value === "boolean" ? value : wrongType("text, a number, true or false", value);
}

function readScalars(value: unknown): readonly JsonScalar[] | Invalid {
  if (!Array.isArray(value)) return wrongType("a list", value);
  if (value.length > maxListLength)
    return new Invalid("QUERY_TOO_LARGE", `has ${value.length} values; a list holds at most ${maxListLength}`);
  const read: JsonScalar[] = [];
  for (let i = 0; i < value.length; i++) {
    const one = readScalar(value[i]);
    if (one instanceof Invalid) return new Invalid(one.code, one.message, one.params, [i]);
    read.push(one);
  }
  return read;
}

function compare(a: JsonScalar, b: JsonScalar): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The words of filters on paths. */
export const pathWords: readonly string[] = comparingWords;

/**
 * An operator on what stands at a path in a type's one json column. `operand` is one of those that it will be given: all of them have the same types,
 * so that a statement is prepared once for them.
 */
export function pathOperator(word: string, path: JsonPath, operand: unknown): Operator<Json, any> | undefined {
  const at = (as: JsonAt["as"]): JsonAt => ({ json: 0, path, as });
  const one = (
    holds: (value: Json, operand: never) => boolean,
    predicate: Predicate,
    rest: Pick<Operator, "operand" | "read" | "params"> & { readonly nulls?: boolean },
  ): Operator<Json, any> => ({
    nulls: false,
    ...rest,
    // Without a value the operator is not asked, as with any field.
    test: (json, given) => {
      const value = valueAt(json, path);
      return value === null ? (rest.nulls ?? false) : holds(value, given as never);
    },
    predicate: () => predicate,
  });
  const scalar = { operand: "value", read: readScalar, params: (value: JsonScalar) => [value] } as const;
  const type = typeOf(operand) ?? "text";
  const compared = (op: "=" | "<" | "<=" | ">" | ">=", left: Expression, param = 0): Predicate => ({
    compare: op,
    left,
    right: { param },
  });
  const same = (value: Json, given: JsonScalar) => value === given;
  const ordered = (op: "<" | "<=" | ">" | ">=", holds: (difference: number) => boolean) =>
    one(
      (value, given: JsonScalar) => typeof value === typeof given && holds(compare(value as JsonScalar, given)),
      compared(op, at(type)),
      scalar,
    );
  switch (word) {
    case "eq":
      return one(same, compared("=", at(type)), scalar);
    case "ne":
      return one((value, given) => !same(value, given), { not: compared("=", at(type)) }, { ...scalar, nulls: true });
    case "gt":
      return ordered(">", (difference) => difference > 0);
    case "gte":
      return ordered(">=", (difference) => difference >= 0);
    case "lt":
      return ordered("<", (difference) => difference < 0);
    case "lte":
      return ordered("<=", (difference) => difference <= 0);
    case "between":
      return between(one, at);
    case "in":
    case "notIn":
      return among(one, at, operand, word === "notIn");
    case "contains":
    case "startsWith":
    case "endsWith":
      return one(
        (value, part: string) => typeof value === "string" && matches[word](value, part),
        { match: word, column: at("text"), param: 0 },
        { ...scalar, read: (value) => (typeof value === "string" ? readScalar(value) : wrongType("text", value)) },
      );
    default:
      return undefined;
  }

  function between(make: typeof one, on: typeof at): Operator<Json, any> {
    const pair = typeOf(Array.isArray(operand) ? operand[0] : undefined) ?? "text";
    return make(
      (value, [low, high]: readonly [JsonScalar, JsonScalar]) =>
        typeof value === typeof low &&
        compare(value as JsonScalar, low) >= 0 &&
        compare(value as JsonScalar, high) <= 0,
      { all: [compared(">=", on(pair), 0), compared("<=", on(pair), 1)] },
      {
        operand: "pair",
        read(value) {
          const read = readScalars(value);
          if (read instanceof Invalid) return read;
          return read.length === 2 && typeof read[0] === typeof read[1]
            ? read
            : new Invalid("WRONG_TYPE", "must be a list of two values of the same type");
        },
        params: (values: readonly JsonScalar[]) => [...values],
      },
    );
  }
}

const matches = {
  contains: (value: string, part: string) => value.includes(part),
  startsWith: (value: string, part: string) => value.startsWith(part),
  endsWith: (value: string, part: string) => value.endsWith(part),
};

function among(
  make: (
    holds: (value: Json, operand: never) => boolean,
    predicate: Predicate,
    rest: Pick<Operator, "operand" | "read" | "params"> & { readonly nulls?: boolean },
  ) => Operator<Json, any>,
  at: (as: JsonAt["as"]) => JsonAt,
  operand: unknown,
  negated: boolean,
): Operator<Json, any> {
  const given = new Set((Array.isArray(operand) ? operand : []).map(typeOf));
  const types = scalarTypes.filter((type) => given.has(type));
  const found: Predicate = { any: types.map((type, param) => ({ oneOf: at(type), param, negated: false })) };
  const params = (list: readonly JsonScalar[]) => types.map((type) => list.filter((value) => typeOf(value) === type));
  const holds = (value: Json, list: readonly JsonScalar[]) => list.includes(value as JsonScalar);
  return negated
    ? make(
        (value, list) => !holds(value, list),
        { not: found },
        { operand: "list", read: readScalars, params, nulls: true },
      )
    : make(holds, found, { operand: "list", read: readScalars, params });
}

/** True for a path that has a value: neither missing nor null. It takes no operand. */
export function pathPresent(path: JsonPath): Operator<Json, undefined> {
  return {
    nulls: false,
    operand: "value",
    test: (json) => valueAt(json, path) !== null,
    predicate: () => ({ compare: "=", left: { json: 0, path, as: "present" }, right: { constant: 1 } }),
    params: () => [],
  };
}
