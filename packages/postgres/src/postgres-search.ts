/**
 * Text indexes of PostgreSQL: a table for each entity, with the words of each record as a `tsvector` under its weights, and a GIN index on it. Words come
 * ready made, so that no configuration of a language plays a part.
 */

import { searchSteps } from "@kith/core";
import type { SearchWeight, SearchWord } from "@kith/schema";
import { type SearchDialect, type SearchPlace, type Sql, sql } from "@kith/sql";

/** Words hold letters, marks and digits alone, so that quotes keep them from meaning anything. */
const term = ({ text, whole }: SearchWord, weights = "") => {
  const label = `${whole ? "" : "*"}${weights}`;
  return label === "" ? `'${text}'` : `'${text}':${label}`;
};
const all = (words: readonly SearchWord[]) => words.map((word) => term(word)).join(" & ");

function within(weights: readonly SearchWeight[], word: SearchWord): string[] {
  return weights.length === 0 ? [] : [term(word, weights.join(""))];
}

/** The queries that give points, each with how many. The first one is what all rows meet. */
function scored(weights: readonly SearchWeight[], words: readonly SearchWord[]): string {
  let least = 0;
  const more: [string, number][] = [];
  const also = words.length > 1 ? `${all(words)} & ` : "";
  for (const word of words) {
    searchSteps(weights, word).forEach(({ begins, whole, points }, i) => {
      if (i === 0) least += points;
      else {
        const any = [...within(begins, { ...word, whole: false }), ...within(whole, { ...word, whole: true })];
        more.push([`${also}(${any.join(" | ")})`, points]);
      }
    });
  }
  return JSON.stringify([[all(words), least], ...more]);
}

/** The words of a record: those of each weight, marked with it. */
function vector({ weights }: SearchPlace, texts: readonly Sql[]): Sql {
  const parts = weights.map((weight, i) => sql`setweight(${texts[i] as Sql}::tsvector, ${sql.lit(weight)})`);
  return sql.join(parts, sql` || `);
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
    insert: (place, key, texts) =>
      sql`insert into ${table(place)} ("id", "words") values (${key}::uuid, ${vector(place, texts)})`,
    update: (place, key, texts) =>
      sql`update ${table(place)} set "words" = ${vector(place, texts)} where "id" = ${key}::uuid`,
    remove: (place, key) => sql`delete from ${table(place)} where "id" = ${key}::uuid`,
    strays: (place, name) => {
      const entries = sql`select "id" from ${table(place)}`;
      const rows = sql`select "id" from ${sql.id(schema, name)}`;
      return sql`select (select count(*) from (${rows} except ${entries}) as a) + (select count(*) from (${entries} except ${rows}) as b)`;
    },
    text: (words) => words.map((word) => `'${word}':1`).join(" "),
    finds: (place, alias, words) =>
      sql`${sql.ref(`${alias}.id`)} in (select s.id from ${table(place)} as s where s.words @@ ${words(all)}::tsquery)`,
    ranks: (place, alias, words) => ({
      join: {
        from: sql`(select s.id as row, sum((q.value ->> 1)::int) as points from jsonb_array_elements(${words((given) => scored(place.weights, given))}::jsonb) as q(value)
          join ${table(place)} as s on s.words @@ (q.value ->> 0)::tsquery group by s.id)`,
        alias: "found",
        on: sql`${sql.ref("found.row")} = ${sql.ref(`${alias}.id`)}`,
      },
      points: sql.ref("found.points"),
    }),
  };
}
