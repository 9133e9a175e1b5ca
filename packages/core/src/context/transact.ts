/** Beginning, ending and timing out transactions and savepoints. */

import { XrmError } from "../errors.ts";
import type { StorageTransaction } from "../storage/storage.ts";
import { flow, guard, rollbackOnly, TransactionScope } from "./scope.ts";
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
  return session.scope ? inSavepoint(session, session.scope, work) : inTransaction(session, timeoutMs, work);
}

/** Runs a command's work in the session's transaction, or in one of its own. A failure makes the transaction rollback-only. */
export async function inCommand<T>(
  session: Session,
  work: (session: Session, scope: TransactionScope) => Promise<T>,
): Promise<T> {
  const { scope } = session;
  if (!scope)
    return inTransaction(session, session.system.transactionMs, (inner) =>
      work(inner, inner.scope as TransactionScope),
    );
  // Of several that waited for a savepoint to end, only the first to wake finds the place free.
  do await ready(session, scope);
  while (scope.child);
  const counted = session.frames.length === 0;
  if (counted) scope.enter();
  try {
    return await work(session, scope);
  } catch (error) {
    scope.fail(error);
    throw error;
  } finally {
    if (counted) scope.leave();
  }
}

/** Waits until calls may go through a scope: while a savepoint is open in it, other flows wait for that to end. */
export async function ready(session: Session, scope: TransactionScope): Promise<void> {
  scope.check();
  if (!scope.child) return;
  const { waitMs } = session.system;
  const deadline = Date.now() + waitMs;
  while (scope.child) {
    await withDeadline(
      scope.child,
      deadline - Date.now(),
      () => new XrmError("BUSY", `Waiting for a savepoint of the same transaction took longer than ${waitMs} ms.`),
    );
  }
  scope.check();
}

async function inTransaction<T>(
  session: Session,
  timeoutMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { system } = session;
  const tx = await system.begin();
  const scope = new TransactionScope(system, undefined, tx, undefined, system.now());
  const expiry = expire(scope, tx, timeoutMs);
  try {
    const result = await Promise.race([flow.run(scope, () => work({ ...session, scope })), expiry.promise]);
    scope.check();
    await scope.untilIdle();
    scope.check();
    scope.ended = true;
    await tx.commit();
    system.events.emit(scope.events);
    return result;
  } catch (error) {
    const alreadyGone = scope.expired !== undefined;
    scope.ended = true;
    if (!alreadyGone) await tx.rollback();
    throw scope.expired ?? error;
  } finally {
    expiry.cancel();
  }
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

async function inSavepoint<T>(
  session: Session,
  parent: TransactionScope,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  do await ready(session, parent);
  while (parent.child);
  let settle: () => void = () => undefined;
  // Taken before anything is waited for, so that two savepoints never open at once.
  parent.child = new Promise<void>((resolve) => (settle = resolve));
  try {
    // A hook's own savepoint is part of the command that it runs in.
    if (session.frames.length === 0) await parent.untilIdle();
    const savepoint = await parent.tx.savepoint();
    const scope = new TransactionScope(session.system, parent, parent.tx, savepoint, parent.now);
    try {
      const result = await flow.run(scope, () => work({ ...session, scope }));
      await scope.untilIdle();
      if (parent.root.expired) throw parent.root.expired;
      if (scope.failure !== undefined) throw rollbackOnly(scope.failure);
      scope.ended = true;
      await savepoint.release();
      parent.events.push(...scope.events);
      return result;
    } catch (error) {
      scope.ended = true;
      if (!parent.root.ended) await savepoint.rollback();
      throw error;
    }
  } finally {
    parent.child = undefined;
    settle();
  }
}

async function withDeadline<T>(promise: Promise<T>, ms: number, error: () => XrmError): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(error()), Math.max(0, ms))));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
