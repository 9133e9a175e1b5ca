/** Days of the calendar as people of a time zone count them, and the spans of time that they fall into. */

import { compareCodePoints } from "./text.ts";
import type { TimeZone } from "./time-zone.ts";

const dayMs = 86_400_000;
const firstDay = "0001-01-01";
const lastDay = "9999-12-31";

/** A span of time that dates and instants are grouped by. */
export type TimeBucket = "day" | "week" | "month" | "quarter" | "year" | "fiscalQuarter" | "fiscalYear";

/** Every {@link TimeBucket}. */
export const timeBuckets: readonly TimeBucket[] = [
  "day",
  "week",
  "month",
  "quarter",
  "year",
  "fiscalQuarter",
  "fiscalYear",
];

/** Midnight of a day as if it were in UTC, in milliseconds; a day is also given by `YYYY-MM-DD`. */
export function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`) / dayMs;
}

/** The day with a number, kept within the years 0001 to 9999. */
export function dayText(number: number): string {
  if (number < dayNumber(firstDay)) return firstDay;
  return number > dayNumber(lastDay) ? lastDay : new Date(number * dayMs).toISOString().slice(0, 10);
}

/** The day of an instant (ISO text) in a zone, kept within the years 0001 to 9999. */
export function localDay(instant: string, zone: TimeZone): string {
  const at = Date.parse(instant);
  return dayText(Math.floor((at + zone.offsetAt(at)) / dayMs));
}

/** The instant at which a day begins in a zone, in milliseconds. A day that the zone left out begins when the next one does. */
export function startOfDay(day: number, zone: TimeZone): number {
  const local = day * dayMs;
  // The offsets that hold around then: one of them holds at midnight, or clocks jump over midnight.
  const offsets = [zone.offsetAt(local - 2 * dayMs), zone.offsetAt(local + 2 * dayMs), ...around(local, zone)];
  const right = offsets.map((offset) => local - offset).filter((at) => at + zone.offsetAt(at) === local);
  if (right.length > 0) return Math.min(...right);
  return firstAfter(local, zone);
}

function around(local: number, zone: TimeZone): number[] {
  return [-1, -0.5, 0.5, 1].map((days) => zone.offsetAt(local + days * dayMs));
}

/** The first instant whose local time is after one that clocks jump over. */
function firstAfter(local: number, zone: TimeZone): number {
  let low = local - 2 * dayMs;
  let high = local + 2 * dayMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (middle + zone.offsetAt(middle) < local) low = middle;
    else high = middle;
  }
  return high;
}

/** The Monday of a day's week, as a day's number. */
export function mondayOf(day: number): number {
  // Day 0 was a Thursday.
  return day - ((((day + 3) % 7) + 7) % 7);
}

/**
 * The span that a day falls into: `2026-01-31`, ISO week `2026-W05`, `2026-01`, `2026-Q1`, `2026`. Fiscal years are named by the year they end in:
 * `FY2026-Q1`, `FY2026`.
 *
 * @param fiscalYearStart the month in which a fiscal year begins, 1 to 12
 * @example bucketLabel('2026-01-01', 'week', 1) // '2026-W01'
 */
export function bucketLabel(day: string, bucket: TimeBucket, fiscalYearStart: number): string {
  switch (bucket) {
    case "day":
      return day;
    case "month":
      return day.slice(0, 7);
    case "year":
      return day.slice(0, 4);
    case "quarter":
      return `${day.slice(0, 5)}Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
    case "week":
      return weekLabel(day);
    case "fiscalYear":
    case "fiscalQuarter": {
      const month = Number(day.slice(5, 7));
      const year = Number(day.slice(0, 4)) + (fiscalYearStart > 1 && month >= fiscalYearStart ? 1 : 0);
      const name = `FY${String(year).padStart(4, "0")}`;
      return bucket === "fiscalYear" ? name : `${name}-Q${Math.floor(((month - fiscalYearStart + 12) % 12) / 3) + 1}`;
    }
  }
}

/** Compares two names of the same kind of bucket along time: fiscal years may end in the year 10000, which is longer than all others. */
export function compareBuckets(a: string, b: string): number {
  return a.length - b.length || compareCodePoints(a, b);
}

/** A week belongs to the year that has its Thursday. */
function weekLabel(day: string): string {
  const thursday = mondayOf(dayNumber(day)) + 3;
  const year = new Date(thursday * dayMs).toISOString().slice(0, 4);
  const week = Math.floor((thursday - dayNumber(`${year}-01-01`)) / 7) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}
