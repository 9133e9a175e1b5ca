/** Scanning whole queries. The order of values is the order in which parse-read.ts and parse-aggregate.ts number parameters. */

import type { Scan } from "./scan.ts";

type Query = Readonly<Record<string, unknown>>;

/** What a read's call adds to what is written. */
export interface ReadExtras {
  readonly id: unknown;
  /** The place of a cursor, with nulls where a key is null. */
  readonly place: readonly unknown[] | undefined;
  /** Replaces a limit that is not written. */
  readonly limit: number | undefined;
}

/** The keys of a query in an include. */
export const includeKeys: ReadonlySet<string> = new Set(["where", "search", "select", "include", "orderBy", "limit"]);

/** Scans a read that takes these keys. */
export function scanRead(
  scan: Scan,
  query: Query,
  depth: number,
  keys: ReadonlySet<string>,
  extras?: ReadExtras,
): void {
  // A misspelt key changes no plan, so that only this finds it.
  for (const key in query) if (!keys.has(key)) scan.bad = true;
  if (extras?.id !== undefined) scan.value(extras.id);
  const { where, search, orderBy, include, select, limit } = query;
  if (where !== undefined) {
    scan.key += "w";
    scan.where(where, depth);
  }
  if (search !== undefined) {
    scan.key += "f";
    scan.value(search);
  }
  if (orderBy !== undefined) {
    scan.key += "o";
    scan.order(orderBy, depth);
  }
  if (include !== undefined) {
    scan.key += "i";
    scanIncludes(scan, include, depth + 1);
  }
  if (select !== undefined) {
    scan.key += "s";
    scan.names(select, depth);
  }
  if (extras?.place) {
    scan.key += "p";
    for (const value of extras.place) {
      if (value === null) scan.key += "~";
      else scan.value(value);
    }
  }
  // Null is a wrong limit, not a missing one: it must not share a shape with a query that has none.
  const most = limit === undefined ? extras?.limit : limit;
  if (most !== undefined) {
    scan.key += "l";
    scan.value(most);
  }
}

function scanIncludes(scan: Scan, include: unknown, depth: number): void {
  if (!scan.plain(include)) return;
  scan.enter(depth);
  scan.key += "<";
  for (const name in include) {
    scan.word(name);
    const value = (include as Query)[name];
    if (value === true) scan.key += ",";
    else if (scan.plain(value)) {
      scan.key += ":";
      if (namesTargets(value as Query)) scanIncludes(scan, value, depth + 1);
      else scanRead(scan, value as Query, depth + 1, includeKeys);
      scan.key += ";";
    }
  }
  scan.key += ">";
}

/** Whether an include names the targets of a lookup to one of several entities: no such entity has the name of a query's key. */
function namesTargets(include: Query): boolean {
  for (const key in include) if (!includeKeys.has(key)) return true;
  return false;
}

/** Scans an aggregate. */
export function scanAggregate(scan: Scan, query: Query, keys: ReadonlySet<string>): void {
  for (const key in query) if (!keys.has(key)) scan.bad = true;
  scan.key += "g";
  const { where, search, groupBy, measures, having, orderBy, limit } = query;
  if (where !== undefined) {
    scan.key += "w";
    scan.where(where, 1);
  }
  if (search !== undefined) {
    scan.key += "f";
    scan.value(search);
  }
  if (groupBy !== undefined) {
    scan.key += "b";
    scan.names(groupBy, 1);
  }
  scan.key += "m";
  scan.measures(measures);
  if (having !== undefined) {
    scan.key += "h";
    scan.where(having, 1, true);
  }
  if (orderBy !== undefined) {
    scan.key += "o";
    if (Array.isArray(orderBy)) for (const key of orderBy) scan.spelled(key, 1);
    else scan.spelled(orderBy, 1);
  }
  if (limit !== undefined) {
    scan.key += "l";
    scan.value(limit);
  }
}
