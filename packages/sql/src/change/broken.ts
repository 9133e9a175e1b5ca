/** Foreign keys that lead nowhere: somebody wrote past Kith while they were not enforced. */

import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { rowsOf } from "./query.ts";
import type { Task } from "./task.ts";

/** A row whose column names a record that is not there. */
export interface BrokenReference {
  readonly table: string;
  readonly column: string;
  readonly parent: string;
  /** What the database calls the row. */
  readonly row: string;
}

/** Finds them in some tables; none where a database holds its foreign keys against everybody. */
export function* brokenReferences(
  context: SqlContext,
  session: SqlSession,
  isOurs: (table: string) => boolean,
): Task<BrokenReference[]> {
  const { brokenReferences: query } = context.dialect;
  if (!query) return [];
  const rows = yield* rowsOf(context, session, query);
  return rows
    .map((row) => row.map(String) as [string, string, string, string])
    .map(([table, column, parent, row]) => ({ table, column, parent, row }))
    .filter(({ table }) => isOurs(table));
}
