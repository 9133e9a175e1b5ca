/** What PostgreSQL says of itself. */

import type { ColumnType } from "@kith/schema";
import type { ColumnFacts, ConstraintFailure, Dialect, SpanUnit, Sql } from "@kith/sql";
import { PostgresAdapter, PostgresQueryCompiler, sql } from "@kith/sql";
import { extreme } from "./postgres-extreme.ts";
import { introspect } from "./postgres-introspect.ts";
import { postgresSearch } from "./postgres-search.ts";
import { instantText, jsonValue } from "./postgres-values.ts";

/** The names of the types, for casts. */
const typeNames: Record<ColumnType, string> = {
  text: "text",
  uuid: "uuid",
  instant: "timestamptz",
  date: "date",
  time: "time",
  integer: "bigint",
  bigint: "bigint",
  float: "double precision",
  boolean: "boolean",
  json: "jsonb",
};

/** Everything comes as text: what JavaScript needs otherwise is read here, per column. */
const columns: Record<ColumnType, ColumnFacts> = {
  // By code points, whatever the database's own collation.
  text: { sqlType: 'text collate "C"' },
  uuid: { sqlType: "uuid" },
  instant: { sqlType: "timestamptz(3)", read: instantText },
  date: { sqlType: "date" },
  time: { sqlType: "time(0)" },
  integer: { sqlType: "bigint", read: Number },
  bigint: { sqlType: "bigint" },
  float: { sqlType: "double precision", read: Number },
  boolean: { sqlType: "boolean", read: (value: string) => value === "t" },
  json: { sqlType: "jsonb", bind: (value) => JSON.stringify(value), read: jsonValue as (value: string) => never },
};

/** Above every text that a field may hold: the greatest character, more often than any text is long. */
const aboveAll = () => "\u{10ffff}".repeat(1_100_000);

/** PostgreSQL's ways, with Kith's tables in a schema. */
export function postgresDialect(schema: string): Dialect {
  const typed = (value: unknown, type: ColumnType) => sql`${value}::${sql.raw(typeNames[type])}`;
  const typedList = (value: unknown, type: ColumnType) => sql`${value}::${sql.raw(typeNames[type])}[]`;
  return {
    name: "postgres",
    adapter: () => new PostgresAdapter(),
    compiler: () => new PostgresQueryCompiler(),
    columns,
    limits: { tables: 60, columns: 1_600 },
    nullsSmallest: false,
    rowLocks: true,
    inTime: undefined,
    rowKey: undefined,
    search: postgresSearch(schema),
    foreignKeysLater: true,
    tableEnd: undefined,

    // Names that begin so are found in the system's catalogue first.
    tableName: (stored) => (stored.startsWith("pg_") ? `kith_t_${stored}` : stored),
    parameter: typed,
    among: (column, list, type, negated) =>
      negated ? sql`${column} <> all(${typedList(list, type)})` : sql`${column} = any(${typedList(list, type)})`,
    bindList: (values, type) => {
      const { bind } = columns[type];
      return bind ? values.map(bind) : values;
    },
    listed: (list, type, as) => sql`select unnest(${typedList(list, type)}) as ${sql.ref(as)}`,
    lateral: true,
    differs: (a, b) => sql`${a} is distinct from ${b}`,
    match: (kind, column, operand) => {
      if (kind === "contains") return sql`strpos(${column}, ${operand()}) > 0`;
      if (kind === "endsWith") return sql`right(${column}, length(${operand()})) = ${operand()}`;
      // Text is compared by code points, so that a beginning is a range.
      return sql`(${column} >= ${operand()} and ${column} < ${operand((start) => successor(start) ?? aboveAll())})`;
    },
    jsonAt: (column, path, as) => {
      // A key finds nothing in a list, nor a place in an object.
      const at = path.reduce<Sql>(
        (json, step) =>
          typeof step === "string"
            ? sql`(${json} -> ${sql.lit(step)})`
            : // The arrow finds a value that is no list in its own first place.
              sql`jsonb_path_query_first(${json}, ${sql.lit(`strict $[${step}]`)}, '{}', true)`,
        column,
      );
      const type = sql`jsonb_typeof(${at})`;
      switch (as) {
        case "text":
          return sql`(case when ${type} = 'string' then (${at}) #>> '{}' end collate "C")`;
        case "number":
          return sql`case when ${type} = 'number' then (${at})::float8 end`;
        case "boolean":
          return sql`case when ${type} = 'boolean' then (${at})::boolean end`;
        case "present":
          return sql`case when ${type} <> 'null' then 1 end`;
      }
    },
    element: (column, parameter) => sql`${column} ? ${parameter}`,
    elements: (column, list, all) =>
      all ? sql`${column} ?& ${typedList(list, "text")}` : sql`${column} ?| ${typedList(list, "text")}`,
    span,
    spanOf: (day, unit) => span(sql`date ${sql.lit(day)}`, "date", unit, 0),
    spanText: (value, unit) =>
      unit === "months" ? value : sql`to_char(${value}, ${sql.lit(unit === "month" ? "YYYY-MM" : "YYYY-MM-DD")})`,
    instant: (iso) => sql`timestamptz ${sql.lit(iso)}`,
    instantText: (column) => sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') collate "C"`,
    exactText: (value) => sql`cast(${value} as text)`,
    extreme,
    tuple: (all) =>
      sql`case when ${sql.join(
        all.map((column) => sql`${column} is null`),
        sql` and `,
      )} then null else row(${sql.join(all)}) end`,
    // Whole numbers all the way: a quotient with decimals would be rounded twice.
    quotient: (sum, count) => sql`sign(${sum}) * div(2 * abs(${sum}) + ${count}, 2 * ${count})`,
    // Asked for only beside floats that overflow: sums of whole numbers are numeric, and never do.
    halves: (column) => ({ high: sql`${column} >> 32`, low: sql`${column} & 4294967295` }),
    // By way of text: a cast from float to numeric keeps 15 digits only.
    exactFloat: (column) => sql`${column}::text::numeric`,
    isOverflow: (error) => (error as { code?: unknown }).code === "22003",
    constraint,
    rowsOf: (lists) => sql`select * from unnest(${sql.join(lists.map(({ list, type }) => typedList(list, type)))})`,
    takenNames: sql`select lower(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = ${schema}
      union select lower(t.typname) from pg_type t join pg_namespace n on n.oid = t.typnamespace where n.nspname = ${schema}`,
    columnNames: (table) =>
      sql`select a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = ${schema} and c.relname = ${table} and a.attnum > 0 and not a.attisdropped`,
    introspect: (session) => introspect(session, schema),
    // What somebody else is gathering already is not waited for.
    analyze: (table) => [sql`analyze (skip_locked) ${sql.table(table)}`],
    alters: true,
    brokenReferences: undefined,
  };
}

/** Spans of the moment as clocks show it there: of whole days, so that grouping compares numbers. */
function span(moment: Sql, type: "date" | "instant", unit: SpanUnit, offset: number): Sql {
  const shift = offset === 0 ? sql`` : sql` + interval ${sql.lit(`${offset} seconds`)}`;
  const clock = type === "date" ? sql`(${moment})::timestamp` : sql`((${moment}) at time zone 'UTC'${shift})`;
  if (unit === "months") return sql`(extract(year from ${clock})::int * 12 + extract(month from ${clock})::int - 1)`;
  return unit === "day" ? sql`${clock}::date` : sql`date_trunc(${sql.lit(unit)}, ${clock})::date`;
}

/** The least text above all that begin with `start`, or undefined when there is none. */
function successor(start: string): string | undefined {
  const points = Array.from(start, (character) => character.codePointAt(0) as number);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Half of a character is no code point.
  const next = last === 0xd7ff ? 0xe000 : last + 1;
  return points.map((point) => String.fromCodePoint(point)).join("") + String.fromCodePoint(next);
}

/** The keys and their values in `Key (a, b)=(1, 2) …`, in whichever language the server speaks. */
const keyed = /\((.*?)\)=\((.*)\)/s;

function constraint(error: unknown): ConstraintFailure | undefined {
  const { code, constraint: name, detail, message } = error as Partial<Record<string, string>>;
  const named = name === undefined ? {} : { constraint: name };
  if (code === "23514") return { kind: "check", ...named };
  if (code === "54000") return { kind: "size", ...named, says: message ?? "" };
  if (code !== "23505" && code !== "23503") return undefined;
  const [, keys, values] = keyed.exec(detail ?? "") ?? [];
  if (code === "23503") return { kind: "reference", ...named, ...(values === undefined ? {} : { id: values }) };
  const columnNames = keys?.split(", ").map((column) => column.replaceAll('"', ""));
  return { kind: "unique", ...named, ...(columnNames ? { columns: columnNames } : {}) };
}
