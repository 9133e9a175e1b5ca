/** The planner's statistics: the server gathers them by itself, but a minute late, and until then plans as if a loaded table were small. */

import { Growth, type Inserted, type SqlContext, Statement, sql } from "@kith/sql";
import type { Line } from "./line.ts";

/** See the file. */
export class Statistics {
  readonly #context: SqlContext;
  readonly #growth = new Growth();

  constructor(context: SqlContext) {
    this.#context = context;
  }

  /** Is told of every commit, on a connection that is in no transaction; undefined when nothing is due. Never fails. */
  committed(inserted: Inserted, line: Line): Promise<unknown> | undefined {
    const due: Statement[] = [];
    for (const [entity, rows] of inserted) if (this.#growth.add(entity, rows)) due.push(this.#gather(entity));
    if (due.length === 0) return undefined;
    const steps = due.map((statement) => ({ statement, values: [] }));
    // Statistics are a help, no more.
    return line.trip(steps, false).catch(() => undefined);
  }

  /** What somebody else is gathering already is not waited for. */
  #gather(entity: Parameters<SqlContext["table"]>[0]): Statement {
    const { at, table, db } = this.#context;
    return new Statement(sql`analyze (skip_locked) ${sql.table(at(table(entity)))}`.compile(db).sql);
  }
}
