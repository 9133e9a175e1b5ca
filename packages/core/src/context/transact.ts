/** Beginning, ending and timing out transactions and savepoints. */

import { XrmError } from "../errors.ts";
import type { RunControl, StorageTransaction } from "../storage/storage.ts";
import { within } from "./control.ts";
import { flow, type Lane } from "./lane.ts";
import { guard, TransactionScope } from "./scope.ts";
import type { Session } from "./session.ts";

/** How a transaction is bounded. */
export interface TransactionBounds {
  /** After this many milliseconds it is rolled back; a savepoint has the transaction's. */
  readonly timeoutMs: number;
  /** Stops the wait to begin, and rolls back what has begun. */
  readonly control: RunControl | undefined;
  /** A transaction of the application to be part of. */
  readonly join?: unknown;
}

/**
 * Runs work in a transaction of its own, or in a savepoint when the session is in one. Commits when the work is done and nothing in it failed.
 */
export async function transact<T>(
  session: Session,
  bounds: TransactionBounds,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  guard(session.system, session.scope);
  return session.lane ? inSavepoint(session, session.lane, bounds.control, work) : inTransaction(session, bounds, work);
}

/** Runs a command's work in the session's transaction, or in one of its own. A failure makes the transaction rollback-only. */
export async function inCommand<T>(
  session: Session,
  work: (session: Session, scope: TransactionScope) => Promise<T>,
): Promise<T> {
  const { scope, lane, system } = session;
  if (!scope || !lane)
    return inTransaction(session, { timeoutMs: system.transactionMs, control: undefined }, (inner) =>
      work({ ...inner, inside: true }, inner.scope as TransactionScope),
    );
  scope.check();
  if (session.inside) return work(session, scope);
  await turn(lane);
  try {
    scope.check();
    return await work({ ...session, inside: true }, scope);
  } catch (error) {
    scope.fail(error);
    throw error;
  } finally {
    lane.leave();
  }
}

/** Waits until reads may go through a session's scope: while a savepoint is open in it, other flows wait for that to end. */
export async function ready({ scope, lane, inside }: Session, control?: RunControl): Promise<void> {
  if (!scope || !lane) return;
  scope.check();
  while (lane.savepoint && !inside) {
    await within(scope.within(lane.savepoint), control);
    scope.check();
  }
}

/** Waits for the turn in a lane. */
async function turn(lane: Lane, control?: RunControl): Promise<void> {
  if (lane.ended) {
    throw new XrmError("TX_CLOSED", "The hook that this handle was given to has ended; await every call inside it.");
  }
  for (let at = flow.getStore(); at; at = at.outer) {
    // The turn is taken by the command that this very flow is part of: waiting for it would never end.
    if (!at.ended && !at.scope.ended && at.outer === lane)
      throw new XrmError(
        "TX_MISUSED",
        "A hook of this transaction is running in this flow; use its ctx.xrm, not the handle outside of it.",
      );
  }
  const wait = lane.enter();
  if (!wait) return;
  try {
    await within(lane.scope.within(wait), control);
  } catch (error) {
    // Its turn comes all the same, and is handed on.
    void wait.then(() => lane.leave());
    throw error;
  }
}

async function inTransaction<T>(
  session: Session,
  { timeoutMs, control, join }: TransactionBounds,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { system } = session;
  const tx = await (join === undefined ? system.begin(control) : system.join(join));
  let scope: TransactionScope;
  try {
    scope = new TransactionScope(system, undefined, tx, system.now());
  } catch (error) {
    await undo(tx);
    throw error;
  }
  const { lane } = scope;
  const expiry = expire(scope, tx, timeoutMs, control);
  scope.expiry = expiry.promise;
  const run = async (): Promise<T> => {
    const result = await work({ ...session, scope, lane });
    scope.check();
    await lane.untilIdle();
    return result;
  };
  let result: T;
  try {
    result = await Promise.race([flow.run(lane, run), expiry.promise]);
    scope.check();
    scope.ended = true;
    await tx.commit();
  } catch (error) {
    const alreadyGone = scope.expired !== undefined;
    scope.ended = true;
    // Whoever hears that it was rolled back finds it so.
    await (alreadyGone ? expiry.promise.catch(() => undefined) : undo(tx));
    throw scope.expired ?? error;
  } finally {
    expiry.cancel();
  }
  const { events } = scope;
  if (!tx.outcome) system.events.emit(events);
  // Only the application knows when what it began is committed.
  else if (events.length > 0) void tx.outcome().then((kept) => kept && system.events.emit(events));
  return result;
}

/** Rolls a transaction back, whose caller hears what went wrong first: a storage that could not even undo tells the next who begins. */
async function undo(tx: StorageTransaction): Promise<void> {
  try {
    await tx.rollback();
  } catch {
    // See above.
  }
}

/** Rolls a transaction back when its time is up or its signal is aborted, whatever its callback is waiting for. */
function expire(
  scope: TransactionScope,
  tx: StorageTransaction,
  timeoutMs: number,
  control: RunControl | undefined,
): { promise: Promise<never>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let unwatch: (() => void) | undefined;
  const promise = new Promise<never>((_, reject) => {
    const stop = (error: XrmError) => {
      // A commit that has begun is not undone.
      if (scope.ended) return;
      scope.expired = error;
      scope.ended = true;
      void undo(tx).then(() => reject(error));
    };
    timer = setTimeout(() => stop(timeUp(timeoutMs)), timeoutMs);
    unwatch = control?.watch(stop);
  });
  // The race may be over before the time is up; nobody is left to hear of it then.
  promise.catch(() => undefined);
  return {
    promise,
    cancel: () => {
      clearTimeout(timer);
      unwatch?.();
    },
  };
}

function timeUp(timeoutMs: number): XrmError {
  return new XrmError(
    "TX_TIMEOUT",
    `The transaction took longer than ${timeoutMs} ms and was rolled back; do less in one, or give transaction(…, { timeoutMs }).`,
    { params: { timeoutMs } },
  );
}

async function inSavepoint<T>(
  session: Session,
  outer: Lane,
  control: RunControl | undefined,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const parent = outer.scope;
  parent.check();
  await turn(outer, control);
  let settle: () => void = () => undefined;
  outer.savepoint = new Promise<void>((resolve) => (settle = resolve));
  try {
    parent.check();
    const savepoint = await parent.tx.savepoint();
    const scope = new TransactionScope(session.system, outer, parent.tx, parent.now);
    const { lane } = scope;
    try {
      const running = flow.run(lane, () => work({ ...session, scope, lane, inside: false }));
      const result = await within(running, control);
      await scope.within(lane.untilIdle());
      scope.check();
      scope.ended = true;
      await savepoint.release();
      parent.events.push(...scope.events);
      return result;
    } catch (error) {
      scope.fail(error);
      // A command that is still under way must not write into what stays.
      await scope.within(lane.untilIdle()).catch(() => undefined);
      scope.ended = true;
      if (!parent.root.ended) {
        try {
          await savepoint.rollback();
        } catch (failure) {
          // What it wrote is still there, and must not be committed with the rest.
          parent.fail(failure);
        }
      }
      throw parent.root.expired ?? error;
    }
  } finally {
    outer.savepoint = undefined;
    settle();
    outer.leave();
  }
}
