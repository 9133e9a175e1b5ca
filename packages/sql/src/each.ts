/**
 * The first rows of each parent. Every parent's are sought on their own: one with very many of them costs what the limit says where an index has
 * their order, and one pass over its rows where none has.
 */

import type { ReadPlan } from "@kith/core";
import { type AliasedExpression, sql } from "kysely";
import type { Compilable, SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { filterSql } from "./filter.ts";
import { directed, orderSql, sortKeys } from "./order.ts";
import { heldFields, indexServes } from "./serve.ts";
import type { Select } from "./source.ts";
import { ref } from "./sql.ts";
import { pair, parentsMarker, type Tie } from "./tie.ts";

/** What is read of each parent's rows. */
export interface EachOf {
  readonly plan: ReadPlan;
  readonly tie: Tie;
  readonly columns: readonly Sql[];
  readonly limit: Sql;
}

/**
 * Whether parents' rows are best sought one parent after the other. No index has the order of records behind a link; a database that joins them all at
 * once, by hashing, numbers them faster.
 */
export function seeksEach({ dialect }: SqlContext, { via }: Tie): boolean {
  return via !== undefined || !dialect.lateral;
}

type AliasedSql = AliasedExpression<any, string>;

/** The statement that reads them. */
export function firstOfEach(context: SqlContext, each: EachOf): Compilable {
  const parents = sql`(${context.dialect.listed(parentsMarker(context), "uuid", "parent")})`.as(pair);
  return context.dialect.lateral ? fromEach(context, each, parents) : amongFirst(context, each, parents);
}

/** Rows read parent by parent. */
function fromEach(context: SqlContext, { plan, tie, columns, limit }: EachOf, parents: AliasedSql): Compilable {
  const { source } = tie;
  const keys = sortKeys(source, plan.order);
  const named = columns.map((column, i) => sql`${column}`.as(`c${i}`));
  const terms = keys.map((key, i) => sql`${key.sql}`.as(`o${i}`));
  let own = source.from().where(tie.within(source) as never);
  if (plan.where) own = own.where(filterSql(context, source, plan.where) as never);
  const { via } = tie;
  if (!via || !indexServes(plan.entity, new Set([via, ...heldFields(plan.where)]), plan.order, via)) {
    // Another index that has the order would be walked past the rows of all other parents: from a parent without any, to its end.
    const fenced = own.selectAll(source.alias as never).offset(sql.lit(0) as never);
    own = context.db.selectFrom(fenced.as(source.alias) as never) as never;
  }
  let inner = source.tables.joinTo(own).select([...named, ...terms] as never);
  for (const term of orderSql(context, source, plan.order)) inner = inner.orderBy(term as never);
  inner = inner.limit(limit as never);
  const shown = columns.map((_, i) => ref("w", `c${i}`));
  const order = keys.map((key, i) => directed(context, ref("w", `o${i}`), key.direction, key.nullable));
  const listed = context.db.selectFrom(parents as never) as unknown as Select;
  let all: Select = listed.crossJoinLateral(inner.as("w") as never);
  all = all.select(shown as never);
  for (const term of order) all = all.orderBy(term as never);
  return all;
}

/** Rows that are among the first of their parent, where a table in FROM cannot look at one before it. */
function amongFirst(context: SqlContext, { plan, tie, columns, limit }: EachOf, parents: AliasedSql): Compilable {
  const { dialect } = context;
  const { source } = tie;
  const key = dialect.rowKey?.name ?? "id";
  const inner = source.inner(plan.entity);
  const where = plan.where && filterSql(context, inner, plan.where);
  const terms = orderSql(context, inner, plan.order);
  let first = inner
    .fromAll()
    .select(ref(inner.alias, key) as never)
    .where(tie.within(inner) as never);
  if (where) first = first.where(where as never);
  for (const term of terms) first = first.orderBy(term as never);
  first = first.limit(limit as never);
  const order = orderSql(context, source, plan.order);
  // SQLite goes through the left side of a cross join first.
  const listed = context.db.selectFrom(parents as never) as unknown as Select;
  let all: Select = source.tables.joinTo(listed.crossJoin(source.table as never));
  all = all.select(columns as never);
  all = all.where(sql`${ref(source.alias, key)} in ${first}` as never);
  for (const term of order) all = all.orderBy(term as never);
  return all;
}
