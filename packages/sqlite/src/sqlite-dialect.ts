/** What SQLite says of itself. */

import type { ColumnType, ColumnValue } from "@kith/schema";
import type { ColumnFacts, ConstraintFailure, Dialect, Extreme, SpanUnit, Sql, Term } from "@kith/sql";
import { SqliteAdapter, SqliteQueryCompiler, sql } from "@kith/sql";
import { introspect } from "./sqlite-introspect.ts";
import { sqliteSearch } from "./sqlite-search.ts";

const text: ColumnFacts = { sqlType: "text" };

const columns: Record<ColumnType, ColumnFacts> = {
  text,
  uuid: text,
  instant: text,
  date: text,
  time: text,
  integer: { sqlType: "integer" },
  float: { sqlType: "real" },
  bigint: {
    sqlType: "integer",
    // As a number where JavaScript holds it exactly: the driver binds that faster.
    bind: (value) => {
      const digits = value as string;
      return digits.length < 16 ? Number(digits) : BigInt(digits);
    },
    select: (column) => sql`cast(${column} as text)`,
  },
  boolean: {
    sqlType: "integer",
    bind: (value) => (value === true ? 1 : 0),
    read: (value: number) => value === 1,
  },
  json: { sqlType: "text", bind: (value) => JSON.stringify(value), read: (value: string) => JSON.parse(value) },
};

/** SQLite's ways. */
export const sqliteDialect: Dialect = {
  name: "sqlite",
  adapter: () => new SqliteAdapter(),
  compiler: () => new SqliteQueryCompiler(),
  columns,
  limits: { tables: 60, columns: 2_000 },
  nullsSmallest: true,
  rowLocks: false,
  inTime: sql`kith_in_time()`,
  // An explicit name keeps the numbers of rows when SQLite makes tables anew: text indexes hold them.
  rowKey: { name: sqliteSearch.key, sqlType: "integer" },
  search: sqliteSearch,
  foreignKeysLater: false,
  tableEnd: sql`strict`,

  tableName: (stored) => (isTaken(stored) ? `kith_t_${stored}` : stored),
  // The sign keeps the planner from looking at the value: with STAT4 statistics a changed value would prepare the statement anew.
  parameter: (value) => sql`+${value}`,
  among: (column, list, _, negated) =>
    sql`${column} ${sql.raw(negated ? "not in" : "in")} (select j.value from json_each(${list}) as j)`,
  bindList,
  listed: (list, _, as) => sql`select value as ${sql.ref(as)} from json_each(${list})`,
  lateral: false,
  differs: (a, b) => sql`${a} is not ${b}`,
  match: (kind, column, operand) => {
    if (kind === "contains") return sql`instr(${column}, ${operand()}) > 0`;
    if (kind === "endsWith") return sql`substr(${column}, length(${column}) - length(${operand()}) + 1) = ${operand()}`;
    // Text is compared by code points, so that a beginning is a range; a blob stands above all text.
    return sql`(${column} >= ${operand()} and ${column} < ${operand((start) => successor(start) ?? Buffer.alloc(0))})`;
  },
  jsonAt: (column, path, as) => {
    const steps = sql.lit(
      `$${path.map((step) => (typeof step === "number" ? `[${step}]` : `.${JSON.stringify(step)}`)).join("")}`,
    );
    const [type, value] = [sql`json_type(${column}, ${steps})`, sql`json_extract(${column}, ${steps})`];
    switch (as) {
      case "text":
        return sql`case when ${type} = 'text' then ${value} end`;
      case "number":
        // Whole numbers beyond 2^53 are written with fewer digits than they have: as floats they are what they were.
        return sql`case when ${type} in ('integer', 'real') then cast(${value} as real) end`;
      case "boolean":
        return sql`case ${type} when 'true' then 1 when 'false' then 0 end`;
      case "present":
        return sql`case when ${type} <> 'null' then 1 end`;
    }
  },
  element: (column, parameter) =>
    sql`exists (select 1 from json_each(${column}) as j where j.value = ${parameter} and j.type = 'text')`,
  elements: (column, list, all) => {
    const has = (one: Sql) => sql`j.type = 'text' and j.value ${one}`;
    if (!all)
      return sql`exists (select 1 from json_each(${column}) as j where ${has(sql`in (select k.value from json_each(${list}) as k)`)})`;
    const missing = sql`select 1 from json_each(${list}) as k where not exists (select 1 from json_each(${column}) as j where ${has(sql`= k.value`)})`;
    return sql`(${column} is not null and not exists (${missing}))`;
  },
  span,
  spanOf: (day, unit) => span(sql.lit(day), "date", unit, 0),
  spanText: (value) => value,
  instant: (iso) => sql.lit(iso),
  instantText: (column) => column,
  exactText: (value) => sql`cast(${value} as text)`,
  extreme,
  tuple: (all) =>
    sql`case when ${sql.join(
      all.map((column) => sql`${column} is null`),
      sql` and `,
    )} then null else json_array(${sql.join(all)}) end`,
  // The quotient is cut towards zero; what was cut decides about the last unit.
  quotient: (sum, count) =>
    sql`${sum} / ${count} + case when abs(${sum} % ${count}) * 2 >= ${count} then sign(${sum}) else 0 end`,
  halves: (column) => ({ high: sql`${column} >> 32`, low: sql`${column} & 4294967295` }),
  isOverflow: (error) => (error as Error).message === "integer overflow",
  constraint,
  takenNames: sql`select lower(name) from sqlite_schema`,
  columnNames: (table) => sql`select name from pragma_table_info(${table})`,
  introspect,
  // As many rows are looked at as take milliseconds, whatever the size.
  analyze: (table) => [sql`pragma analysis_limit = 400`, sql`analyze ${sql.table(table)}`],
  alters: false,
  brokenReferences: sql`select found."table", key."from", found.parent, found.rowid
    from pragma_foreign_key_check as found join pragma_foreign_key_list(found."table") as key on key.id = found.fkid`,
};

/**
 * Spans of text that is ISO already. Most instants fall on the same day in a zone as in UTC: those are cut from the text, and only the others cost a
 * computation.
 */
function span(moment: Sql, type: "date" | "instant", unit: SpanUnit, offset: number): Sql {
  const shift = sql.lit(`${offset} seconds`);
  const shifted = type === "instant" && offset !== 0;
  if (unit === "week") {
    // Back by six days, then on to a Monday.
    return shifted
      ? sql`date(${moment}, ${shift}, '-6 days', 'weekday 1')`
      : sql`date(${moment}, '-6 days', 'weekday 1')`;
  }
  const cut = (from: number, length: number) => sql`substr(${moment}, ${sql.lit(from)}, ${sql.lit(length)})`;
  const months = (year: Sql, month: Sql) => sql`${year} * 12 + ${month} - 1`;
  const plain = unit === "day" ? cut(1, 10) : unit === "month" ? cut(1, 7) : months(cut(1, 4), cut(6, 2));
  if (!shifted) return sql`(${plain})`;
  const format = (form: string) => sql`strftime(${sql.lit(form)}, ${moment}, ${shift})`;
  const moved =
    unit === "day" ? format("%Y-%m-%d") : unit === "month" ? format("%Y-%m") : months(format("%Y"), format("%m"));
  // The time of day from which, or before which, it is another day there; of months, on their last or first days.
  const edge = new Date((offset < 0 ? -offset : 86_400 - offset) * 1_000).toISOString().slice(11, 19);
  const day = unit === "day" ? cut(12, 8) : cut(9, 11);
  const before = sql.lit(unit === "day" ? edge : `01T${edge}`);
  const after = sql.lit(unit === "day" ? edge : `28T${edge}`);
  const other = offset < 0 ? sql`${day} < ${before}` : sql`${day} >= ${after}`;
  return sql`case when ${other} then ${moved} else ${plain} end`;
}

/** Names that SQLite keeps for itself, or gives to table-valued functions that statements here use. */
function isTaken(name: string): boolean {
  return /^(sqlite_|pragma_|json_each$|json_tree$|jsonb_each$|jsonb_tree$)/.test(name);
}

function bindList(values: readonly ColumnValue[], type: ColumnType): string {
  switch (type) {
    case "bigint":
      return `[${values.join()}]`;
    case "boolean":
      return JSON.stringify(values.map(Number));
    case "json":
      return JSON.stringify(values.map((value) => JSON.stringify(value)));
    case "float":
      // A large whole number without an exponent would be read as a 64-bit integer, which is another value.
      return `[${(values as number[]).map((value) => (Number.isSafeInteger(value) ? value : value.toExponential())).join()}]`;
    default:
      return JSON.stringify(values);
  }
}

/** The least text above all that begin with `start`, or undefined when there is none. */
export function successor(start: string): string | undefined {
  const points = Array.from(start, (character) => character.codePointAt(0) as number);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Half of a character is no code point.
  const next = last === 0xd7ff ? 0xe000 : last + 1;
  return points.map((point) => String.fromCodePoint(point)).join("") + String.fromCodePoint(next);
}

/**
 * The least or greatest along several terms. Text and ranks are strung together with NUL, which no text holds and which sorts below everything;
 * the value is the last piece.
 */
function extreme(fn: "min" | "max", terms: readonly Term[], value: readonly Term[]): Extreme {
  const pick = (one: Sql): Sql => (fn === "min" ? sql`min(${one})` : sql`max(${one})`);
  const [first] = terms as [Term];
  const [only] = value as [Term];
  if (value.length === 1 && terms.length === 1 && first.column === only.column) {
    const { select } = columns[only.type as ColumnType];
    return { sql: pick(first.sql), ...(select ? { select } : {}), sorts: true, read: (found) => [found] };
  }
  const texts = (one: Term) => columns[one.type as ColumnType]?.sqlType === "text";
  if (value.length === 1 && texts(only) && terms.every((one) => one.type === "rank" || texts(one))) {
    const pieces = terms.at(-1)?.column === only.column ? terms : [...terms, only];
    const strung = pieces.map((one) => (one.type === "rank" ? sql`printf('%08d', ${one.sql})` : one.sql));
    const whole = sql`case when ${only.sql} is not null then ${sql.join(strung, sql` || char(0) || `)} end`;
    return { sql: pick(whole), sorts: true, read: (found: string) => [found.slice(found.lastIndexOf("\0") + 1)] };
  }
  const direction = fn === "min" ? sql`asc` : sql`desc`;
  const order = terms.map((one) => sql`${one.sql} ${direction}`);
  const shown = value.map((one) => columns[one.type as ColumnType].select?.(one.sql) ?? one.sql);
  const present = sql.join(
    value.map((one) => sql`${one.sql} is not null`),
    sql` or `,
  );
  return {
    sql: sql`json_extract(json_group_array(json_array(${sql.join(shown)}) order by ${sql.join(order)}) filter (where ${present}), '$[0]')`,
    sorts: false,
    read: (found: string) => JSON.parse(found) as unknown[],
  };
}

function constraint(error: unknown): ConstraintFailure | undefined {
  const { code, message } = error as { code?: unknown; message: string };
  if (code === "SQLITE_CONSTRAINT_FOREIGNKEY") return { kind: "reference" };
  if (code === "SQLITE_CONSTRAINT_CHECK")
    return { kind: "check", constraint: message.slice(message.indexOf(": ") + 2) };
  if (code !== "SQLITE_CONSTRAINT_UNIQUE" && code !== "SQLITE_CONSTRAINT_PRIMARYKEY") return undefined;
  const named = message.slice(message.indexOf(": ") + 2).split(", ");
  return { kind: "unique", columns: named.map((name) => name.slice(name.lastIndexOf(".") + 1)) };
}
