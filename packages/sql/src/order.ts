/** Sort orders, and what comes after a place in one. */

import type { OrderKey, PlaceKey } from "@kith/core";
import { type ColumnValue, orderValues } from "@kith/schema";
import { sql } from "kysely";
import { lookupColumn, sortTerms } from "./columns.ts";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { bindColumn, Marker, Operand } from "./parameters.ts";
import type { Source } from "./source.ts";
import { always, joined, never, ref, termSql } from "./sql.ts";

/** The terms of one sort key as SQL, most significant first. */
export function keyTerms(source: Source, key: Pick<OrderKey, "path" | "field">) {
  const at = source.along(key.path, lookupColumn);
  return sortTerms(key.field).map(({ term, column }) => ({
    sql: termSql(ref(at.alias, column.name), term),
    type: term.ranks ? ("integer" as const) : column.type,
    ranked: term.ranks !== undefined,
  }));
}

/** What stands after ORDER BY. */
export function orderSql(context: SqlContext, source: Source, order: readonly OrderKey[]): Sql[] {
  return sortKeys(source, order).map((key) => directed(context, key.sql, key.direction, key.nullable));
}

/** The terms of an order, most significant first, each with its direction. */
export function sortKeys(source: Source, order: readonly OrderKey[]) {
  return order.flatMap((key) =>
    keyTerms(source, key).map((term) => ({ sql: term.sql, direction: key.direction, nullable: isNullable(key) })),
  );
}

/** A term with its direction, nulls smallest. */
export function directed(context: SqlContext, term: Sql, direction: "asc" | "desc", nullable: boolean): Sql {
  const bare = direction === "asc" ? sql`${term} asc` : sql`${term} desc`;
  if (!nullable || context.dialect.nullsSmallest) return bare;
  return direction === "asc" ? sql`${bare} nulls first` : sql`${bare} nulls last`;
}

function isNullable(key: Pick<OrderKey, "path" | "field">): boolean {
  return key.path.length > 0 || !key.field.required;
}

/**
 * What comes after a place: `x >= ? and (x > ? or …)`, whose first part an index can seek, for each term of each key. A key that stands among the
 * nulls has no terms: going up, everything with a value follows; going down, only the other nulls do.
 */
export function afterSql(
  context: SqlContext,
  source: Source,
  order: readonly OrderKey[],
  place: readonly PlaceKey[],
): Sql {
  return afterFrom(context, source, order, place, 0);
}

/** What comes after a place, by the keys from one on: the keys before it are equal. */
function afterFrom(
  context: SqlContext,
  source: Source,
  order: readonly OrderKey[],
  place: readonly PlaceKey[],
  from: number,
): Sql {
  let rest: Sql = never;
  for (let i = order.length - 1; i >= from; i--) {
    const key = order[i] as OrderKey;
    rest = afterKey(context, source, key, place[i] as PlaceKey, rest, i === order.length - 1);
  }
  return rest;
}

/**
 * The same as two stretches that follow each other and that an index finds each on its own, where the first key goes from values to nulls or from nulls
 * to values; undefined where there is but one.
 */
export function afterStretches(
  context: SqlContext,
  source: Source,
  order: readonly OrderKey[],
  place: readonly PlaceKey[],
): readonly [Sql, Sql] | undefined {
  const [key] = order as readonly [OrderKey];
  if (!isNullable(key) || (place[0] === "null") !== (key.direction === "asc")) return undefined;
  const { sql: first } = keyTerms(source, key)[0] as { sql: Sql };
  const rest = afterFrom(context, source, order, place, 1);
  if (place[0] === "null") {
    return [sql`(${first} is null and ${rest})`, sql`${first} is not null`];
  }
  return [afterValue(context, source, key, place[0] as { param: number }, rest, false), sql`${first} is null`];
}

function afterKey(context: SqlContext, source: Source, key: OrderKey, place: PlaceKey, rest: Sql, last: boolean): Sql {
  const terms = keyTerms(source, key);
  const first = (terms[0] as { sql: Sql }).sql;
  const isNull = sql`${first} is null`;
  const isValue = isNullable(key) ? sql`${first} is not null` : always;
  if (place === "null") {
    if (key.direction === "asc") return last ? isValue : joined("or", [isValue, rest]);
    return last ? never : joined("and", [isNull, rest]);
  }
  const after = afterValue(context, source, key, place, rest, last);
  return key.direction === "desc" && isNullable(key) ? sql`(${after} or ${isNull})` : after;
}

/** What comes after a value of one key, nulls left out. */
function afterValue(
  context: SqlContext,
  source: Source,
  key: OrderKey,
  place: Exclude<PlaceKey, "null">,
  rest: Sql,
  last: boolean,
): Sql {
  const terms = keyTerms(source, key);
  const { type, def } = key.field;
  const operand = new Operand(place.param, (value) => orderValues(type, value, def));
  const sign = key.direction === "asc" ? ">" : "<";
  let after = rest;
  for (let i = terms.length - 1; i >= 0; i--) {
    const term = terms[i] as (typeof terms)[number];
    const bind = (value: ColumnValue) => bindColumn(context.dialect, term.type, value);
    const parameter = () => context.dialect.parameter(new Marker(operand, i, bind), term.type);
    const strictly = sql`${term.sql} ${sql.raw(sign)} ${parameter()}`;
    const innermost = last && i === terms.length - 1;
    after = innermost
      ? strictly
      : sql`(${term.sql} ${sql.raw(`${sign}=`)} ${parameter()} and (${strictly} or ${after}))`;
  }
  return after;
}
