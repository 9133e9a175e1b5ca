/** The contract that a database adapter implements. `@kith/testing` publishes the suite that proves an implementation. */

import type { ChangeOrder, ChangePlan, ChangeReport, ChangeRequest, Drift } from "../change/plan.ts";
import type { XrmError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { EntityModel, Model } from "../model/model.ts";
import type { AggregatePlan, CountPlan, ReadPlan } from "../query/ast.ts";
import type { BackupOptions, BackupResult, RestoreResult } from "./backups.ts";
import type { Capabilities } from "./capabilities.ts";

/** A value, or the promise of one: an embedded storage answers at once, and the engine then does not wait. */
export type MaybePromise<T> = T | Promise<T>;

/** A record as it crosses this contract: plain JSON, every stored field present, values in normal form. */
export type Row = Record<string, unknown>;

/** A database that a system can be opened on. Holds its settings only; `open` connects. */
export interface Storage {
  /** A short name for messages: `sqlite`. */
  readonly name: string;
  /** What it can and cannot do; what is left out has the default that {@link Capabilities} writes down. */
  readonly capabilities?: Partial<Capabilities>;
  /**
   * Connects, and makes the tables that are missing.
   *
   * @throws {XrmError} NOT_A_DATABASE, READ_ONLY, STORAGE_FULL, BUSY, UNREACHABLE, NOT_KITH, MODEL_OLDER, MODEL_CHANGED
   */
  open(model: Model, options: StorageOptions): MaybePromise<Connection>;
  /** Plans, applies and checks changes of the model. Left out by a storage that keeps nothing: there is nothing to change. */
  readonly changes?: StorageChanges;
  /**
   * Puts a backup in the place of the database, which must not be there yet, after looking through it. Left out where the database's own tools do that.
   *
   * @throws {XrmError} FILE_EXISTS, NOT_A_DATABASE, NOT_KITH, MODEL_OLDER, UNREACHABLE, STORAGE_FULL, BUSY
   */
  restore?(from: string, model: Model): Promise<RestoreResult>;
}

/** How a storage changes a database to another model. Each call connects and disconnects. */
export interface StorageChanges {
  /** What it takes to bring the database to a model. Changes nothing. */
  plan(model: Model, request: ChangeRequest, options: StorageOptions): MaybePromise<ChangePlan>;
  /**
   * Takes the steps of a plan.
   *
   * @throws {XrmError} PLAN_CHANGED, MODEL_CHANGED (steps that are refused, or not confirmed), MODEL_OLDER
   */
  apply(model: Model, order: ChangeOrder, options: StorageOptions): MaybePromise<ChangeReport>;
  /** How the database differs from what Kith made of it. */
  drift(model: Model, options: StorageOptions): MaybePromise<Drift[]>;
}

/** What the engine tells a storage when it opens it. */
export interface StorageOptions {
  /** How long to wait for the database or its writer, in milliseconds. */
  readonly waitMs: number;
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  /** `safe` (the default): opening a database of another model takes the steps that lose nothing. `none`: it refuses to. */
  readonly migrate?: "safe" | "none";
  /** Told of what no caller can be told. */
  readonly logger?: Logger;
}

/** A plan made ready: run it as often as wanted, with operands in normal form at the plan's parameter numbers. */
export interface Prepared<T> {
  /**
   * Runs it, inside `tx` when given (and then sees what `tx` wrote), else on committed data. With `control` it stops when that says so, with its
   * error, and leaves the connection and `tx` as they were: a read that was stopped marks nothing.
   */
  run(params: readonly unknown[], tx?: StorageTransaction, control?: RunControl): MaybePromise<T>;
}

/** What bounds one call: one object for all of its waits and statements. Storages are given none when nothing bounds it. */
export interface RunControl {
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  /** When the time is up, by `performance.now()`; undefined without a limit. */
  readonly deadline: number | undefined;
  /**
   * Passes while the call may go on.
   *
   * @throws {XrmError} ABORTED, QUERY_TIMEOUT
   */
  check(): void;
  /** Calls `stop` once, later than now, with the error when the call must stop. Gives a function that ends the watch; call it when the wait is over. */
  watch(stop: (error: XrmError) => void): () => void;
}

/** What a read gives. */
export interface ReadResult {
  /** Rows with exactly the plan's fields and includes. The caller may keep and change them. */
  readonly rows: Row[];
  /** For a `page` plan: the values (JSON, null when missing) of the order's keys in the last row, when more rows follow. */
  readonly next: readonly unknown[] | null;
  /** For a `ranked` plan: the points of each row, see `searchFinds`. */
  readonly points?: readonly number[];
}

/** An open database. */
export interface Connection {
  prepareRead(plan: ReadPlan): Prepared<ReadResult>;
  prepareCount(plan: CountPlan): Prepared<number>;
  /** Each row: the group values in the plan's order, then the measures. See {@link AggregatePlan}. */
  prepareAggregate(plan: AggregatePlan): Prepared<unknown[][]>;
  /** Writes a batch in a transaction of its own: all of it, durably, or nothing. */
  write(batch: WriteBatch): MaybePromise<WriteResult[]>;
  /** Begins a transaction that can write. Waits at most `waitMs` for other writers, then fails with BUSY; `control` bounds that wait alone. */
  begin(control?: RunControl): MaybePromise<StorageTransaction>;
  /**
   * Copies what is committed into a file that is not there yet, all of one moment, while others read and write. The file is whole or not there. Left
   * out where the database's own tools do that.
   *
   * @throws {XrmError} FILE_EXISTS, UNREACHABLE, STORAGE_FULL, ABORTED
   */
  backup?(file: string, options: BackupOptions): Promise<BackupResult>;
  /**
   * Begins as a part of a transaction that the application has begun; `host` is what `transaction(…, { join })` was given. Ending it keeps or undoes the
   * part. There when the capability `joins` is.
   *
   * @throws {XrmError} INVALID_OPTIONS, TX_MISUSED when no transaction is open there
   */
  join?(host: unknown): MaybePromise<StorageTransaction>;
  /** Waits for open transactions to end, then disconnects. Later calls fail with CLOSED. */
  close(): MaybePromise<void>;
}

/** An open transaction. Exactly one of `commit` and `rollback` ends it. */
export interface StorageTransaction {
  /** Of a part of the application's transaction, once it has been committed: whether that transaction was in the end. Settles when it has ended. */
  outcome?(): Promise<boolean>;
  write(batch: WriteBatch): MaybePromise<WriteResult[]>;
  /** Takes the next number of a counter (1 first). Rolling back gives it back. */
  nextNumber(sequence: string): MaybePromise<number>;
  /** Begins a savepoint; they nest, and end in reverse order. */
  savepoint(): MaybePromise<StorageSavepoint>;
  commit(): MaybePromise<void>;
  /** Ends the transaction and undoes it. Never fails when the transaction is already gone. */
  rollback(): MaybePromise<void>;
}

/** A place to return to inside a transaction. */
export interface StorageSavepoint {
  release(): MaybePromise<void>;
  rollback(): MaybePromise<void>;
}

/** What one command writes, in order. Results come in the same order. */
export type WriteBatch = readonly Write[];

/** One write. Foreign keys and unique constraints are checked after each row, in order. */
export type Write = InsertWrite | UpdateWrite | DeleteWrite;

/** New records of one entity; each row is complete. */
export interface InsertWrite {
  readonly type: "insert";
  readonly entity: EntityModel;
  readonly rows: readonly Row[];
}

/** New values of one record. Adds 1 to `version`. Writes nothing when every value in `set` is what the record already has. */
export interface UpdateWrite {
  readonly type: "update";
  readonly entity: EntityModel;
  readonly id: string;
  /** Field values in normal form, at least one. */
  readonly set: Row;
  /** Written too, but no reason to write. */
  readonly stamps: Row;
  readonly ifVersion: number | undefined;
}

/** The removal of one record. */
export interface DeleteWrite {
  readonly type: "delete";
  readonly entity: EntityModel;
  readonly id: string;
  readonly ifVersion: number | undefined;
}

/**
 * What a write gives: nothing for an insert (the rows are as given); the whole new row for an update, null when it wrote nothing (no such record,
 * another version, or nothing changed: the engine finds out which); for a delete whether there was such a record.
 *
 * A write that breaks a constraint throws an XrmError: UNIQUE (`params.fields`), REFERENCE (`field` of the lookup, `params.id`), or RESTRICTED
 * (`params.by`, an entity, and `params.lookup`).
 */
export type WriteResult = undefined | Row | null | boolean;
