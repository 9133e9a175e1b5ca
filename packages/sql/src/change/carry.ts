/** Carrying changes out: at once or in phases, alone, and after what others have left undone. */

import type { ChangeRequest, MaybePromise, Model } from "@kith/core";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { metaFormat, searchTable, sequenceTable } from "../names.ts";
import { introspect } from "./introspect.ts";
import { isPrepared, unfinished } from "./journal.ts";
import { Numbers } from "./numbers.ts";
import type { Apart } from "./pass.ts";
import { type LockTables, type Phases, runInPhases, undoLeft } from "./phases.ts";
import { changedTables, planWork, takenNames, type Work } from "./plan.ts";
import { runSql } from "./query.ts";
import { runWork } from "./run.ts";
import { readState, refuseOlder } from "./state.ts";
import type { TablePlan } from "./table-plan.ts";
import { runTask, type Task, wait } from "./task.ts";
import { understood } from "./understood.ts";

/** What opening needs of a storage. */
export interface StoreAccess {
  /** Reads outside a transaction. */
  readonly session: SqlSession;
  /** Runs work in a transaction that excludes every other writer, and does not hold foreign keys against it until it ends. */
  readonly exclusive: <T>(work: (session: SqlSession) => MaybePromise<T>) => MaybePromise<T>;
  /** The instant, as ISO text. */
  readonly now: () => string;
  /** Whether safe steps are taken by themselves. */
  readonly migrate?: "safe" | "none" | undefined;
  /** Where a transaction does not keep others from tables by itself. */
  readonly shared?: SharedAccess;
}

/** What a database that many write at once has to offer for changing it. */
export interface SharedAccess {
  readonly lock: LockTables;
  /** Whether tables are so large that they should be changed in phases, and there is a way to. */
  readonly inPhases: () => MaybePromise<boolean>;
  /** The same as `exclusive`, with a second connection beside the transaction. */
  readonly beside: <T>(work: (session: SqlSession, phases: Phases) => MaybePromise<T>) => MaybePromise<T>;
  /** The same as `exclusive`, unless somebody else is in such a transaction: then nothing is done. */
  readonly ifFree: (work: (session: SqlSession) => MaybePromise<void>) => MaybePromise<void>;
}

/** Whether the database was changed to this very model, and has its tables. */
export function* isOfModel(context: SqlContext, session: SqlSession, model: Model): Task<boolean> {
  const names = yield* takenNames(context, session);
  const state = yield* readState(context, session, names);
  if (!state) return false;
  refuseOlder(state, model);
  return (
    state.format === metaFormat &&
    state.hash === model.hash &&
    state.version === model.version &&
    state.tables.every(
      (table) =>
        names.has(context.table(table).toLowerCase()) &&
        (!table.search || names.has(context.own(searchTable(table.table)).toLowerCase())),
    )
  );
}

/** A change to another model may have been begun and never finished. The one that is going on is left alone. */
export function* leaveWhole(context: SqlContext, { session, shared, now }: StoreAccess): Task<void> {
  if (!shared || (yield* unfinished(context, session, yield* takenNames(context, session))).length === 0) return;
  const { ifFree, lock } = shared;
  yield* wait(ifFree((inside) => runTask(undoLeft(context, inside, now(), (work) => work(inside), lock))));
}

/** Plans and carries out what `accept` lets pass; gives the work, or undefined when there was nothing to do any more. */
export function* change(
  context: SqlContext,
  model: Model,
  access: StoreAccess,
  request: ChangeRequest,
  accept: (work: Work) => void,
  opening: boolean,
): Task<Work | undefined> {
  const { session: reading, shared } = access;
  const now = access.now();
  function* planned(session: SqlSession, apart: Apart): Task<Work | undefined> {
    // Another process may have done it meanwhile, or not have come to the end.
    if (shared && (yield* isUnfinished(context, session))) yield* undoLeft(context, session, now, apart, shared.lock);
    if (opening && (yield* isOfModel(context, session, model))) return undefined;
    const work = yield* planWork(context, session, model, request, now);
    accept(work);
    return work;
  }
  function* atOnce(session: SqlSession): Task<Work | undefined> {
    if (shared) yield* lockAll(context, session, shared.lock);
    const work = yield* planned(session, (inside) => inside(session));
    if (!work) return undefined;
    const { operations } = work;
    try {
      yield* runWork(context, session, model, { work, operations, numbers: new Numbers(context, session, now), now });
    } catch (error) {
      throw understood(context, error, false);
    }
    return work;
  }
  function* phased(session: SqlSession, phases: Phases, { lock }: SharedAccess): Task<Work | undefined> {
    const work = yield* planned(reading, phases.batch.bind(phases));
    if (!work) return undefined;
    const { parts, operations } = work;
    if (parts) yield* runInPhases(context, model, work, parts, { reading, phases, session, lock, now });
    else
      yield* runWork(context, session, model, { work, operations, numbers: new Numbers(context, session, now), now });
    return work;
  }
  const work =
    shared && (yield* wait(shared.inPhases()))
      ? yield* wait(shared.beside((session, phases) => runTask(phased(session, phases, shared))))
      : yield* wait(access.exclusive((session) => runTask(atOnce(session))));
  if (work) yield* gatherStatistics(context, reading, changedTables(context, work));
  return work;
}

/** What is prepared may have come too late to be written down. */
function* isUnfinished(context: SqlContext, session: SqlSession): Task<boolean> {
  const left = yield* unfinished(context, session, yield* takenNames(context, session));
  return left.length > 0 || isPrepared(context, yield* introspect(context, session));
}

/** Nobody writes while it is found out what stands in the way. */
function* lockAll(context: SqlContext, session: SqlSession, lock: LockTables): Task<void> {
  const names = yield* takenNames(context, session);
  const state = yield* readState(context, session, names);
  if (!state) return;
  // Who makes a record takes its number first.
  const tables = [context.own(sequenceTable), ...state.tables.map(context.table).sort()];
  const there = tables.filter((name) => names.has(name.toLowerCase()));
  if (there.length > 0) yield* wait(lock(session, there));
}

/** The planner would go on with what it knew of the tables before. */
function* gatherStatistics(context: SqlContext, session: SqlSession, tables: readonly TablePlan[]): Task<void> {
  for (const { table, rows } of tables) {
    if (rows === 0) continue;
    for (const one of context.dialect.analyze(context.at(table))) yield* runSql(context, session, one);
  }
}
