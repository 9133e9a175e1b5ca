/** The face of a running system, typed by its registry of entities. */

import type {
  Aggregate,
  AggregateRow,
  Chosen,
  Create,
  FieldsOf,
  GroupBy,
  Include,
  JsonSchema,
  MeasureOf,
  Named,
  Result,
  Row,
  SchemaUse,
  Scope,
  Shape,
  Update,
  Where,
} from "@kith/schema";
import type { Actor } from "../context/actor.ts";
import type { EventHandler, EventName, Unsubscribe } from "../events/events.ts";
import type { EntityDescription, OperationDescription } from "../model/describe.ts";
import type { Model } from "../model/model.ts";
import type { Operation } from "../operations/operation.ts";
import type { SearchHitOf, SearchOptions } from "../search/search-types.ts";
import type { BackupResult } from "../storage/backups.ts";

type Selection<R, N> = { readonly [K in Named<FieldsOf<R, N>>]?: true } | undefined;

/** What `stream` takes besides the query. */
export interface StreamOptions {
  /** How many records are read, and held in memory, at a time: 1 to 10,000; 500 unless given. */
  readonly batch?: number;
}

/** Which records a bulk call or a count is about. */
export interface Filtered<R, N> {
  readonly where?: Where<R, N>;
  /** Words that must be found in the searchable fields. */
  readonly search?: string;
}

/** A page of records. */
export interface Page<T> {
  readonly rows: T[];
  /** Pass it as `after` to get the next page; null on the last. */
  readonly next: string | null;
  /** How many there are in all, when asked for. */
  readonly total?: number;
}

/** What `findPage` takes besides the query. */
export interface PageOptions {
  /** `next` of the page before; null (or left out) for the first page. */
  readonly after?: string | null;
  /** Counts all: true, or up to a cap, which is faster on large tables. */
  readonly total?: boolean | { readonly upTo: number };
}

/** How one call is bounded. It stands beside the query, which is plain data. */
export interface RunOptions {
  /** Aborting it fails the call with ABORTED: at once where it waits, between statements on SQLite, within a statement on PostgreSQL. */
  readonly signal?: AbortSignal;
  /** How long the call may take, waits included, in milliseconds; the system's `queryTimeoutMs` unless given, and no limit without either. */
  readonly timeoutMs?: number;
}

/**
 * The records of one entity.
 *
 * Reads throw INVALID_QUERY, and ABORTED or QUERY_TIMEOUT when their options bound them; writes throw INVALID_RECORD, NOT_FOUND, CONFLICT, UNIQUE, REFERENCE, RESTRICTED, and what hooks throw. A write outside
 * a transaction is one of its own.
 */
export interface Repository<R, N extends keyof R> {
  /**
   * The record with this id. `lock` (inside a transaction) keeps others from changing it until the transaction ends.
   *
   * @throws {XrmError} NOT_FOUND
   */
  get<const S extends Selection<R, N> = undefined, const I extends Include<R, FieldsOf<R, N>> = {}>(
    id: string,
    args?: Shape<R, N, S, I> & { readonly lock?: boolean },
    options?: RunOptions,
  ): Promise<Result<R, N, Chosen<S, I>>>;
  /** The first record that matches, or null. */
  findOne<const S extends Selection<R, N> = undefined, const I extends Include<R, FieldsOf<R, N>> = {}>(
    args?: Omit<Scope<R, N>, "limit"> & Shape<R, N, S, I>,
    options?: RunOptions,
  ): Promise<Result<R, N, Chosen<S, I>> | null>;
  /** All records that match, or the first `limit`. */
  findMany<const S extends Selection<R, N> = undefined, const I extends Include<R, FieldsOf<R, N>> = {}>(
    args?: Scope<R, N> & Shape<R, N, S, I>,
    options?: RunOptions,
  ): Promise<Result<R, N, Chosen<S, I>>[]>;
  /** A page of records (50 unless `limit` says otherwise), and where the next begins. Stays right while records come and go. */
  findPage<const S extends Selection<R, N> = undefined, const I extends Include<R, FieldsOf<R, N>> = {}>(
    args?: Scope<R, N> & Shape<R, N, S, I> & PageOptions,
    options?: RunOptions,
  ): Promise<Page<Result<R, N, Chosen<S, I>>>>;
  /**
   * All records that match (or the first `limit`), one after another, in pages of `batch`: memory holds one page, whatever the number of records.
   * Nothing is held between pages, so that others may write meanwhile; what comes and goes is treated as by `findPage`. `timeoutMs` is for each page.
   *
   * @throws {XrmError} while it is read: INVALID_OPTIONS, INVALID_QUERY, ABORTED, QUERY_TIMEOUT
   * @example for await (const account of xrm.account.stream({ where: { country: 'BR' } })) send(account)
   */
  stream<const S extends Selection<R, N> = undefined, const I extends Include<R, FieldsOf<R, N>> = {}>(
    args?: Scope<R, N> & Shape<R, N, S, I> & StreamOptions,
    options?: RunOptions,
  ): AsyncGenerator<Result<R, N, Chosen<S, I>>, void, undefined>;
  /** How many records match. */
  count(args?: Filtered<R, N>, options?: RunOptions): Promise<number>;
  /** Whether any record matches. */
  exists(args?: Filtered<R, N>, options?: RunOptions): Promise<boolean>;
  /** Figures over many records, in groups. Sums and averages of decimals and money are exact; amounts of different currencies are refused. */
  aggregate<
    const G extends GroupBy<R, FieldsOf<R, N>> = {},
    const M extends { readonly [name: string]: MeasureOf<R, FieldsOf<R, N>> } = {},
  >(args: Aggregate<R, N, G, M>, options?: RunOptions): Promise<AggregateRow<R, N, G, M>[]>;
  /** Makes a record. */
  create(values: Create<R, N>): Promise<Row<R, N>>;
  /** Makes records, all or none. */
  createMany(values: readonly Create<R, N>[]): Promise<Row<R, N>[]>;
  /** Changes a record. A change that changes nothing writes nothing. With `ifVersion`, only if the record still has that version. */
  update(id: string, values: Update<R, N>, options?: { readonly ifVersion?: number }): Promise<Row<R, N>>;
  /** Changes all records that match, all or none; says how many matched. The filter is not optional: `{}` means every record. */
  updateMany(where: Where<R, N>, values: Update<R, N>): Promise<number>;
  /** Finds a record by a unique key among the values, changes it, or makes it. Compares as the unique constraint does. */
  upsert(
    values: Create<R, N>,
    options: { readonly by: (keyof FieldsOf<R, N> & string) | readonly (keyof FieldsOf<R, N> & string)[] },
  ): Promise<Row<R, N>>;
  /** Deletes a record, after what its lookups' `onDelete` says. */
  delete(id: string, options?: { readonly ifVersion?: number }): Promise<void>;
  /** Deletes all records that match, all or none; says how many. The filter is not optional: `{}` means every record. */
  deleteMany(where: Where<R, N>): Promise<number>;
}

type Values = Record<string, unknown>;
type AnyQuery = Readonly<Record<string, unknown>>;

/** The records of an entity whose name is known at run time only. Checked the same, typed loosely. */
export interface DynamicRepository {
  get(id: string, args?: AnyQuery, options?: RunOptions): Promise<Values>;
  findOne(args?: AnyQuery, options?: RunOptions): Promise<Values | null>;
  findMany(args?: AnyQuery, options?: RunOptions): Promise<Values[]>;
  findPage(args?: AnyQuery, options?: RunOptions): Promise<Page<Values>>;
  stream(args?: AnyQuery, options?: RunOptions): AsyncGenerator<Values, void, undefined>;
  count(args?: AnyQuery, options?: RunOptions): Promise<number>;
  exists(args?: AnyQuery, options?: RunOptions): Promise<boolean>;
  aggregate(args: AnyQuery, options?: RunOptions): Promise<Values[]>;
  create(values: AnyQuery): Promise<Values>;
  createMany(values: readonly AnyQuery[]): Promise<Values[]>;
  update(id: string, values: AnyQuery, options?: { readonly ifVersion?: number }): Promise<Values>;
  updateMany(where: AnyQuery, values: AnyQuery): Promise<number>;
  upsert(values: AnyQuery, options: { readonly by: string | readonly string[] }): Promise<Values>;
  delete(id: string, options?: { readonly ifVersion?: number }): Promise<void>;
  deleteMany(where: AnyQuery): Promise<number>;
}

/** Options of one transaction. */
export interface TransactionOptions {
  /** After this many milliseconds it is rolled back. The system's `transactionMs` unless given; a savepoint takes none. */
  readonly timeoutMs?: number;
  /** Aborting it ends the wait to begin, or rolls back what has begun (a savepoint alone, given to one), with ABORTED. A commit under way is not stopped. */
  readonly signal?: AbortSignal;
  /**
   * A transaction of the application's own that this one is to be part of: with `@kith/postgres` a client of pg (`await pool.connect()`) on which it has
   * run `begin`. What is done in it is kept when the application commits, and undone when it rolls back; handlers of events hear of it after the
   * commit. Do not use the client for anything else until the call has ended.
   */
  readonly join?: unknown;
}

/** Options of one backup. */
export interface BackupCallOptions {
  /** Aborting it stops the backup with ABORTED; no file is left. */
  readonly signal?: AbortSignal;
  /** Told the share that is done, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Everything of the engine that is not about one entity. */
export interface Engine<R> {
  readonly model: Model<R>;
  /**
   * Calls the handler after a commit, once for each record created, updated or deleted: `account.created`, or `*` for all. In process and not
   * durable. What a handler throws goes to the logger. Gives a function that ends the subscription.
   */
  on<E extends EventName<R>>(event: E, handler: EventHandler<R, E>): Unsubscribe;
  /**
   * Copies what is committed into a new file, while the system is used: all of one moment, whole or not there at all. `restoreBackup` is the way back;
   * a SQLite backup is itself a database that can be opened.
   *
   * @throws {XrmError} FILE_EXISTS, UNREACHABLE, ABORTED, TX_MISUSED, and UNSUPPORTED where the storage makes none
   * @example await xrm.$.backup('backups/monday.db')
   */
  backup(file: string, options?: BackupCallOptions): Promise<BackupResult>;
  /** What screens need to know of an entity: labels, fields, widgets, operators. */
  describe(entity: keyof R & string, options?: { readonly locale?: string }): EntityDescription;
  /** The operations of the model, for buttons and tools. */
  operations(options?: { readonly locale?: string }): readonly OperationDescription[];
  /** The JSON Schema (2020-12) of an entity's records, or of what create and update take. */
  jsonSchema(entity: keyof R & string, use?: SchemaUse, options?: { readonly locale?: string }): JsonSchema;
  /**
   * Looks for words in the searchable fields of several entities, and gives the best finds first. Each word must be found, as the beginning of a word
   * of the record; in double quotes as a whole word.
   *
   * @throws {XrmError} INVALID_QUERY when there is no word to look for, or nowhere to look
   * @example for (const { entity, title, rank } of await xrm.$.search('joao sil', { limit: 10 })) …
   */
  search<const N extends keyof R & string = keyof R & string>(
    text: string,
    options?: SearchOptions<N>,
    run?: RunOptions,
  ): Promise<SearchHitOf<R, N>[]>;
}

/** What every handle has besides its entities. */
export interface XrmBase<R> {
  /** The same system, acting as this user: stamped on what is written. */
  as(actor: Actor): Xrm<R>;
  /**
   * Runs the callback in one transaction: all that it writes through its handle is kept, or nothing. Inside a transaction it makes a savepoint.
   * A failed write makes the innermost transaction (or savepoint) rollback-only, even when the failure is caught.
   *
   * @throws {XrmError} TX_ROLLBACK_ONLY, TX_TIMEOUT, ABORTED, BUSY, and whatever the callback throws
   */
  transaction<T>(work: (tx: Xrm<R>) => T | Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * The records of an entity whose name is known at run time.
   *
   * @throws {XrmError} UNKNOWN_ENTITY
   */
  entity(name: string): DynamicRepository;
  /**
   * Runs an operation of the model.
   *
   * @throws {XrmError} UNKNOWN_OPERATION, INVALID_INPUT, and whatever its handler throws
   */
  invoke<I, O, Raw>(operation: Operation<any, I, O, Raw>, input: Raw): Promise<O>;
  /** Closes the system: no new calls, open transactions end first. Only on the handle that `createXrm` gave. */
  close(): Promise<void>;
  /** Everything that is not about one entity lives here, so that no entity's name is ever taken. */
  readonly $: Engine<R>;
}

/** A running system: its entities as properties, and {@link XrmBase}. */
export type Xrm<R> = XrmBase<R> & { readonly [N in keyof R]: Repository<R, N> };
