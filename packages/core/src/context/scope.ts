/** Open transactions, and the guard against calling past them. */

import { XrmError } from "../errors.ts";
import type { RecordEvent } from "../events/events.ts";
import type { StorageTransaction } from "../storage/storage.ts";
import { flow, Lane } from "./lane.ts";

/** An open transaction, or a savepoint in one. Handles carry it; the async context only detects misuse. */
export class TransactionScope {
  readonly system: object;
  readonly parent: TransactionScope | undefined;
  /** The scope that this flow was in before, perhaps of another system. */
  readonly outer: TransactionScope | undefined;
  readonly tx: StorageTransaction;
  /** The transaction's instant: one for everything in it. */
  readonly now: string;
  /** Where the calls of its callback queue up. */
  readonly lane: Lane;
  /** Told after the outermost commit; a rolled-back savepoint takes its own back. */
  readonly events: RecordEvent[] = [];
  ended = false;
  /** The failed write that made this scope rollback-only. */
  failure: unknown;
  /** Set when the deadline passed. */
  expired: XrmError | undefined;
  /** Of the outermost transaction: fails when the deadline passes, whatever is waited for. */
  expiry: Promise<never> | undefined;

  constructor(system: object, outer: Lane | undefined, tx: StorageTransaction, now: string) {
    this.system = system;
    this.parent = outer?.scope;
    this.outer = flow.getStore()?.scope;
    this.tx = tx;
    this.now = now;
    this.lane = new Lane(this, outer);
  }

  /** The outermost transaction. */
  get root(): TransactionScope {
    let scope: TransactionScope = this;
    while (scope.parent) scope = scope.parent;
    return scope;
  }

  /** Waits for something inside the transaction, no longer than its deadline. */
  async within<T>(wait: Promise<T>): Promise<T> {
    const { expiry } = this.root;
    return expiry ? Promise.race([wait, expiry]) : wait;
  }

  /** Marks this scope rollback-only; the first failure is kept. */
  fail(error: unknown): void {
    this.failure ??= error;
  }

  /** Throws unless calls may go through this scope. */
  check(): void {
    const { expired } = this.root;
    if (expired) throw expired;
    for (let scope: TransactionScope | undefined = this; scope; scope = scope.parent) {
      if (scope.ended)
        throw new XrmError(
          "TX_CLOSED",
          "This transaction has ended; use the handle of an open one, and await every call inside the callback.",
        );
      if (scope.failure !== undefined) throw rollbackOnly(scope.failure);
    }
  }
}

/** The error of a scope that can only be rolled back. */
export function rollbackOnly(cause: unknown): XrmError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new XrmError(
    "TX_ROLLBACK_ONLY",
    `A write in this transaction failed (${why}), so that it can only be rolled back. To go on after a failure, make the attempt in tx.transaction(…).`,
    {
      cause,
    },
  );
}

/** Throws when a call on `scope` (none for the root handle) goes past a transaction of the same system that this flow has open. */
export function guard(system: object, scope: TransactionScope | undefined): void {
  let current = flow.getStore()?.scope;
  while (current && (current.ended || current.system !== system)) current = current.parent ?? current.outer;
  if (!current || current === scope) return;
  // A handle further in is fine; one further out, or the root, would wait for this flow's own transaction, or write outside it.
  for (let at: TransactionScope | undefined = scope; at; at = at.parent) if (at === current) return;
  if (scope && !isAncestor(scope, current)) return;
  throw new XrmError(
    "TX_MISUSED",
    scope
      ? "A savepoint of this transaction is open in this flow; use the handle that its callback was given."
      : "A transaction is open in this flow; use the handle that its callback (or ctx.xrm) gives, not one from outside.",
  );
}

function isAncestor(scope: TransactionScope, of: TransactionScope): boolean {
  for (let at = of.parent; at; at = at.parent) if (at === scope) return true;
  return false;
}
