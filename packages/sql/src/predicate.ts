/** From an operator's predicate over a field's columns to SQL. */

import type { FieldModel } from "@kith/core";
import type { ColumnType, ColumnValue, Expression, JsonAt, Predicate } from "@kith/schema";
import { sql } from "kysely";
import type { SqlContext } from "./context.ts";
import type { Dialect, Sql } from "./dialect.ts";
import { bindColumn, Marker, type Operand } from "./parameters.ts";
import { joined, rank, ref } from "./sql.ts";

/** Where a predicate stands: the table's alias, the field, and what its parameters come from. */
export interface PredicateScope {
  readonly context: SqlContext;
  readonly alias: string;
  readonly field: FieldModel;
  readonly operand: Operand;
}

/** The SQL of a predicate. Null where a column is null, which counts as false. */
export function predicateSql(scope: PredicateScope, predicate: Predicate): Sql {
  const { dialect } = scope.context;
  if ("all" in predicate) {
    return joined(
      "and",
      predicate.all.map((one) => predicateSql(scope, one)),
    );
  }
  if ("any" in predicate) {
    return joined(
      "or",
      predicate.any.map((one) => predicateSql(scope, one)),
    );
  }
  if ("not" in predicate) return sql`(${predicateSql(scope, predicate.not)}) is not true`;
  if ("compare" in predicate) {
    const type = comparedType(scope, predicate.left) ?? comparedType(scope, predicate.right) ?? "float";
    const left = expressionSql(scope, predicate.left, type);
    const right = expressionSql(scope, predicate.right, type);
    return sql`${left} ${sql.raw(predicate.compare)} ${right}`;
  }
  if ("oneOf" in predicate) {
    const { oneOf } = predicate;
    const type = typeof oneOf === "number" ? columnType(scope, oneOf) : jsonTypes[oneOf.as];
    const marker = listMarker(dialect, scope.operand, predicate.param, type);
    const column = valueSql(scope, oneOf);
    return dialect.among(column, marker, type, predicate.negated);
  }
  if ("match" in predicate) {
    const operand = (made?: (text: string) => unknown) =>
      dialect.parameter(new Marker(scope.operand, predicate.param, made as never), "text");
    return dialect.match(predicate.match, valueSql(scope, predicate.column), operand);
  }
  if ("elements" in predicate) {
    const marker = listMarker(dialect, scope.operand, predicate.param, "text");
    return dialect.elements(columnSql(scope, predicate.elements), marker, predicate.every);
  }
  return dialect.element(columnSql(scope, predicate.element), parameterSql(scope, predicate.param, "text"));
}

/** A parameter that holds a list of column values. */
export function listMarker(dialect: Dialect, operand: Operand, index: number, type: ColumnType): Marker {
  return new Marker(operand, index, (values: readonly ColumnValue[]) => dialect.bindList(values, type));
}

function columnType(scope: PredicateScope, index: number): ColumnType {
  const column = scope.field.columns[index];
  if (!column)
    throw new TypeError(`Field type '${scope.field.type.kind}' names column ${index}, which it does not have.`);
  return column.type;
}

function columnSql(scope: PredicateScope, index: number): Sql {
  columnType(scope, index);
  return ref(scope.alias, (scope.field.columns[index] as { name: string }).name);
}

/** The types of what stands at a path. */
const jsonTypes = { text: "text", number: "float", boolean: "boolean", present: "integer" } as const;

/** A column, or what stands at a path in one. */
function valueSql(scope: PredicateScope, value: number | JsonAt): Sql {
  return typeof value === "number"
    ? columnSql(scope, value)
    : scope.context.dialect.jsonAt(columnSql(scope, value.json), value.path, value.as);
}

/** The type that the other side of a comparison has, if this side tells. */
function comparedType(scope: PredicateScope, expression: Expression): ColumnType | undefined {
  if ("column" in expression) return columnType(scope, expression.column);
  if ("json" in expression) return jsonTypes[expression.as];
  return "rank" in expression ? "integer" : undefined;
}

function expressionSql(scope: PredicateScope, expression: Expression, type: ColumnType): Sql {
  if ("column" in expression) return columnSql(scope, expression.column);
  if ("json" in expression) return valueSql(scope, expression);
  if ("param" in expression) return parameterSql(scope, expression.param, type);
  if ("constant" in expression) return scope.context.dialect.parameter(expression.constant, type);
  if ("rank" in expression) return rank(columnSql(scope, expression.rank), expression.in);
  const args = expression.args.map((arg) => expressionSql(scope, arg, "float"));
  if (expression.call === "abs") return sql`abs(${args[0]})`;
  if (expression.call === "divide") return sql`(${args[0]} / nullif(${args[1]}, 0))`;
  const sign = { add: "+", subtract: "-", multiply: "*" }[expression.call];
  return sql`(${sql.join(args, sql.raw(` ${sign} `))})`;
}

function parameterSql(scope: PredicateScope, index: number, type: ColumnType): Sql {
  const { dialect } = scope.context;
  return dialect.parameter(
    new Marker(scope.operand, index, (value: ColumnValue) => bindColumn(dialect, type, value)),
    type,
  );
}
