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
 * What comes after a place: a comparison of rows, `(x, y) > (?, ?)`, which an index seeks by all of its columns, however many records have the same x. Keys
 * that stand among the nulls, or turn the other way, part it in several: `x >= ? and (x > ? or …)`. A key that stands among the nulls has no terms: going
 * up, everything with a value follows; going down, only the other nulls do.
 */
export function afterSql(
  context: SqlContext,
  source: Source,
  order: readonly OrderKey[],
  place: readonly PlaceKey[],
): Sql {
  return afterFrom(context, source, order, place, 0) ?? never;
}

/** What comes after a place, by the keys from one on: the keys before it are equal. Nothing does after the last. */
function afterFrom(
  context: SqlContext,
  source: Source,
  order: readonly OrderKey[],
  place: readonly PlaceKey[],
  from: number,
): Sql | undefined {
  const key = order[from];
  if (!key) return undefined;
  const isNull = () => sql`${firstTerm(source, key)} is null`;
  if (place[from] === "null") {
    const rest = afterFrom(context, source, order, place, from + 1);
    if (key.direction === "desc") return rest && joined("and", [isNull(), rest]);
    const isValue = isNullable(key) ? sql`${firstTerm(source, key)} is not null` : always;
    return rest ? joined("or", [isValue, rest]) : isValue;
  }
  const after = afterValues(context, source, order, place, from);
  return key.direction === "desc" && isNullable(key) ? sql`(${after} or ${isNull()})` : after;
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
  const first = firstTerm(source, key);
  if (place[0] !== "null") return [afterValues(context, source, order, place, 0), sql`${first} is null`];
  const rest = afterFrom(context, source, order, place, 1) ?? never;
  return [sql`(${first} is null and ${rest})`, sql`${first} is not null`];
}

function firstTerm(source: Source, key: OrderKey): Sql {
  return (keyTerms(source, key)[0] as { sql: Sql }).sql;
}

/** What comes after the values of the keys from one on, its own nulls left out. */
function afterValues(
  context: SqlContext,
  source: Source,
  order: readonly OrderKey[],
  place: readonly PlaceKey[],
  from: number,
): Sql {
  const { direction } = order[from] as OrderKey;
  let end = from + 1;
  // A comparison of rows leaves nulls out. Going up they come before all values, and do not follow; going down they do.
  for (let key = order[end]; key && place[end] !== "null" && key.direction === direction; key = order[++end]) {
    if (direction === "desc" && isNullable(key)) break;
  }
  const terms = order.slice(from, end).flatMap((key, i) => {
    const { type, def } = key.field;
    const { param } = place[from + i] as Exclude<PlaceKey, "null">;
    const operand = new Operand(param, (value) => orderValues(type, value, def));
    return keyTerms(source, key).map((term, at) => ({ ...term, operand, at }));
  });
  const parameters = () =>
    terms.map(({ type, operand, at }) => {
      const bind = (value: ColumnValue) => bindColumn(context.dialect, type, value);
      return context.dialect.parameter(new Marker(operand, at, bind), type);
    });
  const row = (parts: readonly Sql[]) => (parts.length === 1 ? (parts[0] as Sql) : sql`(${sql.join(parts)})`);
  const compared = (sign: string) => sql`${row(terms.map((term) => term.sql))} ${sql.raw(sign)} ${row(parameters())}`;
  const sign = direction === "asc" ? ">" : "<";
  const rest = afterFrom(context, source, order, place, end);
  return rest ? sql`(${compared(`${sign}=`)} and (${compared(sign)} or ${rest}))` : compared(sign);
}
