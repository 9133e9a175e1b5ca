/** The least and greatest of a group along several terms. */

import type { ColumnType } from "@kith/schema";
import { type Extreme, type Sql, sql, type Term } from "@kith/sql";

/** Types that `min` and `max` take as they are; others go into arrays, which compare element by element. */
const direct: ReadonlySet<ColumnType | "rank"> = new Set([
  "text",
  "instant",
  "date",
  "time",
  "integer",
  "bigint",
  "float",
]);

/** A value that is one column is found as the column or as the last element of an array of terms; one of several, as the first of all in order. */
export function extreme(fn: "min" | "max", terms: readonly Term[], value: readonly Term[]): Extreme {
  const pick = (one: Sql): Sql => (fn === "min" ? sql`min(${one})` : sql`max(${one})`);
  const [first] = terms as [Term];
  const [only] = value as [Term];
  const itself = (found: unknown) => [found];
  if (value.length === 1 && terms.length === 1 && first.column === only.column && direct.has(only.type)) {
    return { sql: pick(first.sql), sorts: true, read: itself };
  }
  const pieces = terms.at(-1)?.column === only.column ? terms : [...terms, only];
  const kinds = new Set(pieces.map(({ type }) => (type === "rank" ? "text" : type)));
  if (value.length === 1 && kinds.size === 1) {
    const elements = pieces.map((one) => (one.type === "rank" ? sql`lpad((${one.sql})::text, 8, '0')` : one.sql));
    const whole = sql`case when ${only.sql} is not null then array[${sql.join(elements)}] end`;
    const last = sql.lit(pieces.length);
    return { sql: pick(whole), select: (found) => sql`(${found})[${last}]`, sorts: true, read: itself };
  }
  const direction = fn === "min" ? sql`asc nulls first` : sql`desc nulls last`;
  const order = terms.map((one) => sql`${one.sql} ${direction}`);
  const present = sql.join(
    value.map((one) => sql`${one.sql} is not null`),
    sql` or `,
  );
  const shown = sql.join(value.map((one) => sql`(${one.sql})::text`));
  return {
    sql: sql`(array_agg(jsonb_build_array(${shown}) order by ${sql.join(order)}) filter (where ${present}))[1]`,
    sorts: false,
    // A boolean is printed as a word here, and as a letter elsewhere.
    read: (found: string) =>
      (JSON.parse(found) as (string | null)[]).map((one, i) =>
        value[i]?.type === "boolean" && one !== null ? one.slice(0, 1) : one,
      ),
  };
}
