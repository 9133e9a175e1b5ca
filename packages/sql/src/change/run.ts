/** Carrying out the work of a plan, inside a transaction that excludes other writers. */

import { type Model, XrmError } from "@kith/core";
import type { SqlContext } from "../context.ts";
import { type SqlSession, Statement } from "../driver.ts";
import { fillSearch } from "../search.ts";
import { brokenReferences } from "./broken.ts";
import { fillTable } from "./fill.ts";
import { knownTables, writeJournal } from "./journal.ts";
import type { Numbers } from "./numbers.ts";
import type { Operation } from "./operations.ts";
import type { PassWay } from "./pass.ts";
import type { Work } from "./plan.ts";
import { rowsOf } from "./query.ts";
import { readState, writeState } from "./state.ts";
import { type Task, wait } from "./task.ts";

/** What is carried out, and when it began. */
export interface Run {
  readonly work: Work;
  readonly operations: readonly Operation[];
  readonly numbers: Numbers;
  readonly now: string;
  /** Which records still need their values. */
  readonly fill?: PassWay;
}

/** Does everything, and writes down what the database is now made for. */
export function* runWork(context: SqlContext, session: SqlSession, model: Model, run: Run): Task<void> {
  const { work, operations, numbers, now, fill } = run;
  for (const table of work.tables) yield* numbers.begin(table);
  const tableNow = (name: string) => {
    const entity = model.entities.get(name);
    return entity && context.table(entity);
  };
  for (const one of operations) {
    if (one.kind === "sql") yield* wait(session.run(new Statement(one.sql), one.values));
    else if (one.kind === "search") yield* wait(fillSearch(context, session, one.entity));
    else {
      const way = { ...fill, table: one.table.table, renamed: true, tableNow };
      yield* fillTable(context, session, one.table, numbers, way);
    }
  }
  yield* numbers.save();
  yield* checkReferences(context, session, model, work);
  yield* writeState(context, session, model, work.retired, now);
  if (work.plan.steps.length > 0) yield* writeJournal(context, session, work, now, now);
}

/** Tables of Kith's that were there until now. */
function* goneTables(context: SqlContext, session: SqlSession): Task<ReadonlySet<string>> {
  const names = new Set((yield* rowsOf(context, session, context.dialect.takenNames)).map(([name]) => String(name)));
  const state = yield* readState(context, session, names);
  return new Set(state && knownTables(context, state).filter((name) => !names.has(name.toLowerCase())));
}

/**
 * Foreign keys are not enforced while tables are made anew; what would break one undoes everything. The application's own tables are its own affair, unless
 * what they name was a table of Kith's until now.
 */
function* checkReferences(context: SqlContext, session: SqlSession, model: Model, { plan }: Work): Task<void> {
  const ours = new Set([...model.entities.values()].map(context.table));
  const broken = yield* brokenReferences(context, session, () => true);
  if (broken.length === 0) return;
  const gone = plan.from ? yield* goneTables(context, session) : new Set();
  const rows = broken.filter(({ table, parent }) => ours.has(table) || gone.has(parent));
  const [first] = rows;
  if (!first) return;
  const { table, row, parent } = first;
  throw new XrmError(
    "MODEL_CHANGED",
    `The table '${table}' names records of '${parent}' that are not there (${rows.length === 1 ? "" : `${rows.length} times, first in `}the row whose rowid is ${row}); somebody wrote past Kith. Correct or delete them, then try again.`,
    { params: { table, parent, rows: rows.length } },
  );
}
