/**
 * Text indexes of PostgreSQL: a table for each entity, with the words of each record as a `tsvector` under its weights, and a GIN index on it. Words come
 * ready made, so that no configuration of a language plays a part.
 */

import { fieldTokens, type StoredRow as Row, type SearchModel, searchFinds } from "@kith/core";
import type { SearchWord } from "@kith/schema";
import { type SearchDialect, type SearchPlace, type Sql, sql, type WordsOperand } from "@kith/sql";

/** Words hold letters, marks and digits alone, so that quotes keep them from meaning anything. */
const term = (text: string, label: string) => (label === "" ? `'${text}'` : `'${text}':${label}`);
const query = (words: readonly SearchWord[]) =>
  words.map(({ text, whole }) => term(text, whole ? "" : "*")).join(" & ");

/** The query of each find of a word, in the order of `searchFinds`. */
const findsOf = ({ weights }: SearchPlace, word: SearchWord): string[] =>
  searchFinds(weights).map(({ weight, whole }) => term(word.text, `${whole || word.whole ? "" : "*"}${weight}`));

/** The queries of all words but the first. */
const others = (place: SearchPlace, words: readonly SearchWord[]): string =>
  JSON.stringify(words.slice(1).map((word) => findsOf(place, word)));

/** The queries of a word as columns of `w`, made once for all rows. */
const columnsOf = ({ weights }: SearchPlace): Sql =>
  sql.join(searchFinds(weights).map((_, i) => sql`(q.value ->> ${sql.lit(i)})::tsquery as ${sql.id(`f${i}`)}`));

/** The points of one word in a row of the index, from the query of each of its finds. */
function pointsOf({ weights }: SearchPlace, find: (at: number) => Sql): Sql {
  const cases = searchFinds(weights).map(({ points }, i) => sql`when s.words @@ ${find(i)} then ${sql.lit(points)}`);
  return sql`case ${sql.join(cases, sql` `)} else 0 end`;
}

/** The points of all words. Most searches have one, which needs no list to be read for each row. */
function pointsOfAll(place: SearchPlace, words: WordsOperand): Sql {
  const first = pointsOf(place, (at) => sql`${words((given) => findsOf(place, given[0] as SearchWord)[at])}::tsquery`);
  const each = pointsOf(place, (at) => sql.ref(`w.f${at}`));
  return sql`${first} + case when ${words((given) => given.length > 1)}::boolean then (select sum(${each}) from w) else 0 end`;
}

/**
 * The words of a record in the text form of a vector. Each field has a place of its own, so that its words can be told from those of the others, and
 * the words of one field changed without knowing the other fields.
 */
function vector(search: SearchModel, row: Row, only: Row = row): string {
  const parts: string[] = [];
  search.fields.forEach((one, i) => {
    const { name } = one.field;
    if (!(name in only)) return;
    for (const word of fieldTokens(search, one, row[name])) parts.push(`'${word}':${i + 1}${one.weight}`);
  });
  return parts.join(" ");
}

/** What a vector holds outside of some places, in its text form. */
function keptWords(fields: readonly number[]): Sql {
  const places = sql.lit(`{${fields.map((field) => field + 1).join()}}`);
  return sql`(select coalesce(string_agg('''' || w.lexeme || ''':' || p.place || p.weight, ' '), '')
    from unnest(s.words) as w, unnest(w.positions, w.weights) as p(place, weight) where p.place <> all(${places}))`;
}

/** See the file. Indexes stand in a schema. */
export function postgresSearch(schema: string): SearchDialect {
  const table = ({ index }: SearchPlace) => sql.id(schema, index);
  return {
    key: "id",
    below: "00000000-0000-0000-0000-000000000000",
    create: (place) => [
      sql`create table ${table(place)} ("id" uuid primary key, "words" tsvector not null)`,
      sql`create index ${sql.id(`${place.index}_words`)} on ${table(place)} using gin ("words")`,
    ],
    drop: (place) => [sql`drop table if exists ${table(place)}`],
    width: () => 1,
    words: (search, row, only) => [vector(search, row, only)],
    insert: (place, key, [words]) =>
      sql`insert into ${table(place)} ("id", "words") values (${key}::uuid, ${words}::tsvector)`,
    update: (place, key, [words]) =>
      sql`update ${table(place)} set "words" = ${words}::tsvector where "id" = ${key}::uuid`,
    remove: (place, key) => sql`delete from ${table(place)} where "id" = ${key}::uuid`,
    along: {
      insertAll: (place, keys, [words]) =>
        sql`insert into ${table(place)} ("id", "words") select r.id, r.words::tsvector from unnest(${keys}::uuid[], ${words}::text[]) as r(id, words)`,
      update: (place, changed, fields, [words]) =>
        sql`update ${table(place)} as s set "words" = (${keptWords(fields)} || ' ' || ${words}::text)::tsvector
          from ${sql.id(changed)} as c where s.id = c.id`,
      remove: (place, gone) => sql`delete from ${table(place)} where "id" = (select "id" from ${sql.id(gone)})`,
    },
    strays: (place, name) => {
      const entries = sql`select "id" from ${table(place)}`;
      const rows = sql`select "id" from ${sql.id(schema, name)}`;
      return sql`select (select count(*) from (${rows} except ${entries}) as a) + (select count(*) from (${entries} except ${rows}) as b)`;
    },
    finds: (place, alias, words) =>
      sql`${sql.ref(`${alias}.id`)} in (select s.id from ${table(place)} as s where s.words @@ ${words(query)}::tsquery)`,
    ranks: (place, alias, words) => ({
      join: {
        from: sql`(with w as materialized (select ${columnsOf(place)} from jsonb_array_elements(${words((given) => others(place, given))}::jsonb) as q(value))
          select s.id as row, ${pointsOfAll(place, words)} as points from ${table(place)} as s where s.words @@ ${words(query)}::tsquery)`,
        alias: "found",
        on: sql`${sql.ref("found.row")} = ${sql.ref(`${alias}.id`)}`,
      },
      points: sql.ref("found.points"),
    }),
  };
}
