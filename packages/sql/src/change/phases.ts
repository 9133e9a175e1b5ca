/**
 * Changing large tables without keeping others from them for long. What takes long is done first, while the database is still of the old model: every
 * trace of it has a name of its own, and is taken away again should the change not come to its end. Then one short transaction makes the switch.
 */

import type { MaybePromise, Model } from "@kith/core";
import type { SqlContext } from "../context.ts";
import type { Sql } from "../dialect.ts";
import { type SqlSession, Statement } from "../driver.ts";
import { sequenceTable } from "../names.ts";
import { type Ahead, aheadOf, newNames } from "./ahead.ts";
import { fillTable } from "./fill.ts";
import { introspect } from "./introspect.ts";
import { knownTables, undo, writeJournal } from "./journal.ts";
import { Numbers } from "./numbers.ts";
import type { Operation } from "./operations.ts";
import type { Apart } from "./pass.ts";
import { changedTables, takenNames, type Work, type WorkInParts } from "./plan.ts";
import { runWork } from "./run.ts";
import { readState, type StoredState } from "./state.ts";
import { runTask, type Task, wait } from "./task.ts";
import { understood } from "./understood.ts";

/** What a database offers for work beside the transaction that makes the switch. Names have to be written with their schema. */
export interface Phases {
  /** Each of its statements is kept at once. */
  readonly session: SqlSession;
  /** Runs statements in one short transaction. Locks that are not to be had soon are given up, and asked for again, so that nobody waits behind them for long. */
  readonly briefly: (operations: readonly Operation[]) => MaybePromise<void>;
  /** Makes an index while others write; what a failure leaves behind is dropped. */
  readonly index: (create: Operation, drop: Operation) => MaybePromise<void>;
  /** Runs a batch of writes in a transaction of its own, and keeps in mind which rows it wrote. */
  readonly batch: Apart;
  /** The rows that no batch has written, or that somebody else has written since. */
  readonly stale: () => Sql;
}

/** Keeps others from tables, asked for in this order, until the transaction of the session ends. */
export type LockTables = (session: SqlSession, tables: readonly string[]) => MaybePromise<void>;

/** What carries a plan out in phases. */
export interface PhasedRun {
  /** Reads, outside of a transaction. */
  readonly reading: SqlSession;
  readonly phases: Phases;
  /** Of the transaction that makes the switch. It keeps other changes out from the beginning. */
  readonly session: SqlSession;
  readonly lock: LockTables;
  readonly now: string;
}

/** Carries a plan out. What fails is undone. */
export function* runInPhases(
  context: SqlContext,
  model: Model,
  work: Work,
  parts: WorkInParts,
  run: PhasedRun,
): Task<void> {
  const { phases, session, lock, now } = run;
  const numbers = new Numbers(context, phases.session, now);
  const changed = changedTables(context, parts);
  let begun = false;
  try {
    const newName = newNames(context);
    const ahead = changed
      .filter(({ rows }) => rows > 0)
      .map((plan) => ({
        plan,
        ...aheadOf(context, plan, parts.tableNow, newName),
      }));
    if (ahead.some((one) => one.plan.fills.length + one.begin.length + one.indexes.length > 0)) {
      begun = true;
      yield* writeJournal(context, phases.session, work, now, null);
      for (const one of ahead) yield* prepare(context, one, numbers, run, parts.tableNow);
    }
    const tables = changed.map(({ db }) => db.name).sort();
    // Who makes a record takes its number first.
    const counters = changed.some(({ fields }) => fields.some(({ field }) => field.type.generate));
    if (tables.length > 0) yield* wait(lock(session, counters ? [context.own(sequenceTable), ...tables] : tables));
    const operations = parts.rest(yield* introspect(context, session));
    const numbering = numbers.within(session);
    yield* runWork(context, session, model, {
      work,
      operations,
      numbers: numbering,
      now,
      fill: { where: phases.stale() },
    });
  } catch (error) {
    if (begun) yield* undoNow(context, run);
    throw understood(context, error, true);
  }
}

function* prepare(
  context: SqlContext,
  { plan, begin, indexes, validate }: Ahead & { readonly plan: WorkInParts["tables"][number] },
  numbers: Numbers,
  { phases }: PhasedRun,
  tableNow: WorkInParts["tableNow"],
): Task<void> {
  if (begin.length > 0) yield* wait(phases.briefly(begin));
  if (plan.fills.length > 0) {
    yield* numbers.begin(plan);
    const at = (entity: string) => {
      const table = tableNow(entity);
      return table === undefined ? undefined : context.at(table);
    };
    const table = context.at(plan.db.name);
    const way = { table, renamed: false, tableNow: at, apart: phases.batch.bind(phases) };
    yield* fillTable(context, phases.session, plan, numbers, way);
    // What was written meanwhile; what is written from now on comes last.
    yield* fillTable(context, phases.session, plan, numbers, { ...way, where: phases.stale() });
  }
  for (const { create, drop } of indexes) yield* wait(phases.index(create, drop));
  for (const one of validate) yield* wait(phases.briefly([one]));
}

/** Takes away what unfinished changes have left; no other change may be going on. */
export function* undoLeft(
  context: SqlContext,
  reading: SqlSession,
  now: string,
  apart: Apart,
  lock: LockTables,
): Task<void> {
  const names = yield* takenNames(context, reading);
  const state = yield* readState(context, reading, names);
  if (!state) return;
  function* inside(session: SqlSession): Task<void> {
    // The server may still be at what the process that is gone has asked of it.
    const tables = knownTables(context, state as StoredState)
      .filter((name) => names.has(name.toLowerCase()))
      .sort();
    if (tables.length > 0) yield* wait(lock(session, tables));
    for (const one of undo(context, state as StoredState, yield* introspect(context, session), now))
      if (one.kind === "sql") yield* wait(session.run(new Statement(one.sql), one.values));
  }
  yield* wait(apart((session) => runTask(inside(session))));
}

/** A connection that is gone undoes nothing: the next start does. */
function* undoNow(context: SqlContext, { reading, phases, lock, now }: PhasedRun): Task<void> {
  const done = runTask(undoLeft(context, reading, now, phases.batch.bind(phases), lock));
  yield* wait(done instanceof Promise ? done.catch(() => undefined) : done);
}
