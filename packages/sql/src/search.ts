/** Text indexes: how a database keeps one is its dialect's matter; when it is asked, written and made anew is the same everywhere. */

import { type EntityModel, type MaybePromise, type StoredRow as Row, recordTokens, type SearchModel } from "@kith/core";
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
  /** Makes an entry: `key` is null for the row that was just inserted, unless the key is its id. */
  readonly insert: (place: SearchPlace, key: Sql, texts: readonly Sql[]) => Sql;
  readonly update: (place: SearchPlace, key: Sql, texts: readonly Sql[]) => Sql;
  /**
   * Writes the words of some weights anew and keeps those of the others, for the rows of `changed`: a part of the statement that changes the rows. Left
   * out where one statement cannot do both.
   */
  readonly replace?: (
    place: SearchPlace,
    changed: string,
    weights: readonly SearchWeight[],
    texts: readonly Sql[],
  ) => Sql;
  readonly remove: (place: SearchPlace, key: Sql) => Sql;
  /** Counts the rows of a table (its full name) that have no entry, and the entries without a row. */
  readonly strays: (place: SearchPlace, table: string) => Sql;
  /** What is kept for the words of a row in the fields of one weight. */
  readonly text: (words: readonly string[], weight: SearchWeight) => unknown;
  /** Whether the row of `alias` has all words. */
  readonly finds: (place: SearchPlace, alias: string, words: WordsOperand) => Sql;
  /** The points of the rows that have all words; it leaves out all others. */
  readonly ranks: (place: SearchPlace, alias: string, words: WordsOperand) => RankSql;
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
  readonly #search: SearchModel;
  readonly #dialect: SearchDialect;
  readonly #place: SearchPlace;
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #remove: Statement;
  readonly #removeGone: Statement;
  readonly #fields: ReadonlySet<string>;
  readonly #byId: boolean;
  /** The fields of each weight. */
  readonly #groups: readonly (readonly string[])[];

  constructor(context: SqlContext, entity: EntityModel, search: SearchModel) {
    const { dialect } = context;
    const place = searchPlace(context, entity.table, search);
    const texts = () => search.weights.map(() => sql`${0}`);
    const one = (statement: Sql) => new Statement(sql`${statement}`.compile(context.db).sql);
    this.#search = search;
    this.#dialect = dialect.search;
    this.#place = place;
    this.#byId = dialect.search.key === "id";
    this.#insert = one(dialect.search.insert(place, sql`${0}`, texts()));
    this.#update = one(dialect.search.update(place, sql`${0}`, texts()));
    const remove = dialect.search.remove(place, sql`${0}`);
    const table = sql.table(context.at(context.table(entity)));
    this.#remove = one(remove);
    this.#removeGone = one(sql`${remove} and not exists (select 1 from ${table} where ${sql.ref("id")} = ${0})`);
    this.#groups = search.weights.map((weight) =>
      search.fields.filter((one) => one.weight === weight).map(({ field }) => field.name),
    );
    this.#fields = new Set(search.fields.map(({ field }) => field.name));
  }

  /** Entries are found by the record's id, so that one can be made without knowing what the database gave the row. */
  get byId(): boolean {
    return this.#byId;
  }

  /** Whether a change of these values changes what is indexed. */
  concerns(set: Row): boolean {
    for (const name in set) if (this.#fields.has(name)) return true;
    return false;
  }

  /** Whether one statement can change rows and their entries: the values set are all that the weights concerned are made of. */
  isWhole(set: Row): boolean {
    if (!this.#dialect.replace) return false;
    return this.#groups.every((names) => names.every((name) => name in set) || !names.some((name) => name in set));
  }

  /** What changes the entries of the rows of `changed`, for a set that is whole; and its bindings for values like these. */
  replacing(set: Row, changed: string): { readonly part: Sql; readonly texts: (set: Row) => unknown[] } | undefined {
    if (!this.isWhole(set)) return undefined;
    const fields = this.#search.fields.filter(({ field }) => field.name in set);
    const weights = this.#search.weights.filter((weight) => fields.some((one) => one.weight === weight));
    const marks = weights.map(() => sql`${0}`);
    const part = this.#dialect.replace?.(this.#place, changed, weights, marks);
    const search = { ...this.#search, weights, fields };
    return part && { part, texts: (values) => this.#texts(values, search) };
  }

  /** Indexes a row: that of a key, or the one that was just inserted. */
  insert(session: SqlSession, row: Row, key: unknown = null): MaybePromise<number> {
    return session.run(this.#insert, [key, ...this.#texts(row)]);
  }

  /** The step that indexes a row just after it was inserted. */
  inserted(row: Row): Step {
    return { statement: this.#insert, values: [this.#byId ? row["id"] : null, ...this.#texts(row)] };
  }

  /** The step that takes a row out just after its deletion, which may have found none; needs keys that are ids. */
  deleted(id: string): Step {
    return { statement: this.#removeGone, values: [id, id] };
  }

  /** Indexes rows that were just inserted together, which needs keys that are ids. */
  insertAll(session: SqlSession, rows: readonly Row[]): MaybePromise<unknown> {
    const steps = rows.map((row) => this.inserted(row));
    if (session.many) return session.many(steps, (error) => error);
    return inTurn(steps, ({ statement, values }) => session.run(statement, values));
  }

  /** Indexes a row anew. */
  update(session: SqlSession, row: Row, key: unknown): MaybePromise<number> {
    return session.run(this.#update, [...this.#texts(row), key]);
  }

  /** Takes a row out. */
  remove(session: SqlSession, key: unknown): MaybePromise<number> {
    return session.run(this.#remove, [key]);
  }

  #texts(row: Row, search = this.#search): unknown[] {
    return recordTokens(search, row).map((words, i) => this.#dialect.text(words, search.weights[i] as SearchWeight));
  }
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
      const all = inTurn(raws, (raw) => {
        const row = Object.fromEntries(readers.map(({ name, reader }) => [name, reader.read(raw)]));
        return upkeep.insert(session, row, raw[0]);
      });
      return chain(all, () => (raws.length < batch ? undefined : next((raws.at(-1) as unknown[])[0])));
    });
  return next(dialect.search.below);
}
