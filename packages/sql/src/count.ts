/** Counting records. */

import type { CountPlan } from "@kith/core";
import { sql } from "kysely";
import type { SqlContext } from "./context.ts";
import { filterSql } from "./filter.ts";
import { chain } from "./maybe.ts";
import { plainMarker, toQuery } from "./parameters.ts";
import type { Compiled } from "./read.ts";
import { Source } from "./source.ts";

/** Compiles a count; with `upTo` it stops there. */
export function compileCount(context: SqlContext, plan: CountPlan): Compiled<number> {
  // Counting without a condition looks at no row; a guard would make it look at each.
  const source = new Source(plan.where ? context : { ...context, guard: undefined }, plan.entity);
  const where = plan.where && filterSql(context, source, plan.where);
  let from = source.fromAll();
  if (where) from = from.where(where as never);
  const counted =
    plan.upTo === undefined
      ? from.select(sql`count(*)` as never)
      : context.db
          .selectFrom(
            from
              .select(sql`1`.as("one") as never)
              .limit(context.dialect.parameter(plainMarker(plan.upTo), "integer") as never)
              .as("some") as never,
          )
          .select(sql`count(*)` as never);
  const { statement, bind } = toQuery(counted.compile());
  return {
    statements: 1,
    run: (session, params) => chain(session.all(statement, bind(params)), (rows) => Number((rows[0] as unknown[])[0])),
  };
}
