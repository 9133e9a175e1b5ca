/** Time buckets as SQL: what records are grouped by, and how its value becomes the bucket's name. */

import type { BucketPlan } from "@kith/core";
import {
  bucketLabel,
  dayNumber,
  firstRuledYear,
  kindOfYear,
  type OffsetChange,
  sampleYear,
  startOfDay,
  type TimeBucket,
  type TimeZone,
} from "@kith/schema";
import { sql } from "kysely";
import type { Dialect, SpanUnit, Sql } from "./dialect.ts";

/** A bucket: the expression that records are grouped by, and the name of what it gives. */
export interface BucketSql {
  readonly key: Sql;
  /** What is selected of it, once for each group. */
  readonly text: (key: Sql) => Sql;
  readonly label: (key: unknown) => string;
}

/** What the dialect groups by for each bucket. Quarters and years are so many months, counted from the beginning of the first. */
const spans: Readonly<Record<TimeBucket, { readonly unit: SpanUnit; readonly months: number }>> = {
  day: { unit: "day", months: 0 },
  week: { unit: "week", months: 0 },
  month: { unit: "month", months: 0 },
  quarter: { unit: "months", months: 3 },
  year: { unit: "months", months: 12 },
  fiscalQuarter: { unit: "months", months: 3 },
  fiscalYear: { unit: "months", months: 12 },
};

/** The bucket of a column of dates or instants. */
export function bucketSql(dialect: Dialect, column: Sql, plan: BucketPlan): BucketSql {
  const { bucket, zone, fiscalYearStart } = plan;
  const { unit, months } = spans[bucket];
  const span = zone ? zonedSpan(dialect, column, unit, zone) : dialect.span(column, "date", unit, 0);
  if (unit !== "months") {
    const label = (key: unknown) => (unit === "month" ? (key as string) : bucketLabel(key as string, bucket, 1));
    return { key: span, text: (key) => dialect.spanText(key, unit), label };
  }
  const first = bucket === "fiscalQuarter" || bucket === "fiscalYear" ? fiscalYearStart - 1 : 0;
  return {
    key: sql`(${span} - ${sql.lit(first)}) / ${sql.lit(months)}`,
    text: (key) => key,
    label: (key) => bucketLabel(monthText(Number(key) * months + first), bucket, fiscalYearStart),
  };
}

/** The first day of a month, given by its number since the year 0. */
function monthText(month: number): string {
  const year = String(Math.floor(month / 12)).padStart(4, "0");
  return `${year}-${String((month % 12) + 1).padStart(2, "0")}-01`;
}

/** A stretch of time with one offset, or (at the ends of the calendar) on one day whatever the offset. */
interface Stretch {
  /** From this instant on, in milliseconds since 1970. */
  readonly at: number;
  readonly leaf: { readonly offset: number } | { readonly day: string };
}

function zonedSpan(dialect: Dialect, column: Sql, unit: SpanUnit, zone: TimeZone): Sql {
  const leaves: Stretch["leaf"][] = [];
  const numberOf = (leaf: Stretch["leaf"]) => {
    const same = leaves.findIndex((one) => JSON.stringify(one) === JSON.stringify(leaf));
    return same < 0 ? leaves.push(leaf) - 1 : same;
  };
  // What is missing is after no instant, and so seems to lie in the last stretch.
  const leafSql = (leaf: Stretch["leaf"]) =>
    "day" in leaf
      ? sql`case when ${column} is not null then ${dialect.spanOf(leaf.day, unit)} end`
      : dialect.span(column, "instant", unit, leaf.offset / 1_000);
  const which = searchTree(dialect, column, stretchesOf(zone), ({ leaf }) => sql.lit(numberOf(leaf)), {
    from: startOfYear(firstRuledYear),
    sql: () => ruledSql(dialect, column, zone, (offset) => sql.lit(numberOf({ offset }))),
  });
  const [only] = leaves;
  if (only && leaves.length === 1) return leafSql(only);
  const arms = leaves.map((leaf, i) => sql`when ${sql.lit(i)} then ${leafSql(leaf)}`);
  return sql`case ${which} ${sql.join(arms, sql` `)} end`;
}

/** Offsets up to the years that repeat a rule, and the ends of the calendar, beyond which there is no day to name. */
function stretchesOf(zone: TimeZone): Stretch[] {
  const offsets = zone.changes.map(({ at, offset }): Stretch => ({ at, leaf: { offset } }));
  const begin = startOfDay(dayNumber("0001-01-01"), zone);
  const end = startOfDay(dayNumber("9999-12-31") + 1, zone);
  const early = begin > startOfYear(1);
  const late = end <= Date.parse("9999-12-31T23:59:59.999Z");
  const [first, ...rest] = offsets as [Stretch, ...Stretch[]];
  return [
    ...(early ? [{ at: first.at, leaf: { day: "0001-01-01" } }] : []),
    early ? { ...first, at: begin } : first,
    ...rest,
    ...(late ? [{ at: end, leaf: { day: "9999-12-31" } }] : []),
  ];
}

/**
 * Which of the stretches an instant lies in: a search tree of comparisons. What is near the present is near the root, since that is where most
 * records are. From `ruled.from` on `ruled.sql` decides, when the zone still changes its offset then.
 */
function searchTree(
  dialect: Dialect,
  column: Sql,
  stretches: readonly Stretch[],
  leaf: (stretch: Stretch) => Sql,
  ruled: { readonly from: number; readonly sql: () => Sql },
): Sql {
  const changing = stretches.some(({ at, leaf: found }) => "offset" in found && at >= startOfYear(firstRuledYear - 28));
  const before = changing ? stretches.filter(({ at }) => at < ruled.from) : stretches;
  const nodes: { readonly at: number; readonly sql: () => Sql }[] = before.map((stretch) => ({
    at: stretch.at,
    sql: () => leaf(stretch),
  }));
  if (changing) {
    nodes.push({ at: ruled.from, sql: ruled.sql });
    for (const stretch of stretches)
      if (stretch.at >= ruled.from) nodes.push({ at: stretch.at, sql: () => leaf(stretch) });
  }
  const year = 31_556_952_000;
  const now = Date.now();
  const weights = nodes.map(({ at }, i) => {
    const end = nodes[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    const away = at > now ? (at - now) / year : end < now ? (now - end) / year : 0;
    return 1 / (1 + away) ** 2;
  });
  const build = (low: number, high: number): Sql => {
    const only = nodes[low] as (typeof nodes)[number];
    if (high - low === 1) return only.sql();
    const total = weights.slice(low, high).reduce((sum, weight) => sum + weight, 0);
    let middle = low + 1;
    for (let left = weights[low] as number; middle < high - 1; middle++) {
      const next = weights[middle] as number;
      if (left + next / 2 > total / 2) break;
      left += next;
    }
    const at = new Date((nodes[middle] as (typeof nodes)[number]).at).toISOString();
    return sql`case when ${column} < ${dialect.instant(at)} then ${build(low, middle)} else ${build(middle, high)} end`;
  };
  return build(0, nodes.length);
}

/**
 * Offsets of the years that repeat a rule. They depend on the kind of year alone (its length, and the weekday it begins with), and on where in the
 * year an instant is.
 */
function ruledSql(dialect: Dialect, column: Sql, zone: TimeZone, leaf: (offset: number) => Sql): Sql {
  const text = dialect.instantText(column);
  const year = sql`cast(substr(${text}, 1, 4) as integer)`;
  const weekday = sql`(1 + 5 * ((${year} - 1) % 4) + 4 * ((${year} - 1) % 100) + 6 * ((${year} - 1) % 400)) % 7`;
  const leap = sql`case when ${year} % 4 = 0 and (${year} % 100 <> 0 or ${year} % 400 = 0) then 7 else 0 end`;
  const kinds = Array.from({ length: 14 }, (_, i) => i);
  const arms = kinds.map((kind) => {
    const sample = sampleYear(kind);
    if (kindOfYear(sample) !== kind) throw new TypeError(`The year ${sample} is not of kind ${kind}.`);
    const [start, end] = [startOfYear(sample), startOfYear(sample + 1)];
    const inside = zone.changes.filter(({ at }) => at > start && at < end);
    return sql`when ${sql.lit(kind)} then ${yearSql(text, zone.offsetAt(start), inside, leaf)}`;
  });
  return sql`case ${weekday} + ${leap} ${sql.join(arms, sql` `)} end`;
}

function yearSql(text: Sql, first: number, changes: readonly OffsetChange[], leaf: (offset: number) => Sql): Sql {
  let found = leaf(changes.at(-1)?.offset ?? first);
  for (let i = changes.length - 1; i >= 0; i--) {
    // `03-11T07:00:00.000Z`
    const place = new Date((changes[i] as OffsetChange).at).toISOString().slice(5);
    found = sql`case when substr(${text}, 6) < ${sql.lit(place)} then ${leaf(changes[i - 1]?.offset ?? first)} else ${found} end`;
  }
  return found;
}

function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}
