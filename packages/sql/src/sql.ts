/** Small pieces of SQL that the other files share. */

import type { OrderTerm } from "@kith/schema";
import { sql } from "kysely";
import type { Sql } from "./dialect.ts";

/** Always true, and always false; the words could be names of columns. */
export const always: Sql = sql`1 = 1`;
export const never: Sql = sql`1 = 0`;

/** A column of a table that stands under an alias. */
export function ref(alias: string, column: string): Sql {
  return sql.ref(`${alias}.${column}`);
}

const widest = 50;

/** Conditions joined, as a tree that stays shallow however many there are: databases limit the depth of an expression. */
export function joined(word: "and" | "or", parts: readonly Sql[]): Sql {
  if (parts.length === 0) return word === "and" ? always : never;
  if (parts.length === 1) return parts[0] as Sql;
  if (parts.length <= widest) return sql`(${sql.join(parts, word === "and" ? sql` and ` : sql` or `)})`;
  const half = parts.length >> 1;
  return joined(word, [joined(word, parts.slice(0, half)), joined(word, parts.slice(half))]);
}

/** The place of a column's text in a declared list; behind the last for what is not in it, null for null. */
export function rank(column: Sql, ranks: readonly string[]): Sql {
  const arms = ranks.map((value, i) => sql`when ${sql.lit(value)} then ${sql.lit(i)}`);
  return sql`case when ${column} is null then null else case ${column} ${sql.join(arms, sql` `)} else ${sql.lit(ranks.length)} end end`;
}

/** What a term of a sort order compares. */
export function termSql(column: Sql, term: OrderTerm): Sql {
  return term.ranks ? rank(column, term.ranks) : column;
}

/** Gives each table of a statement a name of its own. */
export class Aliases {
  #next = 0;

  next(): string {
    return `t${this.#next++}`;
  }
}
