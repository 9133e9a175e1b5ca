/** How tables that are there are changed: databases differ in that more than in anything else. */

import type { SqlContext } from "../context.ts";
import { byAltering } from "./alter.ts";
import type { TableOf } from "./ddl.ts";
import type { DbState, DbTable } from "./introspect.ts";
import type { Operation } from "./operations.ts";
import { byRebuilding } from "./rebuild.ts";
import type { TablePlan } from "./table-plan.ts";

/** A way to change tables. */
export interface TableChanges {
  /** Brings a table into the form that new values can be made in: columns renamed, and added empty. */
  readonly prepare: (context: SqlContext, plan: TablePlan, tableOf: TableOf) => Operation[];
  /** Brings a table with all its values into its final form; `db` is how it is, other tables having their new names. */
  readonly finish: (context: SqlContext, plan: TablePlan, db: DbTable, tableOf: TableOf) => Operation[];
  /** Takes away from a former entity's table what would keep records of others from being deleted. */
  readonly free: (context: SqlContext, table: DbTable) => Operation[];
  /** Takes a table away with all its rows. */
  readonly drop: (context: SqlContext, table: string, db: DbState) => Operation[];
}

/** The way of a database. */
export function changesOf({ dialect }: SqlContext): TableChanges {
  return dialect.alters ? byAltering : byRebuilding;
}
