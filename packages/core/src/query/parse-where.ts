/** From a filter as written to a condition. Walks in the scan's order, since parameters are numbered by it. */

import {
  describe,
  didYouMean,
  Invalid,
  isPlainObject,
  type JsonPath,
  type OperandContext,
  type Operator,
  pathOperator,
  pathPresent,
  pathWords,
  printable,
  readOperand,
  readPath,
} from "@kith/schema";
import type { EntityModel, FieldModel } from "../model/model.ts";
import type { Condition } from "./ast.ts";
import { type ParseContext, type Path, timeless } from "./parse-context.ts";

const always: Condition = { kind: "all", of: [] };

/** The condition of a filter on an entity. `relations: false` keeps it to the entity's own stored fields. */
export function parseWhere(
  context: ParseContext,
  entity: EntityModel,
  where: unknown,
  path: Path,
  relations = true,
): Condition {
  if (where === null || typeof where !== "object" || Array.isArray(where)) {
    context.problem(path, `must be an object of conditions, not ${describe(where)}`);
    return always;
  }
  const of: Condition[] = [];
  for (const name in where) {
    const value = (where as Record<string, unknown>)[name];
    const at = [...path, printable(name)];
    if (name === "and" || name === "or") of.push(parseList(context, entity, name, value, at, relations));
    else if (name === "not") of.push({ kind: "not", of: parseWhere(context, entity, value, at, relations) });
    else {
      const field = entity.byName.get(name);
      if (field) of.push(parseField(context, field, value, at, relations));
      else
        context.problem(
          at,
          `is no field of '${entity.name}'.${didYouMean(name, entity.byName.keys())}`,
          "UNKNOWN_FIELD",
        );
    }
  }
  return of.length === 1 ? (of[0] as Condition) : { kind: "all", of };
}

function parseList(
  context: ParseContext,
  entity: EntityModel,
  name: "and" | "or",
  value: unknown,
  path: Path,
  relations: boolean,
): Condition {
  if (!Array.isArray(value)) {
    context.problem(path, `must be a list of conditions, not ${describe(value)}`);
    return always;
  }
  const of = value.map((item, i) => parseWhere(context, entity, item, [...path, i], relations));
  return name === "and" ? { kind: "all", of } : { kind: "any", of };
}

function parseField(
  context: ParseContext,
  field: FieldModel,
  value: unknown,
  path: Path,
  relations: boolean,
): Condition {
  if (value === undefined) {
    context.problem(path, "is undefined; leave the key out, or write null for 'has no value'");
    return always;
  }
  const { relation } = field;
  if (relation && relation.type !== "one") {
    if (relations) return parseQuantified(context, field, relation.target, value, path);
    context.problem(path, "is not stored with the record; only the entity's own stored fields can be used here");
    return always;
  }
  if (value === null) return { kind: "null", field };
  if (typeof value !== "object" || Array.isArray(value)) return test(context, field, "eq", value, path);
  return parseObject(context, field, value as Record<string, unknown>, path, relations);
}

/** Operators, or a filter on what the field leads to; never both. */
function parseObject(
  context: ParseContext,
  field: FieldModel,
  value: Record<string, unknown>,
  path: Path,
  relations: boolean,
): Condition {
  const words = Object.keys(value);
  if (!isPlainObject(value)) {
    context.problem(path, `must be a value or plain conditions, not ${describe(value)}`);
    return always;
  }
  if (field.type.paths && Object.hasOwn(value, "path")) return parsePath(context, field, value, path);
  const isWord = (word: string) => word === "isNull" || Object.hasOwn(field.operators, word);
  const operators = words.filter(isWord);
  if (words.length > 0 && operators.length === words.length) {
    const of = words.map((word) => parseOperator(context, field, word, value[word], [...path, word]));
    return of.length === 1 ? (of[0] as Condition) : { kind: "all", of };
  }
  if (field.relation?.type === "one" && operators.length === 0 && relations) {
    return { kind: "one", field, where: parseWhere(context, field.relation.target, value, path) };
  }
  if (field.parts && operators.length === 0) return parseParts(context, field, value, path, relations);
  const takes = [...Object.keys(field.operators), "isNull"].join(", ");
  if (words.length === 0) context.problem(path, `has no condition; ${field.name} takes ${takes}`);
  for (const word of words) {
    if (isWord(word)) continue;
    const hint = didYouMean(word, [...Object.keys(field.operators), "isNull"]);
    const mixed =
      field.relation && operators.length > 0
        ? " Operators and names of fields cannot stand together; put them into `and`."
        : "";
    context.problem(
      [...path, printable(word)],
      `is no operator of ${field.name} (${field.type.kind}).${hint} It takes ${takes}.${mixed}`,
      "UNKNOWN_OPERATOR",
    );
  }
  return always;
}

/** Operators on what stands at a path in a json field. */
function parsePath(context: ParseContext, field: FieldModel, value: Record<string, unknown>, at: Path): Condition {
  const steps = readPath(value["path"]);
  if (steps instanceof Invalid) {
    context.problem([...at, "path"], steps.message, steps.code);
    return always;
  }
  const present: Condition = { kind: "test", field, operator: pathPresent(steps), word: "isNull", param: -1 };
  const missing: Condition = { kind: "not", of: present };
  const of: Condition[] = [];
  for (const [word, operand] of Object.entries(value)) {
    if (word === "path") continue;
    const here = [...at, printable(word)];
    if (word === "isNull") {
      if (typeof operand !== "boolean") context.problem(here, `must be true or false, not ${describe(operand)}`);
      of.push(operand === false ? present : missing);
    } else if (operand === null && (word === "eq" || word === "ne")) of.push(word === "eq" ? missing : present);
    else of.push(parseAtPath(context, field, steps, word, operand, here, missing));
  }
  if (of.length === 0)
    context.problem(at, `has a path and no condition; beside it stand ${[...pathWords, "isNull"].join(", ")}`);
  return of.length === 1 ? (of[0] as Condition) : { kind: "all", of };
}

function parseAtPath(
  context: ParseContext,
  field: FieldModel,
  steps: JsonPath,
  word: string,
  operand: unknown,
  at: Path,
  missing: Condition,
): Condition {
  const withNull = (word === "in" || word === "notIn") && Array.isArray(operand) && operand.includes(null);
  const drop = (given: unknown) => (withNull && Array.isArray(given) ? given.filter((item) => item !== null) : given);
  const operator = pathOperator(word, steps, drop(operand));
  if (!operator) {
    const takes = [...pathWords, "isNull"];
    const message = `is no operator on a path.${didYouMean(word, takes)} It takes ${takes.join(", ")}`;
    context.problem(at, message, "UNKNOWN_OPERATOR");
    return always;
  }
  const read = (given: unknown, operands: OperandContext) =>
    given === undefined || given === null
      ? new Invalid(
          "WRONG_TYPE",
          given === null ? "cannot be null; only eq, ne, in and notIn know null" : "is undefined; leave the key out",
        )
      : readOperand(operator, field.type, drop(given), field.def, operands);
  const test: Condition = { kind: "test", field, operator, word, param: context.param(at, read, operand) };
  if (!withNull) return test;
  return word === "in"
    ? { kind: "any", of: [test, missing] }
    : { kind: "all", of: [test, { kind: "not", of: missing }] };
}

function parseParts(
  context: ParseContext,
  field: FieldModel,
  value: Record<string, unknown>,
  path: Path,
  relations: boolean,
): Condition {
  const parts = field.parts as ReadonlyMap<string, FieldModel>;
  const of: Condition[] = [];
  for (const name of Object.keys(value)) {
    const part = parts.get(name);
    const at = [...path, printable(name)];
    if (part) of.push(parseField(context, part, value[name], at, relations));
    else context.problem(at, `is no part of ${field.name}.${didYouMean(name, parts.keys())}`, "UNKNOWN_FIELD");
  }
  return { kind: "all", of };
}

function parseQuantified(
  context: ParseContext,
  field: FieldModel,
  target: EntityModel,
  value: unknown,
  path: Path,
): Condition {
  const words = ["some", "every", "none"];
  if (value === null || typeof value !== "object" || Array.isArray(value) || Object.keys(value).length === 0) {
    context.problem(path, `leads to many records; write { some: … }, { every: … } or { none: … }`);
    return always;
  }
  const of: Condition[] = [];
  for (const word of Object.keys(value)) {
    const at = [...path, printable(word)];
    if (!words.includes(word)) {
      context.problem(
        at,
        `cannot stand here; ${field.name} leads to many records and takes some, every or none.${didYouMean(word, words)}`,
        "UNKNOWN_OPERATOR",
      );
      continue;
    }
    const inner = parseWhere(context, target, (value as Record<string, unknown>)[word], at);
    const some = (where: Condition): Condition => ({ kind: "some", field, where });
    if (word === "some") of.push(some(inner));
    else if (word === "none") of.push({ kind: "not", of: some(inner) });
    else of.push({ kind: "not", of: some({ kind: "not", of: inner }) });
  }
  return of.length === 1 ? (of[0] as Condition) : { kind: "all", of };
}

function parseOperator(
  context: ParseContext,
  field: FieldModel,
  word: string,
  operand: unknown,
  path: Path,
): Condition {
  const isNull: Condition = { kind: "null", field };
  if (word === "isNull") {
    if (typeof operand !== "boolean") context.problem(path, `must be true or false, not ${describe(operand)}`);
    return operand === false ? { kind: "not", of: isNull } : isNull;
  }
  if (operand === null && word === "eq") return isNull;
  if (operand === null && word === "ne") return { kind: "not", of: isNull };
  if (operand === null || operand === undefined) {
    context.problem(
      path,
      operand === null ? "cannot be null; only eq, ne, in and notIn know null" : "is undefined; leave the key out",
    );
    return always;
  }
  const listed = word === "in" || word === "notIn";
  if (!listed || !Array.isArray(operand) || !operand.includes(null)) return test(context, field, word, operand, path);
  const others = test(context, field, word, operand, path, true);
  return word === "in"
    ? { kind: "any", of: [others, isNull] }
    : { kind: "all", of: [others, { kind: "not", of: isNull }] };
}

function test(
  context: ParseContext,
  field: FieldModel,
  word: string,
  operand: unknown,
  path: Path,
  dropNulls = false,
): Condition {
  const operator = Object.hasOwn(field.operators, word) ? (field.operators[word] as Operator) : undefined;
  if (!operator) {
    const takes = [...Object.keys(field.operators), "isNull"].join(", ");
    context.problem(
      path,
      `cannot be compared with a value; ${field.name} (${field.type.kind}) takes ${takes}`,
      "UNKNOWN_OPERATOR",
    );
    return always;
  }
  if (operator.relative && context.operands === timeless) {
    context.problem(
      path,
      "means another span of time at each asking; a check holds for ever, so that only fixed values can stand in it",
    );
    return always;
  }
  const { type, def } = field;
  const read = (value: unknown, operands: OperandContext) => {
    const given = dropNulls && Array.isArray(value) ? value.filter((item) => item !== null) : value;
    return given === undefined
      ? new Invalid("WRONG_TYPE", "is undefined; leave the key out")
      : readOperand(operator, type, given, def, operands);
  };
  return { kind: "test", field, operator, word, param: context.param(path, read, operand) };
}
