/**
 * Text indexes of PostgreSQL: a table for each entity, with the words of each record as a `tsvector` under its weights, and a GIN index on it. Words come
 * ready made, so that no configuration of a language plays a part.
 */

import { searchFinds } from "@kith/core";
import type { SearchWeight, SearchWord } from "@kith/schema";
import { type SearchDialect, type SearchPlace, type Sql, sql } from "@kith/sql";

/** Words hold letters, marks and digits alone, so that quotes keep them from meaning anything. */
const term = (text: string, label: string) => (label === "" ? `'${text}'` : `'${text}':${label}`);
const query = (words: readonly SearchWord[]) =>
  words.map(({ text, whole }) => term(text, whole ? "" : "*")).join(" & ");

/** The query of each find of each word, in the order of `searchFinds`. */
function finds({ weights }: SearchPlace, words: readonly SearchWord[]): string {
  const all = searchFinds(weights);
  return JSON.stringify(
    words.map((word) => all.map(({ weight, whole }) => term(word.text, `${whole || word.whole ? "" : "*"}${weight}`))),
  );
}

/** The queries of a word as columns of `w`, made once for all rows. */
const columnsOf = ({ weights }: SearchPlace): Sql =>
  sql.join(searchFinds(weights).map((_, i) => sql`(q.value ->> ${sql.lit(i)})::tsquery as ${sql.id(`f${i}`)}`));

/** The points of one word, `w`, in a row of the index. */
function pointsOf({ weights }: SearchPlace): Sql {
  const cases = searchFinds(weights).map(
    ({ points }, i) => sql`when s.words @@ ${sql.ref(`w.f${i}`)} then ${sql.lit(points)}`,
  );
  return sql`case ${sql.join(cases, sql` `)} else 0 end`;
}

/** The words of a record, in the text form of a vector: so that a word stands once, with all of its weights. */
function vector(texts: readonly Sql[]): Sql {
  const parts = texts.map((text) => sql`${text}::text`);
  return sql`(${sql.join(parts, sql` || ' ' || `)})::tsvector`;
}

/** Each weight has a place of its own, since a vector keeps one weight for each place of a word. */
const placeOf: Readonly<Record<SearchWeight, number>> = { A: 1, B: 2, C: 3, D: 4 };

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
    insert: (place, key, texts) =>
      sql`insert into ${table(place)} ("id", "words") values (${key}::uuid, ${vector(texts)})`,
    update: (place, key, texts) => sql`update ${table(place)} set "words" = ${vector(texts)} where "id" = ${key}::uuid`,
    replace: (place, changed, weights, texts) => {
      const kept = place.weights.filter((weight) => !weights.includes(weight));
      const old = sql`ts_filter(s.words, ${sql.lit(`{${kept.join()}}`)})`;
      return sql`update ${table(place)} as s set "words" = ${vector(kept.length === 0 ? texts : [old, ...texts])}
        from ${sql.id(changed)} as c where s.id = c.id`;
    },
    remove: (place, key) => sql`delete from ${table(place)} where "id" = ${key}::uuid`,
    strays: (place, name) => {
      const entries = sql`select "id" from ${table(place)}`;
      const rows = sql`select "id" from ${sql.id(schema, name)}`;
      return sql`select (select count(*) from (${rows} except ${entries}) as a) + (select count(*) from (${entries} except ${rows}) as b)`;
    },
    text: (words, weight) => words.map((word) => `'${word}':${placeOf[weight]}${weight}`).join(" "),
    finds: (place, alias, words) =>
      sql`${sql.ref(`${alias}.id`)} in (select s.id from ${table(place)} as s where s.words @@ ${words(query)}::tsquery)`,
    ranks: (place, alias, words) => ({
      join: {
        from: sql`(with w as materialized (select ${columnsOf(place)} from jsonb_array_elements(${words((given) => finds(place, given))}::jsonb) as q(value))
          select s.id as row, (select sum(${pointsOf(place)}) from w) as points from ${table(place)} as s where s.words @@ ${words(query)}::tsquery)`,
        alias: "found",
        on: sql`${sql.ref("found.row")} = ${sql.ref(`${alias}.id`)}`,
      },
      points: sql.ref("found.points"),
    }),
  };
}
