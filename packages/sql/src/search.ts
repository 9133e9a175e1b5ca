/** Text indexes: how a database keeps one is its dialect's matter; when it is asked, written and made anew is the same everywhere. */

import type { EntityModel, MaybePromise, StoredRow as Row, SearchModel } from "@kith/core";
import type { SearchWeight, SearchWord } from "@kith/schema";
import { sql } from "kysely";
import type { SearchSpec } from "./change/desired.ts";
import { fieldReader, valueColumns } from "./columns.ts";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { type SqlSession, Statement, type Step } from "./driver.ts";
import { chain, inTurn } from "./maybe.ts";
import { searchTable } from "./names.ts";
import { Marker, Operand } from "./parameters.ts";

/** The text index of an entity, and the table that it is about. */
export interface SearchPlace {
  /** The full name of the index. */
  readonly index: string;
  readonly weights: readonly SearchWeight[];
  /** Stands in every SELECT on it, see {@link SqlContext}. */
  readonly guard: Sql | undefined;
}

/** Gives a parameter made from the words that are looked for. Each call is one more binding. */
export type WordsOperand = (made: (words: readonly SearchWord[]) => unknown) => Sql;

/** What ranks the rows of a table: a table to join, and the points of a row. */
export interface RankSql {
  readonly join: { readonly from: Sql; readonly alias: string; readonly on: Sql };
  readonly points: Sql;
}

/** How a database keeps a text index. */
export interface SearchDialect {
  /** The column that ties a row to its entry: `id`, or one that the database fills. */
  readonly key: string;
  /** Below every key. */
  readonly below: unknown;
  readonly create: (place: SearchPlace) => readonly Sql[];
  readonly drop: (place: SearchPlace) => readonly Sql[];
  /** How many bindings hold the words of a row. */
  readonly width: (place: SearchPlace) => number;
  /** Those bindings. `only`: just the words of these fields. */
  readonly words: (search: SearchModel, row: Row, only?: Row) => unknown[];
  /** Makes an entry: `key` is null for the row that was just inserted, unless the key is its id. */
  readonly insert: (place: SearchPlace, key: Sql, words: readonly Sql[]) => Sql;
  readonly update: (place: SearchPlace, key: Sql, words: readonly Sql[]) => Sql;
  readonly remove: (place: SearchPlace, key: Sql) => Sql;
  /** Left out where a statement that writes rows cannot write their entries too. */
  readonly along: SearchAlong | undefined;
  /** Counts the rows of a table (its full name) that have no entry, and the entries without a row. */
  readonly strays: (place: SearchPlace, table: string) => Sql;
  /** Whether the row of `alias` has all words. */
  readonly finds: (place: SearchPlace, alias: string, words: WordsOperand) => Sql;
  /** The points of the rows that have all words; it leaves out all others. */
  readonly ranks: (place: SearchPlace, alias: string, words: WordsOperand) => RankSql;
}

/** Parts of a statement that write entries while the statement writes their rows; keys are ids, which another part may give by a name. */
export interface SearchAlong {
  /** Makes the entries of many rows, from a list of keys and a list for each binding. */
  readonly insertAll: (place: SearchPlace, keys: Sql, words: readonly Sql[]) => Sql;
  /** Writes the words of some fields anew (by their places in the model of what is searched) and keeps those of the others. */
  readonly update: (place: SearchPlace, changed: string, fields: readonly number[], words: readonly Sql[]) => Sql;
  readonly remove: (place: SearchPlace, gone: string) => Sql;
}

/** The place of an entity's text index. */
export function searchPlace(
  context: SqlContext,
  table: string,
  { weights }: Pick<SearchModel, "weights">,
): SearchPlace {
  return { index: context.own(searchTable(table)), weights, guard: context.guard };
}

/** The parameter of a plan that holds words. */
export function wordsOperand(param: number): WordsOperand {
  return (made) => sql`${new Marker(new Operand(param, (words) => [made(words)]), 0, undefined)}`;
}

/** The statements that make the text index that a table wants. */
export function createSearch(context: SqlContext, table: string, spec: SearchSpec): Statement[] {
  return statements(context, context.dialect.search.create(searchPlace(context, table, spec)));
}

/** The statements that take a text index away. */
export function dropSearch(context: SqlContext, table: string, spec: SearchSpec): Statement[] {
  return statements(context, context.dialect.search.drop(searchPlace(context, table, spec)));
}

function statements(context: SqlContext, all: readonly Sql[]): Statement[] {
  return all.map((one) => new Statement(sql`${one}`.compile(context.db).sql));
}

/** Keeps the text index of one entity. */
export class SearchUpkeep {
  /** The parts of statements that write rows; there where those can write entries too. */
  readonly along: UpkeepAlong | undefined;
  readonly #search: SearchModel;
  readonly #dialect: SearchDialect;
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #remove: Statement;
  readonly #insertAll: Statement | undefined;

  constructor(context: SqlContext, entity: EntityModel, search: SearchModel) {
    const { along, ...dialect } = context.dialect.search;
    const place = searchPlace(context, entity.table, search);
    const words = () => Array.from({ length: dialect.width(place) }, () => sql`${0}`);
    const one = (statement: Sql) => new Statement(sql`${statement}`.compile(context.db).sql);
    this.#search = search;
    this.#dialect = context.dialect.search;
    this.#insert = one(dialect.insert(place, sql`${0}`, words()));
    this.#update = one(dialect.update(place, sql`${0}`, words()));
    this.#remove = one(dialect.remove(place, sql`${0}`));
    if (!along) return;
    this.#insertAll = one(along.insertAll(place, sql`${0}`, words()));
    this.along = {
      insert: () => dialect.insert(place, sql`${0}`, words()),
      insertAll: () => along.insertAll(place, sql`${0}`, words()),
      update: (changed, set) => {
        const fields = search.fields.flatMap(({ field }, i) => (field.name in set ? [i] : []));
        return along.update(place, changed, fields, words());
      },
      remove: () => dialect.remove(place, sql`${0}`),
      removeOf: (gone) => along.remove(place, gone),
    };
  }

  /** Whether a change of these values changes what is indexed. */
  concerns(set: Row): boolean {
    return this.#search.fields.some(({ field }) => field.name in set);
  }

  /** The bindings of a row's words. `only`: just those of these fields. */
  words(row: Row, only?: Row): unknown[] {
    return this.#dialect.words(this.#search, row, only);
  }

  /** The bindings for the entries of many rows: their keys, then a list for each binding of words. */
  lists(rows: readonly Row[], keys: readonly unknown[] = rows.map((row) => row["id"])): unknown[][] {
    const words = rows.map((row) => this.words(row));
    return [[...keys], ...(words[0] ?? []).map((_, i) => words.map((one) => one[i]))];
  }

  /** The step that indexes the row that was just inserted, by the key that the database gave it. */
  inserted(row: Row): Step {
    return { statement: this.#insert, values: [null, ...this.words(row)] };
  }

  /** Indexes rows by their keys. */
  insertAll(session: SqlSession, rows: readonly Row[], keys: readonly unknown[]): MaybePromise<unknown> {
    if (this.#insertAll) return session.run(this.#insertAll, this.lists(rows, keys));
    return inTurn(rows, (row, i) => session.run(this.#insert, [keys[i], ...this.words(row)]));
  }

  /** Indexes a row anew. */
  update(session: SqlSession, row: Row, key: unknown): MaybePromise<number> {
    return session.run(this.#update, [...this.words(row), key]);
  }

  /** Takes a row out. */
  remove(session: SqlSession, key: unknown): MaybePromise<number> {
    return session.run(this.#remove, [key]);
  }
}

/** Parts of statements that write rows. */
export interface UpkeepAlong {
  /** Makes an entry: bindings for its key and its words. */
  readonly insert: () => Sql;
  /** Makes those of many rows: bindings as {@link SearchUpkeep.lists} gives them. */
  readonly insertAll: () => Sql;
  /** Indexes the rows of a part, `changed`, anew, whose fields in `set` were changed. */
  readonly update: (changed: string, set: Row) => Sql;
  /** Takes out the entry of a key. */
  readonly remove: () => Sql;
  /** Takes out the entry of the row of a part. */
  readonly removeOf: (gone: string) => Sql;
}

/** Rows that are indexed between two statements that read. */
const batch = 500;

/**
 * Fills the text index of an entity, which is there and empty, from the rows of its table: after it was made for a table with data, or made anew. Reads
 * in batches, so that memory stays small. The caller sees to the transaction.
 */
export function fillSearch(context: SqlContext, session: SqlSession, entity: EntityModel): MaybePromise<void> {
  const { search } = entity;
  if (!search) return undefined;
  const { dialect, db } = context;
  const upkeep = new SearchUpkeep(context, entity, search);
  const key = sql.ref(dialect.search.key);
  const columns: Sql[] = [key];
  const readers = search.fields.map(({ field }) => {
    const at = valueColumns(field).map((column) => {
      const name = sql.ref(column.name);
      return columns.push(dialect.columns[column.type].select?.(name) ?? name) - 1;
    });
    return { name: field.name, reader: fieldReader(dialect, field, at) };
  });
  const { sql: text } = sql`select ${sql.join(columns)} from ${sql.table(context.at(context.table(entity)))}
    where ${key} > ${0} order by ${key} limit ${sql.lit(batch)}`.compile(db);
  const page = new Statement(text);
  const next = (after: unknown): MaybePromise<void> =>
    chain(session.all(page, [after]), (raws) => {
      if (raws.length === 0) return undefined;
      const rows = raws.map((raw) => Object.fromEntries(readers.map(({ name, reader }) => [name, reader.read(raw)])));
      const keys = raws.map((raw) => raw[0]);
      return chain(upkeep.insertAll(session, rows, keys), () => (raws.length < batch ? undefined : next(keys.at(-1))));
    });
  return next(dialect.search.below);
}
