/** Questions about many records at once: grouped inside, ordered and cut outside. */

import { type AggregatePlan, type GroupKey, havingTest } from "@kith/core";
import { compareBuckets } from "@kith/schema";
import { sql } from "kysely";
import { bucketSql } from "./buckets.ts";
import { fieldReader, lookupColumn, sortTerms, valueColumns } from "./columns.ts";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import type { SqlSession } from "./driver.ts";
import { filterSql } from "./filter.ts";
import { chain, rescue } from "./maybe.ts";
import { comparable, givenRows, type MeasureSql, measureSql } from "./measure.ts";
import { directed } from "./order.ts";
import { plainMarker, type Query, toQuery } from "./parameters.ts";
import type { Compiled } from "./read.ts";
import { type Select, Source } from "./source.ts";
import { ref, termSql } from "./sql.ts";

/** Something that stands in each row of the answer. */
interface Part {
  /** What is computed for each group; the first `groups` of it are what records are grouped by. */
  readonly inner: readonly Sql[];
  readonly groups: number;
  readonly outer: (inner: readonly Sql[]) => readonly Sql[];
  /** What sorts by it, most significant first; undefined when only `compare` can. */
  readonly sort: ((inner: readonly Sql[]) => readonly Sql[]) | undefined;
  readonly read: (values: readonly unknown[]) => unknown;
  readonly compare: (a: never, b: never) => number;
}

interface Shape {
  readonly query: Query;
  readonly read: (row: readonly unknown[]) => unknown[];
  /** Orders the rows here, when the statement could not. */
  readonly order: ((a: readonly unknown[], b: readonly unknown[]) => number) | undefined;
}

/**
 * Compiles an aggregate. Sums are 64-bit in the database; should one overflow, a second shape adds halves, which cannot, and the rows are put
 * together, ordered and cut here.
 */
export function compileAggregate(context: SqlContext, plan: AggregatePlan): Compiled<unknown[][]> {
  const fast = compileShape(context, plan, false);
  let wide: Shape | undefined;
  const limit = (params: readonly unknown[]) => (plan.limit === undefined ? undefined : (params[plan.limit] as number));
  const having = havingTest(plan);
  const answer = (shape: Shape, session: SqlSession, params: readonly unknown[]) =>
    chain(session.all(shape.query.statement, shape.query.bind(params)), (raws) => {
      const read = raws.map(shape.read);
      const rows = having ? read.filter((row) => having(row.map(comparable), params)) : read;
      if (shape.order) rows.sort(shape.order);
      return givenRows(shape.order || having ? rows.slice(0, limit(params)) : rows);
    });
  const run = (session: SqlSession, params: readonly unknown[]) =>
    rescue(
      () => answer(fast, session, params),
      (error) => {
        if (!context.dialect.isOverflow(error)) throw error;
        wide ??= compileShape(context, plan, true);
        return answer(wide, session, params);
      },
    );
  const floats = plan.measures.some(
    ({ fn, field }) => (fn === "sum" || fn === "avg") && field?.columns[0]?.type === "float",
  );
  return { statements: 1, mayFail: floats && context.dialect.exactFloat !== undefined, run };
}

function compileShape(context: SqlContext, plan: AggregatePlan, wide: boolean): Shape {
  const { dialect } = context;
  const source = new Source(context, plan.entity);
  const groups = plan.groups.map((key) => groupPart(context, source, key));
  const parts: Part[] = [
    ...groups,
    ...plan.measures.map((measure) => {
      const { alias } = source.along(measure.path, lookupColumn);
      const where = measure.where && filterSql(context, source, measure.where);
      return measurePart(measureSql(dialect, alias, measure, wide, where));
    }),
  ];
  const order = plan.order.map(({ by, index, direction }) => {
    const at = by === "group" ? index : plan.groups.length + index;
    return { at, direction, part: parts[at] as Part };
  });
  const where = plan.where && filterSql(context, source, plan.where);
  const grouping = groups.flatMap((part) => part.inner.slice(0, part.groups));
  const filtered = plan.measures.some((measure) => measure.where);
  const { outer, inner, query } =
    filtered || plan.groups.some(isLong)
      ? inTwoLevels(context, source, parts, where)
      : inOneLevel(source, parts, grouping, where);
  let all = query.select(outer.flat() as never);
  const ordersHere = order.some(({ part }) => part.sort === undefined);
  if (!ordersHere) {
    for (const { at, direction, part } of order) {
      for (const term of part.sort?.(inner[at] as readonly Sql[]) ?? [])
        all = all.orderBy(directed(context, term, direction, true) as never);
    }
    if (plan.limit !== undefined && !plan.having)
      all = all.limit(dialect.parameter(plainMarker(plan.limit), "integer") as never);
  }
  const starts: number[] = [];
  let width = 0;
  for (const columns of outer) {
    starts.push(width);
    width += columns.length;
  }
  return {
    query: toQuery(all.compile()),
    read: (row) => parts.map((part, i) => part.read(row.slice(starts[i], starts[i + 1] ?? width))),
    order: ordersHere ? (a, b) => compareRows(order, a, b) : undefined,
  };
}

/** A statement whose columns are to be chosen: what stands inside of each part, and what is selected of it. */
interface Levels {
  readonly inner: readonly (readonly Sql[])[];
  readonly outer: readonly (readonly Sql[])[];
  readonly query: Select;
}

function inOneLevel(source: Source, parts: readonly Part[], grouping: readonly Sql[], where: Sql | undefined): Levels {
  let query = source.fromAll();
  if (where) query = query.where(where as never);
  for (const by of grouping) query = query.groupBy(by as never);
  const inner = parts.map((part) => part.inner);
  return { inner, outer: parts.map((part) => part.outer(part.inner)), query };
}

/** What is long (a span of time in a zone) or binds values (the filter of a measure) stands in the statement once: the rest names it by its place or its alias. */
function inTwoLevels(context: SqlContext, source: Source, parts: readonly Part[], where: Sql | undefined): Levels {
  const names = parts.map((part, i) => part.inner.map((_, k) => `p${i}_${k}`));
  const named = parts.flatMap((part, i) =>
    part.inner.map((one, k) => ({ one, name: (names[i] as string[])[k] as string, groups: k < part.groups })),
  );
  let query = source.fromAll().select(named.map(({ one, name }) => sql`${one}`.as(name)) as never);
  if (where) query = query.where(where as never);
  named.forEach(({ groups }, i) => {
    if (groups) query = query.groupBy(sql.lit(i + 1) as never);
  });
  const inner = names.map((list) => list.map((name) => ref("g", name)));
  return {
    inner,
    outer: parts.map((part, i) => part.outer(inner[i] as Sql[])),
    query: context.db.selectFrom(query.as("g") as never) as never,
  };
}

function isLong({ bucket }: GroupKey): boolean {
  return bucket?.zone !== undefined && bucket.zone.changes.length > 1;
}

function compareRows(
  order: readonly { readonly at: number; readonly direction: "asc" | "desc"; readonly part: Part }[],
  a: readonly unknown[],
  b: readonly unknown[],
): number {
  for (const { at, direction, part } of order) {
    const x = a[at];
    const y = b[at];
    const found =
      x === null || y === null ? Number(x !== null) - Number(y !== null) : part.compare(x as never, y as never);
    if (found !== 0) return direction === "asc" ? found : -found;
  }
  return 0;
}

function measurePart(measure: MeasureSql): Part {
  const { sort } = measure;
  return { ...measure, groups: 0, sort: sort && ((inner) => [sort(inner)]) };
}

/** A group: its value's columns, and a sample of the shadow columns that sort it, which are the same all through the group. */
function groupPart(context: SqlContext, source: Source, key: GroupKey): Part {
  const { dialect } = context;
  const { field, bucket } = key;
  const { alias } = source.along(key.path, lookupColumn);
  const columns = valueColumns(field);
  const values = columns.map((column) => ref(alias, column.name));
  if (bucket) {
    const { key, text, label } = bucketSql(dialect, values[0] as Sql, bucket);
    return {
      inner: [key],
      groups: 1,
      outer: ([one]) => [text(one as Sql)],
      sort: (inner) => inner,
      read: ([value]) => (value === null ? null : label(value)),
      compare: compareBuckets,
    };
  }
  const terms = field.type.compare ? sortTerms(field) : [];
  const shadows = terms.filter(({ column }) => column.shadow);
  const at = (inner: readonly Sql[], name: string) => {
    const value = columns.findIndex((column) => column.name === name);
    return inner[value >= 0 ? value : columns.length + shadows.findIndex(({ column }) => column.name === name)] as Sql;
  };
  const reader = fieldReader(
    dialect,
    field,
    columns.map((_, i) => i),
  );
  const { compare } = field.type;
  return {
    groups: values.length,
    inner: [...values, ...shadows.map(({ column }) => sql`min(${ref(alias, column.name)})`)],
    outer: (inner) =>
      columns.map((column, i) => {
        const { select } = dialect.columns[column.type];
        return select ? select(inner[i] as Sql) : (inner[i] as Sql);
      }),
    sort: (inner) => terms.map(({ term, column }) => termSql(at(inner, column.name), term)),
    read: reader.read,
    compare: compare ? (a: never, b: never) => compare(a, b, field.def) : () => 0,
  };
}
