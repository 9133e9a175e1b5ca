/**
 * Text indexes of SQLite: an FTS5 table for each entity, a column for each weight, tied to rows by their explicit rowid. Words come ready made, and its
 * tokenizer parts them where they were joined. Neither positions nor sizes nor prefixes are indexed, each of which makes every write dearer. How good a
 * find is shows in the words themselves, which it keeps.
 */

import { recordTokens, searchFinds } from "@kith/core";
import type { SearchWeight, SearchWord } from "@kith/schema";
import { type SearchDialect, type SearchPlace, type Sql, sql, type WordsOperand } from "@kith/sql";

/** The column that holds the words of the fields of a weight. */
const columnOf = (weight: SearchWeight) => weight.toLowerCase();
const columnsOf = ({ weights }: SearchPlace) => weights.map((weight) => sql.id(columnOf(weight)));

/** Words hold letters, marks and digits alone, so that quotes keep them from meaning anything to FTS5. */
function query(words: readonly SearchWord[]): string {
  return words.map(({ text, whole }) => (whole ? `"${text}"` : `"${text}"*`)).join(" AND ");
}

/** How a whole word looks among words that have a space on either side. */
const whole = ({ text }: SearchWord) => ` ${text} `;
/** How the beginning of one looks, unless it has to be whole. */
const start = (word: SearchWord) => (word.whole ? whole(word) : ` ${word.text}`);

/** The patterns of all words but the first. */
const others = (words: readonly SearchWord[]) =>
  JSON.stringify(words.slice(1).map((word) => [whole(word), start(word)]));

/** What is found by FTS5, whose hidden column has the name of its table. */
const matching = ({ index, guard }: SearchPlace, words: Sql): Sql =>
  sql`${sql.id(index)} as s where ${sql.ref(`s.${index}`)} match ${words}${guard ? sql` and ${guard}` : sql``}`;

/** The points of one word in a row of the index. The patterns are asked for each time that they stand there. */
function pointsOf({ weights }: SearchPlace, pattern: (whole: boolean) => Sql): Sql {
  const finds = searchFinds(weights).map(
    (find) =>
      sql`when instr(${sql.ref(`s.${columnOf(find.weight)}`)}, ${pattern(find.whole)}) > 0 then ${sql.lit(find.points)}`,
  );
  return sql`case ${sql.join(finds, sql` `)} else 0 end`;
}

/** The points of all words. Most searches have one, which costs half of what reading words from a list does for each row. */
function pointsOfAll(place: SearchPlace, words: WordsOperand): Sql {
  const first = pointsOf(place, (isWhole) => words((given) => (isWhole ? whole : start)(given[0] as SearchWord)));
  const each = pointsOf(place, (isWhole) => (isWhole ? sql`w.whole` : sql`w.start`));
  return sql`${first} + case when ${words((given) => (given.length > 1 ? 1 : 0))} then (select sum(${each}) from w) else 0 end`;
}

/** See the file. */
export const sqliteSearch: SearchDialect = {
  key: "kith_row",
  below: 0,
  create: (place) => [
    sql`create virtual table ${sql.id(place.index)} using fts5(${sql.join(columnsOf(place))}, detail='column', columnsize=0, tokenize='ascii')`,
  ],
  drop: ({ index }) => [sql`drop table if exists ${sql.id(index)}`],
  width: ({ weights }) => weights.length,
  words: (search, row) => recordTokens(search, row).map((words) => (words.length === 0 ? "" : ` ${words.join(" ")} `)),
  insert: (place, key, words) =>
    sql`insert into ${sql.id(place.index)} (rowid, ${sql.join(columnsOf(place))}) values (coalesce(${key}, last_insert_rowid()), ${sql.join(words)})`,
  update: (place, key, words) => {
    const set = columnsOf(place).map((column, i) => sql`${column} = ${words[i] as Sql}`);
    return sql`update ${sql.id(place.index)} set ${sql.join(set)} where rowid = ${key}`;
  },
  remove: ({ index }, key) => sql`delete from ${sql.id(index)} where rowid = ${key}`,
  along: undefined,
  strays: ({ index }, table) => {
    const entries = sql`select id from ${sql.table(`${index}_content`)}`;
    const rows = sql`select kith_row from ${sql.table(table)}`;
    return sql`select (select count(*) from (${rows} except ${entries})) + (select count(*) from (${entries} except ${rows}))`;
  },
  finds: (place, alias, words) =>
    sql`${sql.ref(`${alias}.kith_row`)} in (select s.rowid from ${matching(place, words(query))})`,
  ranks: (place, alias, words) => ({
    join: {
      from: sql`(with w as materialized (select value ->> 0 as whole, value ->> 1 as start from json_each(${words(others)}))
        select s.rowid as row, ${pointsOfAll(place, words)} as points from ${matching(place, words(query))})`,
      alias: "found",
      on: sql`${sql.ref("found.row")} = ${sql.ref(`${alias}.kith_row`)}`,
    },
    points: sql.ref("found.points"),
  }),
};
