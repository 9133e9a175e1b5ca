/** Evaluates a predicate over columns, as a database would: what the JavaScript reading of an operator is compared with. */

import {
  type Column,
  type ColumnType,
  type ColumnValue,
  compareCodePoints,
  type Expression,
  type JsonAt,
  type Param,
  type Predicate,
  rankOf,
  valueAt,
} from "@kith/schema";

/** A record's columns and the operator's parameters. */
export interface Evaluation {
  readonly columns: readonly Column[];
  readonly values: readonly ColumnValue[];
  readonly params: readonly Param[];
}

/** Whether the columns satisfy the predicate. A missing column satisfies no comparison, as in SQL. */
export function satisfies(predicate: Predicate, on: Evaluation): boolean {
  if ("all" in predicate) return predicate.all.every((part) => satisfies(part, on));
  if ("any" in predicate) return predicate.any.some((part) => satisfies(part, on));
  if ("not" in predicate) return !satisfies(predicate.not, on);
  if ("compare" in predicate) {
    const left = evaluate(predicate.left, on);
    const right = evaluate(predicate.right, on);
    if (left === null || right === null) return false;
    const difference = compareColumn(columnType(predicate.left, on) ?? columnType(predicate.right, on), left, right);
    return {
      "=": difference === 0,
      "<>": difference !== 0,
      "<": difference < 0,
      "<=": difference <= 0,
      ">": difference > 0,
      ">=": difference >= 0,
    }[predicate.compare];
  }
  if ("oneOf" in predicate) {
    const { oneOf } = predicate;
    const value = typeof oneOf === "number" ? at(on, oneOf) : atPath(on, oneOf);
    if (value === null) return false;
    const type = typeof oneOf === "number" ? on.columns[oneOf]?.type : undefined;
    const found = (on.params[predicate.param] as readonly ColumnValue[]).some(
      (one) => compareColumn(type, value, one) === 0,
    );
    return found !== predicate.negated;
  }
  if ("match" in predicate) {
    const { column } = predicate;
    const value = typeof column === "number" ? at(on, column) : atPath(on, column);
    if (value === null) return false;
    const part = String(on.params[predicate.param]);
    return predicate.match === "contains"
      ? String(value).includes(part)
      : predicate.match === "startsWith"
        ? String(value).startsWith(part)
        : String(value).endsWith(part);
  }
  if ("elements" in predicate) {
    const list = at(on, predicate.elements);
    const asked = on.params[predicate.param] as readonly ColumnValue[];
    if (!Array.isArray(list)) return false;
    return predicate.every ? asked.every((one) => list.includes(one)) : asked.some((one) => list.includes(one));
  }
  const list = at(on, predicate.element);
  return Array.isArray(list) && list.includes(on.params[predicate.param]);
}

/** Compares two column values as their column's type does. */
export function compareColumn(type: ColumnType | undefined, a: ColumnValue, b: ColumnValue): number {
  if (type === "bigint")
    return Number(BigInt(String(a)) - BigInt(String(b)) > 0n) - Number(BigInt(String(a)) - BigInt(String(b)) < 0n);
  if (type === "json") return compareCodePoints(JSON.stringify(a), JSON.stringify(b));
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  return Number(a) < Number(b) ? -1 : Number(a) > Number(b) ? 1 : 0;
}

function at(on: Evaluation, column: number): ColumnValue {
  return on.values[column] ?? null;
}

function atPath(on: Evaluation, { json, path, as }: JsonAt): ColumnValue {
  const value = valueAt(at(on, json), path);
  if (as === "present") return value === null ? null : 1;
  return typeof value === (as === "text" ? "string" : as) ? value : null;
}

function columnType(expression: Expression, on: Evaluation): ColumnType | undefined {
  if ("column" in expression) return on.columns[expression.column]?.type;
  return "rank" in expression ? "integer" : undefined;
}

function evaluate(expression: Expression, on: Evaluation): ColumnValue {
  if ("column" in expression) return at(on, expression.column);
  if ("json" in expression) return atPath(on, expression);
  if ("param" in expression) return (on.params[expression.param] ?? null) as ColumnValue;
  if ("constant" in expression) return expression.constant;
  if ("rank" in expression) {
    const value = at(on, expression.rank);
    return value === null ? null : rankOf(String(value), expression.in);
  }
  const args = expression.args.map((arg) => evaluate(arg, on));
  if (args.includes(null)) return null;
  const [x, y] = args.map(Number) as [number, number];
  switch (expression.call) {
    case "add":
      return x + y;
    case "subtract":
      return x - y;
    case "multiply":
      return x * y;
    case "divide":
      return y === 0 ? null : x / y;
    case "abs":
      return Math.abs(x);
  }
}
