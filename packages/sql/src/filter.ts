/** From a condition to SQL. Two-valued: what SQL calls null counts as false, and `not` is written so that it turns it into true. */

import type { Condition, EntityModel, FieldModel } from "@kith/core";
import { type ColumnValue, encodeValue, type Predicate } from "@kith/schema";
import { sql } from "kysely";
import { lookupColumn, valueColumns } from "./columns.ts";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { afterSql } from "./order.ts";
import { bindColumn, Marker, Operand } from "./parameters.ts";
import { listMarker, predicateSql } from "./predicate.ts";
import { searchPlace, wordsOperand } from "./search.ts";
import type { Source } from "./source.ts";
import { joined, ref } from "./sql.ts";

type TestCondition = Extract<Condition, { kind: "test" }>;

/** The SQL of a condition on the records of a source. */
export function filterSql(context: SqlContext, source: Source, condition: Condition): Sql {
  switch (condition.kind) {
    case "all":
      return joined(
        "and",
        condition.of.map((one) => filterSql(context, source, one)),
      );
    case "any":
      return joined(
        "or",
        condition.of.map((one) => filterSql(context, source, one)),
      );
    case "not":
      return sql`(${filterSql(context, source, condition.of)}) is not true`;
    case "test":
      return testSql(context, source, condition);
    case "null":
      return nullSql(source.alias, condition.field);
    case "one":
      return sql`${ref(source.alias, lookupColumn(condition.field))} in ${idsSql(context, source, condition.field, condition.where)}`;
    case "some":
      return someSql(context, source, condition.field, condition.where);
    case "search":
      return searchSql(context, source, condition.entity, condition.param);
    case "after":
      return afterSql(context, source, condition.order, condition.place);
  }
}

function searchSql(context: SqlContext, source: Source, entity: EntityModel, param: number): Sql {
  const { name, table, search } = entity;
  if (!search) throw new TypeError(`Entity '${name}' has no searchable field.`);
  return context.dialect.search.finds(searchPlace(context, table, search), source.alias, wordsOperand(param));
}

/** The field has no value: all its columns are null. */
export function nullSql(alias: string, field: FieldModel): Sql {
  return joined(
    "and",
    valueColumns(field).map((column) => sql`${ref(alias, column.name)} is null`),
  );
}

function testSql(context: SqlContext, source: Source, condition: TestCondition): Sql {
  const { field, operator, param } = condition;
  const operand = new Operand(param, (value) => operator.params(value, field.def));
  const predicate = operator.predicate(field.def);
  const scope = { context, alias: source.alias, field, operand };
  const main = predicateSql(scope, predicate);
  if (operator.nulls) return sql`(${main} or ${nullSql(source.alias, field)})`;
  return joined("and", [main, ...implied(context, source, field, operand, predicate)]);
}

/**
 * What equality on a field's value says about its indexed shadow column. The shadow is made from the value alone, so that equal values have equal
 * shadows; saying so lets the one index that orders and matches by the shadow also find by the value.
 */
function implied(
  context: SqlContext,
  source: Source,
  field: FieldModel,
  operand: Operand,
  predicate: Predicate,
): Sql[] {
  const value = field.columns.findIndex((column) => !column.shadow);
  const shadow = field.columns.findIndex((column) => column.shadow);
  if (shadow < 0 || valueColumns(field).length !== 1 || !leadsAnIndex(source.entity, field)) return [];
  const { type, def } = field;
  const shadowOf = (column: ColumnValue) =>
    encodeValue(type, type.decode ? type.decode([column], def) : column, def)[shadow] as ColumnValue;
  const { name, type: columnType } = field.columns[shadow] as { name: string; type: "text" };
  const column = ref(source.alias, name);
  const { dialect } = context;
  if ("compare" in predicate && predicate.compare === "=") {
    const { left, right } = predicate;
    if (!("column" in left) || left.column !== value || !("param" in right)) return [];
    const bind = (one: ColumnValue) => bindColumn(dialect, columnType, shadowOf(one));
    return [sql`${column} = ${dialect.parameter(new Marker(operand, right.param, bind), columnType)}`];
  }
  if ("oneOf" in predicate && !predicate.negated && predicate.oneOf === value) {
    const shadows = new Operand(operand.param, (given) =>
      operand.derive(given).map((list) => (Array.isArray(list) ? list.map(shadowOf) : list)),
    );
    return [dialect.among(column, listMarker(dialect, shadows, predicate.param, columnType), columnType)];
  }
  return [];
}

function leadsAnIndex(entity: EntityModel, field: FieldModel): boolean {
  return (
    entity.indexes.some((fields) => fields[0] === field) || entity.uniques.some(({ fields }) => fields[0] === field)
  );
}

/** The ids of a lookup's targets that meet a condition. */
function idsSql(context: SqlContext, source: Source, field: FieldModel, where: Condition): Sql {
  if (!field.relation) throw new TypeError(`Field '${field.name}' of '${field.entity}' leads nowhere.`);
  const target = source.inner(field.relation.target);
  const condition = filterSql(context, target, where);
  return sql`(${target
    .fromAll()
    .select(ref(target.alias, "id") as never)
    .where(condition as never)})`;
}

function someSql(context: SqlContext, source: Source, field: FieldModel, where: Condition): Sql {
  const { relation } = field;
  const id = ref(source.alias, "id");
  if (relation?.type === "children") {
    const child = source.inner(relation.target);
    const condition = filterSql(context, child, where);
    const parent = ref(child.alias, lookupColumn(relation.via));
    return sql`${id} in (${child
      .fromAll()
      .select(parent as never)
      .where(condition as never)})`;
  }
  if (relation?.type === "link") {
    const link = source.inner(relation.through);
    const into = ref(link.alias, lookupColumn(relation.into));
    const query = link
      .from()
      .select(ref(link.alias, lookupColumn(relation.from)) as never)
      .where(sql`${into} in ${idsSql(context, link, field, where)}` as never);
    return sql`${id} in (${query})`;
  }
  throw new TypeError(`Field '${field.name}' of '${field.entity}' does not lead to many records.`);
}
