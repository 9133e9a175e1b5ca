/** What a contender is: a library (or hand-written SQL) that does the benchmark's operations on a database that is handed to it. */

import type { Entity, Sizes, Values } from "./data.ts";

/** Which database. */
export type Db = "sqlite" | "pg";

/** A filter with a value that changes from call to call. */
export interface ListArgs {
  readonly stage: string;
  /** Decimal text. */
  readonly above: string;
}

/** A record as every contender has to give it. */
export type Row = Record<string, any>;
type Maybe<T> = T | Promise<T>;

/** The operations. A contender may answer at once: the harness waits only for promises. A missing one is left out of the table. */
export interface Contender {
  /** Versions, for the report. */
  readonly version: string;
  /** Remarks by operation that stand beside its figure, such as `like` for a search without an index. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Milliseconds of its opening that went into filling a database of its own, which are no part of its start. */
  readonly filling?: number;
  /** Creates a contact in a transaction of its own; gives the record. */
  create(values: Values): Maybe<Row>;
  /** Creates opportunities, all or none; gives the records. */
  bulk?(list: readonly Values[]): Maybe<Row[]>;
  /** A contact by its id. */
  get(id: string): Maybe<Row>;
  /** 50 opportunities of a stage above an amount, the latest `closeDate` first, then by id, downwards. */
  list?(args: ListArgs): Maybe<Row[]>;
  /** The same, and how many there are in all. */
  listCount?(args: ListArgs): Maybe<{ rows: Row[]; total: number }>;
  /** The same list with each one's `account` and `contact`. */
  toOne?(args: ListArgs): Maybe<Row[]>;
  /** 50 accounts of a user by id, each with its `opportunities` by id. */
  toMany?(salesperson: string): Maybe<Row[]>;
  /** Sets an opportunity's probability; gives the record as it then is. */
  update?(id: string, probability: number): Maybe<Row>;
  /** Deletes a contact. */
  delete?(id: string): Maybe<unknown>;
  /** 20 contacts with a word that begins so. */
  search?(text: string): Maybe<Row[]>;
  /** Number and sum of amounts of opportunities by stage: `stage, count, sum`. */
  byStage?(): Maybe<Row[]>;
  /** The same by month of `closeDate`: `closeDate, count, sum`. */
  byMonth?(): Maybe<Row[]>;
  /** Not timed: creates contacts that will be deleted; gives their ids. */
  createContacts?(list: readonly Values[]): Maybe<string[]>;
  close(): Maybe<unknown>;
}

/** What a contender is opened with. */
export interface OpenContext {
  readonly db: Db;
  /** The SQLite file. */
  readonly file: string;
  /** The PostgreSQL database. */
  readonly url: string;
  readonly sizes: Sizes;
  /** Imports a package from the benchmark's own node_modules (or a peer's). Not checked by the compiler: it is not installed with the workspace. */
  readonly load: (specifier: string) => Promise<any>;
  /** The id of a seeded record, by its ordinal from 1. */
  readonly idOf: (entity: Entity, ordinal: number) => string;
  /** A peer's own folder. */
  readonly folder: string;
}

/** A contender's module. */
export interface ContenderModule {
  readonly dbs: readonly Db[];
  /** It has tables of its own, and gets an empty database. */
  readonly ownTables?: boolean;
  open(context: OpenContext): Promise<Contender>;
}

/** Who acts in every contender: stands in `createdBy` and `updatedBy`. */
export const actorId = "bench";
