/** Open transactions, and the guard against calling past them. */

import { AsyncLocalStorage } from "node:async_hooks";
import { XrmError } from "../errors.ts";
import type { RecordEvent } from "../events/events.ts";
import type { StorageSavepoint, StorageTransaction } from "../storage/storage.ts";

/** The innermost transaction scope in whose callback this flow runs, of whichever system. */
export const flow = new AsyncLocalStorage<TransactionScope>();

/** An open transaction, or a savepoint in one. Handles carry it; the async context only detects misuse. */
export class TransactionScope {
  readonly system: object;
  readonly parent: TransactionScope | undefined;
  /** The scope that this flow was in before, perhaps of another system. */
  readonly outer: TransactionScope | undefined;
  readonly tx: StorageTransaction;
  readonly savepoint: StorageSavepoint | undefined;
  /** The transaction's instant: one for everything in it. */
  readonly now: string;
  /** Told after the outermost commit; a rolled-back savepoint takes its own back. */
  readonly events: RecordEvent[] = [];
  ended = false;
  /** The failed write that made this scope rollback-only. */
  failure: unknown;
  /** Set when the deadline passed. */
  expired: XrmError | undefined;
  /** Present while a savepoint is open in this scope: settles when it ends. */
  child: Promise<void> | undefined;
  /** Commands of this scope that are under way, not counting those that hooks call. */
  running = 0;
  private idle: (() => void)[] = [];

  constructor(
    system: object,
    parent: TransactionScope | undefined,
    tx: StorageTransaction,
    savepoint: StorageSavepoint | undefined,
    now: string,
  ) {
    this.system = system;
    this.parent = parent;
    this.outer = flow.getStore();
    this.tx = tx;
    this.savepoint = savepoint;
    this.now = now;
  }

  /** The outermost transaction. */
  get root(): TransactionScope {
    let scope: TransactionScope = this;
    while (scope.parent) scope = scope.parent;
    return scope;
  }

  /** Notes that a command began or ended. */
  enter(): void {
    this.running++;
  }
  leave(): void {
    this.running--;
    if (this.running === 0) for (const wake of this.idle.splice(0)) wake();
  }

  /** Settles when no command of this scope is under way. */
  async untilIdle(): Promise<void> {
    while (this.running > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** Marks this scope rollback-only; the first failure is kept. */
  fail(error: unknown): void {
    this.failure ??= error;
  }

  /** Throws unless calls may go through this scope. */
  check(): void {
    const { expired } = this.root;
    if (expired) throw expired;
    if (this.ended)
      throw new XrmError(
        "TX_CLOSED",
        "This transaction has ended; use the handle of an open one, and await every call inside the callback.",
      );
    for (let scope: TransactionScope | undefined = this; scope; scope = scope.parent) {
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
  let current = flow.getStore();
  while (current && (current.ended || current.system !== system)) current = current.parent ?? current.outer;
  if (!current || current === scope) return;
  // A handle further in is fine; one further out, or the root, would wait for this flow's own transaction, or write outside it.
  for (let at: TransactionScope | undefined = scope; at; at = at.parent) if (at === current) return;
  if (scope && !isAncestor(scope, current)) return;
  throw new XrmError(
    "TX_MISUSED",
    scope
      ? "A savepoint of this transaction is open in this flow; use the handle that its callback was given."
      : "A transaction is open in this flow; use the handle that its callback (or ctx.xrm) gives, not the root.",
  );
}

function isAncestor(scope: TransactionScope, of: TransactionScope): boolean {
  for (let at = of.parent; at; at = at.parent) if (at === scope) return true;
  return false;
}
