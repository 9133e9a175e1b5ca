/** Beginning, ending and timing out transactions and savepoints. */

import { XrmError } from "../errors.ts";
import type { StorageTransaction } from "../storage/storage.ts";
import { flow, type Lane } from "./lane.ts";
import { guard, TransactionScope } from "./scope.ts";
import type { Session } from "./session.ts";

/**
 * Runs work in a transaction of its own, or in a savepoint when the session is in one. Commits when the work is done and nothing in it failed.
 */
export async function transact<T>(
  session: Session,
  timeoutMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  guard(session.system, session.scope);
  return session.lane ? inSavepoint(session, session.lane, work) : inTransaction(session, timeoutMs, work);
}

/** Runs a command's work in the session's transaction, or in one of its own. A failure makes the transaction rollback-only. */
export async function inCommand<T>(
  session: Session,
  work: (session: Session, scope: TransactionScope) => Promise<T>,
): Promise<T> {
  const { scope, lane, system } = session;
  if (!scope || !lane)
    return inTransaction(session, system.transactionMs, (inner) =>
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
export async function ready({ scope, lane, inside }: Session): Promise<void> {
  if (!scope || !lane) return;
  scope.check();
  while (lane.savepoint && !inside) {
    await scope.within(lane.savepoint);
    scope.check();
  }
}

/** Waits for the turn in a lane. */
async function turn(lane: Lane): Promise<void> {
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
  if (wait) await lane.scope.within(wait);
}

async function inTransaction<T>(
  session: Session,
  timeoutMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { system } = session;
  const tx = await system.begin();
  let scope: TransactionScope;
  try {
    scope = new TransactionScope(system, undefined, tx, system.now());
  } catch (error) {
    await tx.rollback();
    throw error;
  }
  const { lane } = scope;
  const expiry = expire(scope, tx, timeoutMs);
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
    if (!alreadyGone) await tx.rollback();
    throw scope.expired ?? error;
  } finally {
    expiry.cancel();
  }
  system.events.emit(scope.events);
  return result;
}

/** Rolls a transaction back when its time is up, whatever its callback is waiting for. */
function expire(
  scope: TransactionScope,
  tx: StorageTransaction,
  timeoutMs: number,
): { promise: Promise<never>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      if (scope.ended) return;
      const error = new XrmError(
        "TX_TIMEOUT",
        `The transaction took longer than ${timeoutMs} ms and was rolled back; do less in one, or give transaction(…, { timeoutMs }).`,
        {
          params: { timeoutMs },
        },
      );
      scope.expired = error;
      scope.ended = true;
      Promise.resolve(tx.rollback()).then(
        () => reject(error),
        () => reject(error),
      );
    }, timeoutMs);
  });
  // The race may be over before the time is up; nobody is left to hear of it then.
  promise.catch(() => undefined);
  return { promise, cancel: () => clearTimeout(timer) };
}

async function inSavepoint<T>(session: Session, outer: Lane, work: (session: Session) => Promise<T>): Promise<T> {
  const parent = outer.scope;
  parent.check();
  await turn(outer);
  let settle: () => void = () => undefined;
  outer.savepoint = new Promise<void>((resolve) => (settle = resolve));
  try {
    parent.check();
    const savepoint = await parent.tx.savepoint();
    const scope = new TransactionScope(session.system, outer, parent.tx, parent.now);
    const { lane } = scope;
    try {
      const result = await flow.run(lane, () => work({ ...session, scope, lane, inside: false }));
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
      if (!parent.root.ended) await savepoint.rollback();
      throw parent.root.expired ?? error;
    }
  } finally {
    outer.savepoint = undefined;
    settle();
    outer.leave();
  }
}
