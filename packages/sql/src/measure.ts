/** The figures of an aggregate: how each is computed, read, and sorted by. */

import { beyondError, type FieldModel, type MeasurePlan, type XrmError } from "@kith/core";
import { compareUnits, divideUnits, exactFigure } from "@kith/schema";
import { sql } from "kysely";
import { fieldReader, sortTerms, valueColumns } from "./columns.ts";
import type { Dialect, Sql } from "./dialect.ts";
import { ref, termSql } from "./sql.ts";

/** One figure as SQL, in two levels: what is computed per group, and what is selected and sorted by outside. */
export interface MeasureSql {
  readonly inner: readonly Sql[];
  /** What is selected of the inner columns. */
  readonly outer: (inner: readonly Sql[]) => readonly Sql[];
  /** What sorts the groups; undefined when only {@link compare} can. */
  readonly sort: ((inner: readonly Sql[]) => Sql) | undefined;
  /** From the selected columns to the figure. */
  readonly read: (values: readonly unknown[]) => unknown;
  /** Compares two figures that are not null. */
  readonly compare: (a: never, b: never) => number;
}

const same = (inner: readonly Sql[]) => inner;
const first = (inner: readonly Sql[]) => inner[0] as Sql;

/** A figure that cannot be given: it still sorts, and is an error only in a row that the answer keeps. */
class Beyond {
  readonly value: number | bigint;
  readonly error: XrmError;
  constructor(value: number | bigint, error: XrmError) {
    this.value = value;
    this.error = error;
  }
}

type Figure = number | Beyond;
const sizeOf = (figure: Figure) => (figure instanceof Beyond ? figure.value : figure);

function numbers(a: Figure, b: Figure): number {
  const x = sizeOf(a);
  const y = sizeOf(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** A value that filters can compare: of a figure that cannot be given, its size. */
export function comparable(value: unknown): unknown {
  return value instanceof Beyond ? Number(value.value) : value;
}

/**
 * The rows of an answer, all of whose figures can be given.
 *
 * @throws {XrmError} OUT_OF_RANGE
 */
export function givenRows(rows: unknown[][]): unknown[][] {
  for (const row of rows) for (const value of row) if (value instanceof Beyond) throw value.error;
  return rows;
}

/** A measure over a table. `wide`: sums of 64-bit numbers come in two halves, which cannot overflow. */
export function measureSql(
  dialect: Dialect,
  alias: string,
  measure: MeasurePlan,
  wide: boolean,
  where?: Sql,
): MeasureSql {
  const { fn, field } = measure;
  // Null values take no part, so that records which shall not are given as such.
  const column: Columns = (name) => (where ? sql`case when ${where} then ${ref(alias, name)} end` : ref(alias, name));
  if (fn === "count" || !field) return counted(where ? sql`count(case when ${where} then 1 end)` : sql`count(*)`);
  if (fn === "countDistinct") return counted(sql`count(distinct ${wholeValue(dialect, column, field)})`);
  if (fn === "min" || fn === "max") return extreme(dialect, column, fn, field);
  const whole = field.columns[0]?.type !== "float";
  if (fn === "avg" && field.type.measure !== "exact") return floating(dialect, column, measure, field, wide);
  return whole ? exact(dialect, column, measure, field, wide) : floating(dialect, column, measure, field, wide);
}

/** A column of the measured record, as far as the record takes part. */
type Columns = (name: string) => Sql;

function counted(inner: Sql): MeasureSql {
  return { inner: [inner], outer: same, sort: first, read: ([n]) => Number(n), compare: numbers };
}

/** A field's value as one expression: its column, or a tuple of them. */
export function wholeValue(dialect: Dialect, column: Columns, field: FieldModel): Sql {
  const columns = valueColumns(field).map(({ name }) => column(name));
  return columns.length === 1 ? (columns[0] as Sql) : dialect.tuple(columns);
}

function floating(
  dialect: Dialect,
  columns: Columns,
  measure: MeasurePlan,
  field: FieldModel,
  wide: boolean,
): MeasureSql {
  const { fn } = measure;
  const column = firstColumn(columns, field);
  const give = (figure: number) =>
    Number.isFinite(figure) ? figure + 0 : new Beyond(figure, beyondError(field, measure, false));
  if (wide && dialect.exactFloat && field.columns[0]?.type === "float") {
    return {
      inner: [sql`sum(${dialect.exactFloat(column)})`, sql`count(${column})`],
      outer: ([sum, count]) => [dialect.exactText(sum as Sql), count as Sql],
      sort: undefined,
      read: ([sum, count]) => (sum === null ? null : give(Number(sum) / (fn === "avg" ? Number(count) : 1))),
      compare: numbers,
    };
  }
  return {
    inner: [fn === "avg" ? sql`avg(${column})` : sql`sum(${column})`],
    outer: same,
    sort: first,
    read: ([value]) => (value === null ? null : give(Number(value))),
    compare: numbers,
  };
}

/** Sums of whole numbers and of exact decimals, and averages of the latter: 64-bit arithmetic in the database, or two halves put together here. */
function exact(dialect: Dialect, columns: Columns, measure: MeasurePlan, field: FieldModel, wide: boolean): MeasureSql {
  const column = firstColumn(columns, field);
  const count = sql`count(${column})`;
  const average = measure.fn === "avg";
  const give = givenUnits(field, measure);
  const compare = comparedUnits(field);
  if (wide) {
    const { high, low } = dialect.halves(column);
    return {
      inner: [sql`sum(${high})`, sql`sum(${low})`, count],
      outer: ([h, l, n]) => [dialect.exactText(h as Sql), dialect.exactText(l as Sql), n as Sql],
      sort: undefined,
      read: ([h, l, n]) => {
        if (h === null) return null;
        const sum = BigInt(h as string) * 4_294_967_296n + BigInt(l as string);
        return give(average ? divideUnits(sum, BigInt(n as number)) : `${sum}`);
      },
      compare,
    };
  }
  const quotient = (inner: readonly Sql[]) => dialect.quotient(inner[0] as Sql, inner[1] as Sql);
  return {
    inner: average ? [sql`sum(${column})`, count] : [sql`sum(${column})`],
    outer: (inner) => [dialect.exactText(average ? quotient(inner) : first(inner))],
    sort: average ? quotient : first,
    read: ([units]) => (units === null ? null : give(units as string)),
    compare,
  };
}

/** From whole units to what is given: decimal text, or a number that JavaScript holds exactly. */
function givenUnits(field: FieldModel, measure: MeasurePlan): (units: string) => unknown {
  const figure = exactFigure(field.type, field.def);
  if (figure) return figure.give;
  return (units) => {
    const value = Number(units);
    if (Number.isSafeInteger(value)) return value;
    return new Beyond(BigInt(units), beyondError(field, measure, true));
  };
}

function comparedUnits(field: FieldModel): (a: never, b: never) => number {
  const figure = exactFigure(field.type, field.def);
  if (!figure) return numbers as (a: never, b: never) => number;
  return (a: string, b: string) => compareUnits(figure.units(a), figure.units(b));
}

function extreme(dialect: Dialect, at: Columns, fn: "min" | "max", field: FieldModel): MeasureSql {
  const terms = sortTerms(field).map(({ term, column }) => ({
    sql: termSql(at(column.name), term),
    type: term.ranks ? ("rank" as const) : column.type,
    column: term.ranks ? undefined : column.name,
  }));
  const columns = valueColumns(field);
  const found = dialect.extreme(
    fn,
    terms,
    columns.map((column) => ({ sql: at(column.name), type: column.type, column: column.name })),
  );
  const { compare } = field.type;
  const places = columns.map((_, i) => i);
  const reader = fieldReader(dialect, field, places);
  return {
    inner: [found.sql],
    outer: (inner) => [found.select ? found.select(first(inner)) : first(inner)],
    sort: found.sorts ? first : undefined,
    read: ([value]) => (value === null ? null : reader.read(found.read(value as never))),
    compare: compare ? (a: never, b: never) => compare(a, b, field.def) : () => 0,
  };
}

function firstColumn(columns: Columns, field: FieldModel): Sql {
  return columns((field.columns[0] as { name: string }).name);
}
