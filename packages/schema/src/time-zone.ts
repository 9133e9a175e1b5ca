/** Offsets of named time zones: from the host's own zone data (Intl) alone, so that every storage reckons with the same. */

const minute = 60_000;
const dayMs = 86_400_000;

/** From this year on, offsets repeat a rule: they depend on what kind of year it is (its length, the weekday it begins with), as in the years before. */
export const firstRuledYear = 2129;
/** The years that stand for all later ones: 28 in a row without an exception to the leap years, so that each kind of year is among them. */
const sampleYears = Array.from({ length: 28 }, (_, i) => firstRuledYear - 28 + i);
/** Before this year no zone changes its offset twice in a year. */
const firstBusyYear = 1880;
const firstYear = 1800;

/** An offset, and the instant (in milliseconds since 1970) from which it holds. */
export interface OffsetChange {
  readonly at: number;
  /** What is added to UTC, in milliseconds. */
  readonly offset: number;
}

/** A time zone. */
export interface TimeZone {
  /** As the host spells it: `America/Sao_Paulo`, `UTC`, `+05:30`. */
  readonly name: string;
  /** In order; the first holds from the beginning of time. Up to {@link firstRuledYear}. */
  readonly changes: readonly OffsetChange[];
  /** What is added to UTC at an instant. */
  readonly offsetAt: (instant: number) => number;
}

/** The kinds of year, by the weekday of January 1st (0: Sunday) and whether it is a leap year (7 more). */
export function kindOfYear(year: number): number {
  const weekday = new Date(startOfYear(year)).getUTCDay();
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return weekday + (leap ? 7 : 0);
}

const sampleByKind = new Map(sampleYears.map((year) => [kindOfYear(year), year]));

/** The year before {@link firstRuledYear} whose offsets the years of this kind repeat. */
export function sampleYear(kind: number): number {
  return sampleByKind.get(kind) as number;
}

function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

/** Zones stay ready once they were used; there are some 600 names, of which an application uses few. */
const most = 200;
const spellings = new Map<string, string | undefined>();
const zones = new Map<string, TimeZone>();

/** A zone's name as the host spells it, or undefined when the host does not know it. */
export function timeZoneName(name: unknown): string | undefined {
  if (typeof name !== "string" || name.length > 60) return undefined;
  if (spellings.has(name)) return spellings.get(name);
  let spelt: string | undefined;
  try {
    spelt = new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    spelt = undefined;
  }
  if (spellings.size >= 4 * most) spellings.clear();
  spellings.set(name, spelt);
  return spelt;
}

/**
 * A time zone by its name; undefined when the host does not know it. The first use of a zone takes some 50 ms.
 *
 * @example timeZone('America/Sao_Paulo')?.offsetAt(0) // -10_800_000
 */
export function timeZone(name: string): TimeZone | undefined {
  const spelt = timeZoneName(name);
  if (spelt === undefined) return undefined;
  let zone = zones.get(spelt);
  if (!zone) {
    zone = makeZone(spelt);
    if (zones.size >= most) zones.clear();
    zones.set(spelt, zone);
  }
  return zone;
}

function makeZone(name: string): TimeZone {
  const changes = /^(UTC|[+-]\d\d:\d\d)$/.test(name)
    ? [{ at: Number.NEGATIVE_INFINITY, offset: hostOffset(name)(0) }]
    : findChanges(hostOffset(name));
  const near = (instant: number): number => {
    let low = 0;
    let high = changes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((changes[middle] as OffsetChange).at <= instant) low = middle;
      else high = middle - 1;
    }
    return (changes[low] as OffsetChange).offset;
  };
  const ruled = startOfYear(firstRuledYear);
  const offsetAt = (instant: number): number => {
    if (instant < ruled) return near(instant);
    const year = new Date(instant).getUTCFullYear();
    return near(instant - startOfYear(year) + startOfYear(sampleYear(kindOfYear(year))));
  };
  return { name, changes, offsetAt };
}

/** What the host says of a zone. It knows of seconds, which zones had before they kept standard time. */
function hostOffset(name: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  return (instant) => {
    const found = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(instant));
    if (!found?.[1]) return 0;
    const size = (Number(found[2]) * 60 + Number(found[3])) * minute + Number(found[4] ?? 0) * 1_000;
    return found[1] === "-" ? -size : size;
  };
}

function findChanges(offsetAt: (instant: number) => number): OffsetChange[] {
  const end = startOfYear(firstRuledYear);
  const busy = startOfYear(firstBusyYear);
  let at = startOfYear(firstYear);
  let offset = offsetAt(at);
  const changes: OffsetChange[] = [{ at: Number.NEGATIVE_INFINITY, offset }];
  while (at < end) {
    const next = Math.min(at + (at < busy ? 365 : 7) * dayMs, end);
    let after = offsetAt(next);
    // Two changes in one step: halves of it are looked at one after the other, from the left.
    while (after !== offset) {
      let low = at;
      let high = next;
      while (high - low > 1_000) {
        const middle = Math.floor((low + high) / 2_000) * 1_000;
        if (offsetAt(middle) === offset) low = middle;
        else high = middle;
      }
      offset = offsetAt(high);
      changes.push({ at: high, offset });
      at = high;
      after = offsetAt(next);
    }
    at = next;
  }
  return changes;
}
