/** Changing large tables beside the work of others: short transactions that wait for no lock for long, and indexes that are made while others write. */

import { type Operation, type Phases, type Sql, type SqlSession, Statement, sql } from "@kith/sql";
import type { Line } from "./line.ts";
import { isBroken, stateOf } from "./postgres-errors.ts";
import { PostgresSession } from "./postgres-session.ts";

/** The longest that a lock is waited for at once, in milliseconds: whoever comes later waits behind it. */
const shortly = 2_000;
/** How long it is tried to make an index, which stands in nobody's way. */
const indexPatience = 600_000;

/** A lock was not to be had in time, or two waited for each other. */
function isLocked(error: unknown): boolean {
  const state = stateOf(error);
  return state === "55P03" || state === "40P01";
}

/** Does work again until the locks that it needs are to be had, or the time is up. */
async function patiently<T>(waitMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isLocked(error) || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200));
    }
  }
}

const lockWait = (waitMs: number) => Math.max(1, Math.min(shortly, waitMs));
const setWait = (waitMs: number) => `select set_config('lock_timeout', '${waitMs}ms', true)`;

/** See the file. */
export class PostgresPhases implements Phases {
  readonly session: PostgresSession;
  readonly #line: Line;
  readonly #waitMs: number;
  /** What each transaction is told first. */
  readonly #begin: readonly string[];
  /** The transactions that wrote batches. */
  readonly #written: string[] = [];

  constructor(line: Line, waitMs: number, begin: readonly string[]) {
    this.#line = line;
    this.#begin = begin;
    this.#waitMs = waitMs;
    this.session = new PostgresSession(line, false);
  }

  briefly(operations: readonly Operation[]): Promise<void> {
    return this.#transaction(async (session) => {
      for (const one of operations) if (one.kind === "sql") await session.run(new Statement(one.sql), one.values);
    });
  }

  async index(create: Operation, drop: Operation): Promise<void> {
    if (create.kind !== "sql") return;
    await patiently(indexPatience, async () => {
      try {
        await this.session.run(new Statement(create.sql), create.values);
      } catch (error) {
        if (!isBroken(error)) await this.briefly([drop]);
        throw error;
      }
    });
  }

  batch<T>(work: (session: SqlSession) => T | Promise<T>): Promise<T> {
    return this.#transaction(async (session) => {
      const result = await work(session);
      const [[id] = []] = await session.all(new Statement("select pg_current_xact_id()::xid::text"), []);
      this.#written.push(String(id));
      return result;
    });
  }

  stale(): Sql {
    return sql`not (xmin = any(${[...this.#written]}::xid[]))`;
  }

  #transaction<T>(work: (session: PostgresSession) => Promise<T>): Promise<T> {
    const begin = ["begin isolation level read committed", setWait(lockWait(this.#waitMs)), ...this.#begin];
    return patiently(this.#waitMs, () => new PostgresSession(this.#line, true).transaction(begin, work));
  }
}

/** Locks tables in this order until a transaction ends. While that cannot be had, it lets go again and again, so that others get on. */
export async function lockTables(session: PostgresSession, waitMs: number, tables: readonly string[]): Promise<void> {
  const names = tables.map((name) => `"${name}"`);
  const lock = new Statement(`lock table ${names.join(", ")} in access exclusive mode`);
  await patiently(waitMs, () =>
    session.attempt(async (inner) => {
      (inner as PostgresSession).ahead(setWait(lockWait(waitMs)));
      await inner.run(lock, []);
    }),
  );
  session.ahead(setWait(Math.max(1, waitMs)));
}
