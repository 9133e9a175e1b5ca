/**
 * Text indexes of SQLite: an FTS5 table for each entity, a column for each weight, tied to rows by their explicit rowid. It keeps no text of its own, no
 * positions and no prefixes (each makes every write dearer): words come ready made, and its tokenizer parts them where they were joined.
 */

import { searchSteps } from "@kith/core";
import type { SearchWeight, SearchWord } from "@kith/schema";
import { type SearchDialect, type SearchPlace, type Sql, sql } from "@kith/sql";

/** The column that FTS5 keeps for the fields of a weight. */
const columnOf = (weight: SearchWeight) => weight.toLowerCase();
const columnsOf = ({ weights }: SearchPlace) => weights.map((weight) => sql.id(columnOf(weight)));

/** Words hold letters, marks and digits alone, so that quotes keep them from meaning anything to FTS5. */
const phrase = ({ text, whole }: SearchWord) => (whole ? `"${text}"` : `"${text}"*`);
const all = (words: readonly SearchWord[]) => words.map(phrase).join(" AND ");

function within(weights: readonly SearchWeight[], word: SearchWord): string[] {
  return weights.length === 0 ? [] : [`{${weights.map(columnOf).join(" ")}} : ${phrase(word)}`];
}

/** The FTS5 queries that give points, each with how many. The first one is what all rows meet. */
function scored(weights: readonly SearchWeight[], words: readonly SearchWord[]): string {
  let least = 0;
  const more: [string, number][] = [];
  // With several words, only rows that have them all are worth looking at.
  const also = words.length > 1 ? `${all(words)} AND ` : "";
  for (const word of words) {
    searchSteps(weights, word).forEach(({ begins, whole, points }, i) => {
      if (i === 0) least += points;
      else {
        const any = [...within(begins, { ...word, whole: false }), ...within(whole, { ...word, whole: true })];
        more.push([`${also}(${any.join(" OR ")})`, points]);
      }
    });
  }
  return JSON.stringify([[all(words), least], ...more]);
}

/** What is found by FTS5, whose hidden column has the name of its table. */
const matching = ({ index, guard }: SearchPlace, query: Sql): Sql =>
  sql`${sql.id(index)} as s where ${sql.ref(`s.${index}`)} match ${query}${guard ? sql` and ${guard}` : sql``}`;

/** See the file. */
export const sqliteSearch: SearchDialect = {
  key: "kith_row",
  below: 0,
  create: (place) => [
    sql`create virtual table ${sql.id(place.index)} using fts5(${sql.join(columnsOf(place))}, content='', contentless_delete=1, detail='column', tokenize='ascii')`,
  ],
  drop: ({ index }) => [sql`drop table if exists ${sql.id(index)}`],
  insert: (place, key, texts) =>
    sql`insert into ${sql.id(place.index)} (rowid, ${sql.join(columnsOf(place))}) values (coalesce(${key}, last_insert_rowid()), ${sql.join(texts)})`,
  update: (place, key, texts) => {
    const set = columnsOf(place).map((column, i) => sql`${column} = ${texts[i] as Sql}`);
    return sql`update ${sql.id(place.index)} set ${sql.join(set)} where rowid = ${key}`;
  },
  remove: ({ index }, key) => sql`delete from ${sql.id(index)} where rowid = ${key}`,
  strays: ({ index }, table) => {
    const entries = sql`select id from ${sql.table(`${index}_docsize`)}`;
    const rows = sql`select kith_row from ${sql.table(table)}`;
    return sql`select (select count(*) from (${rows} except ${entries})) + (select count(*) from (${entries} except ${rows}))`;
  },
  text: (words) => words.join(" "),
  finds: (place, alias, words) =>
    sql`${sql.ref(`${alias}.kith_row`)} in (select s.rowid from ${matching(place, words(all))})`,
  ranks: (place, alias, words) => ({
    join: {
      from: sql`(select s.rowid as row, sum(q.value ->> 1) as points from json_each(${words((given) => scored(place.weights, given))}) as q
        cross join ${matching(place, sql`(q.value ->> 0)`)} group by s.rowid)`,
      alias: "found",
      on: sql`${sql.ref("found.row")} = ${sql.ref(`${alias}.kith_row`)}`,
    },
    points: sql.ref("found.points"),
  }),
};
