/** Running a read: the statement, its rows, and what later statements bring along. Their number depends on the plan alone, never on the rows. */

import type { MaybePromise, ReadPlan, ReadResult, StoredRow as Row } from "@kith/core";
import type { FieldReader } from "./columns.ts";
import type { SqlContext } from "./context.ts";
import type { SqlSession } from "./driver.ts";
import { chain, inTurn } from "./maybe.ts";
import { type CompiledSelect, compileSelect, type Later } from "./select.ts";

/** After how many records a bounded call is asked whether it may go on. */
const stride = 64;

/** A plan compiled for a database; any session can run it. */
export interface Compiled<T> {
  /** How many statements it runs at most. Above one, they should all see the same state. */
  readonly statements: number;
  /** A statement may fail and be asked in another way: inside a transaction that takes a savepoint, where a failed statement undoes it. */
  readonly mayFail?: boolean;
  readonly run: (session: SqlSession, params: readonly unknown[]) => MaybePromise<T>;
}

/** Compiles a read. */
export function compileRead(context: SqlContext, plan: ReadPlan): Compiled<ReadResult> {
  const select = compileSelect(context, plan);
  const { query, map, place, later, points } = select;
  const limit = plan.page ? plan.limit : undefined;
  const run = (session: SqlSession, params: readonly unknown[]): MaybePromise<ReadResult> =>
    chain(session.all(query.statement, query.bind(params)), (raws) => {
      let next: readonly unknown[] | null = null;
      if (limit !== undefined && raws.length > (params[limit] as number)) {
        raws.length = params[limit] as number;
        const last = raws.at(-1);
        if (last) next = (place as readonly FieldReader[]).map((reader) => reader.read(last));
      }
      const rows = new Array<Row>(raws.length);
      for (let i = 0; i < raws.length; i++) rows[i] = map(raws[i] as unknown[]);
      const result =
        points === undefined ? { rows, next } : { rows, next, points: raws.map((raw) => Number(raw[points])) };
      return later.length === 0 ? result : chain(bringAll(session, later, params, raws, rows), () => result);
    });
  return { statements: countStatements(select), run };
}

function countStatements(select: CompiledSelect): number {
  return select.later.reduce((sum, later) => sum + countStatements(later.select), 1);
}

function bringAll(
  session: SqlSession,
  all: readonly Later[],
  params: readonly unknown[],
  raws: readonly unknown[][],
  rows: readonly Row[],
): MaybePromise<void> {
  const brought = inTurn(all, (later) => bring(session, later, params, raws, rows));
  return chain(brought, () => undefined);
}

/** Fetches one include for all rows, and what it includes in turn. */
function bring(
  session: SqlSession,
  later: Later,
  params: readonly unknown[],
  raws: readonly unknown[][],
  rows: readonly Row[],
): MaybePromise<void> {
  const { name, many, key, select } = later;
  const holders: Row[] = [];
  const keys: string[] = [];
  for (let i = 0; i < rows.length; i++) {
    const id = (raws[i] as unknown[])[key] as string | null;
    // Only then does the path lead there: at a lookup to one of several entities a record of another may stand.
    const holder = id === null ? null : holderOf(rows[i] as Row, later.path);
    if (holder === null || id === null) continue;
    holders.push(holder);
    keys.push(id);
  }
  if (keys.length === 0) return undefined;
  const { query, map, parent } = select;
  const values = query.bind(params, [...new Set(keys)]);
  return chain(session.all(query.statement, values), (found) => {
    const groups = new Map<unknown, unknown[][]>();
    for (const raw of found) {
      const group = groups.get(raw[parent]);
      if (group) group.push(raw);
      else groups.set(raw[parent], [raw]);
    }
    // Rows are made anew for each holder: callers may change what they get.
    const innerRaws: unknown[][] = [];
    const innerRows: Row[] = [];
    const { check } = session;
    for (let i = 0; i < holders.length; i++) {
      if (check !== undefined && i % stride === 0) check();
      const holder = holders[i] as Row;
      for (const raw of groups.get(keys[i]) ?? []) {
        const row = map(raw);
        if (many) (holder[name] as Row[]).push(row);
        else holder[name] = row;
        innerRaws.push(raw);
        innerRows.push(row);
      }
    }
    return bringAll(session, select.later, params, innerRaws, innerRows);
  });
}

function holderOf(row: Row, path: readonly string[]): Row | null {
  let at: Row | null = row;
  for (const name of path) {
    if (at === null) return null;
    at = at[name] as Row | null;
  }
  return at;
}
