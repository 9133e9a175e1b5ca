/** `kith_journal`: what changes did, and whether one was begun and not finished. */

import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { journalTable, stagedPrefix } from "../names.ts";
import type { DbState } from "./introspect.ts";
import { type Operation, operation } from "./operations.ts";
import type { Work } from "./plan.ts";
import { rowsOf, runSql } from "./query.ts";
import type { StoredState } from "./state.ts";
import type { Task } from "./task.ts";

const journalAt = (context: SqlContext) => sql.table(context.at(context.own(journalTable)));

/** Writes a change down: that it has begun, or, with `endedAt`, that it is done. */
export function* writeJournal(
  context: SqlContext,
  session: SqlSession,
  { plan }: Work,
  now: string,
  endedAt: string | null,
): Task<void> {
  const { from, to, steps } = plan;
  const entry = JSON.stringify({
    from,
    to,
    steps: steps.map(({ id, class: kind, summary, rows }) => ({ id, class: kind, summary, rows })),
  });
  const id = `${now} ${plan.hash.slice(0, 12)}`;
  yield* runSql(
    context,
    session,
    sql`insert into ${journalAt(context)} ("id", "begun_at", "ended_at", "entry") values (${id}, ${now}, ${endedAt}, ${entry})
      on conflict ("id") do update set "ended_at" = excluded."ended_at", "entry" = excluded."entry"`,
  );
}

/** The ids of changes that were begun and not finished: by a process that was killed, or that is still at it. */
export function* unfinished(context: SqlContext, session: SqlSession, names: ReadonlySet<string>): Task<string[]> {
  if (!names.has(context.own(journalTable).toLowerCase())) return [];
  const rows = yield* rowsOf(
    context,
    session,
    sql`select "id" from ${journalAt(context)} where "ended_at" is null order by "id"`,
  );
  return rows.map((row) => String(row[0]));
}

/** The tables of entities, of former ones too. */
export function knownTables(context: SqlContext, state: StoredState): string[] {
  return [...state.tables, ...Object.values(state.retired.entities)].map(context.table);
}

/** Whether something is there that was prepared for a change. */
export function isPrepared(context: SqlContext, db: DbState): boolean {
  const staged = context.own(stagedPrefix);
  return [...db.values()].some(
    ({ columns, indexes, checks, references }) =>
      columns.some(({ name }) => name.startsWith(stagedPrefix)) ||
      [...indexes, ...checks, ...references].some(({ name }) => name?.startsWith(staged) === true),
  );
}

/** A database without what was prepared for a change: what plans see, since it is taken away before anything else is done. */
export function withoutPrepared(context: SqlContext, db: DbState): DbState {
  if (!isPrepared(context, db)) return db;
  const staged = context.own(stagedPrefix);
  const isOld = ({ name }: { readonly name?: string }) => name?.startsWith(staged) !== true;
  return new Map(
    [...db].map(([name, table]) => [
      name,
      {
        ...table,
        columns: table.columns.filter((column) => !column.name.startsWith(stagedPrefix)),
        indexes: table.indexes.filter(isOld),
        checks: table.checks.filter(isOld),
        references: table.references.filter(isOld),
      },
    ]),
  );
}

/** Takes away what unfinished changes have prepared. None of it holds anything that is not elsewhere. */
export function undo(context: SqlContext, state: StoredState, db: DbState, now: string): Operation[] {
  const { at, own } = context;
  const tables = new Set(knownTables(context, state));
  const isStaged = (name: string | undefined) => name?.startsWith(own(stagedPrefix)) === true;
  const operations = [...db.values()].flatMap((table) => {
    if (!tables.has(table.name)) return [];
    const alter = sql`alter table ${sql.table(at(table.name))}`;
    const constraints = [...table.checks, ...table.references].filter(({ name }) => isStaged(name));
    return [
      ...constraints.map(({ name }) =>
        operation(context, sql`${alter} drop constraint if exists ${sql.id(name as string)}`),
      ),
      ...table.indexes
        .filter(({ name }) => isStaged(name))
        .map(({ name }) => operation(context, sql`drop index if exists ${sql.table(at(name))}`)),
      ...table.columns
        .filter(({ name }) => name.startsWith(stagedPrefix))
        .map(({ name }) => operation(context, sql`${alter} drop column if exists ${sql.ref(name)}`)),
    ];
  });
  return [
    ...operations,
    operation(context, sql`update ${journalAt(context)} set "ended_at" = ${now} where "ended_at" is null`),
  ];
}
