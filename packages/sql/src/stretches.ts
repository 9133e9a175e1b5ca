/**
 * A page behind a place, read as two stretches where its first key has both values and nulls to come: one condition for both would be met by walking
 * the whole index up to the place.
 */

import type { Condition, ReadPlan } from "@kith/core";
import { sql } from "kysely";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { filterSql } from "./filter.ts";
import { afterStretches, directed, orderSql, sortKeys } from "./order.ts";
import { heldFields, indexServes } from "./serve.ts";
import type { Select, Source } from "./source.ts";
import { joined, ref } from "./sql.ts";

/** The conditions of the two stretches; undefined where one statement without them is as good. */
export function stretchesOf(context: SqlContext, plan: ReadPlan, source: Source): readonly Sql[] | undefined {
  const { where, order } = plan;
  if (!plan.page || plan.lock || !where) return undefined;
  const parts = where.kind === "all" ? where.of : [where];
  const after = parts.find((part) => part.kind === "after");
  if (!after) return undefined;
  const others: Condition = { kind: "all", of: parts.filter((part) => part !== after) };
  if (!indexServes(plan.entity, new Set(heldFields(others)), order)) return undefined;
  const stretches = afterStretches(context, source, after.order, after.place);
  return stretches?.map((stretch) => joined("and", [filterSql(context, source, others), stretch]));
}

/** The statement that reads one stretch after the other, up to a limit. `limit` gives a parameter, each time a new one. */
export function inStretches(
  context: SqlContext,
  plan: ReadPlan,
  source: Source,
  columns: readonly Sql[],
  limit: () => Sql,
  stretches: readonly Sql[],
): Select {
  const keys = sortKeys(source, plan.order);
  const order = orderSql(context, source, plan.order);
  const named = columns.map((column, i) => sql`${column}`.as(`c${i}`));
  const terms = keys.map((key, i) => sql`${key.sql}`.as(`o${i}`));
  const parts = stretches.map((stretch, i) => {
    const part = sql`${sql.lit(i)}`.as("part");
    let query = source.tables.joinTo(source.from()).select([...named, ...terms, part] as never);
    query = query.where(stretch as never);
    for (const term of order) query = query.orderBy(term as never);
    return sql`select * from ${query.limit(limit() as never).as(`s${i}`)}`;
  });
  const both = sql`(${sql.join(parts, sql` union all `)})`.as("w");
  let all: Select = context.db.selectFrom(both as never) as never;
  all = all.select(columns.map((_, i) => ref("w", `c${i}`)) as never).orderBy(ref("w", "part") as never);
  for (const [i, key] of keys.entries())
    all = all.orderBy(directed(context, ref("w", `o${i}`), key.direction, key.nullable) as never);
  return all.limit(limit() as never);
}
