/** Running small pieces of SQL from tasks. */

import { sql } from "kysely";
import type { Compilable, SqlContext } from "../context.ts";
import type { Sql } from "../dialect.ts";
import { type SqlSession, Statement } from "../driver.ts";
import { type Task, wait } from "./task.ts";

/** The rows that an expression of SQL gives. */
export function* rowsOf({ db }: SqlContext, session: SqlSession, query: Sql): Task<unknown[][]> {
  const { sql: text, parameters } = sql`${query}`.compile(db);
  return yield* wait(session.all(new Statement(text), parameters));
}

/** Runs an expression of SQL that gives no rows. */
export function* runSql({ db }: SqlContext, session: SqlSession, command: Sql): Task<number> {
  const { sql: text, parameters } = sql`${command}`.compile(db);
  return yield* wait(session.run(new Statement(text), parameters));
}

/** The text of a statement without parameters. */
export function textOf({ db }: SqlContext, command: Sql): string {
  return sql`${command}`.compile(db).sql;
}

/** The same for what Kysely builds. */
export function builtText(query: Compilable): string {
  return query.compile().sql;
}
