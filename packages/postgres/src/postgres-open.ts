/** Connecting to a server: what can be wrong with it is found out here, and said. */

import { type Connection, type MaybePromise, type Model, type StorageOptions, XrmError } from "@kith/core";
import {
  ModelWatch,
  metaTable,
  openStore,
  type SharedAccess,
  type SqlContext,
  type SqlSession,
  Statement,
  type StoreAccess,
  sqlContext,
  Writer,
} from "@kith/sql";
import type { Pool, PoolConfig } from "pg";
import { Lender, type Loan } from "./lender.ts";
import { PostgresConnection } from "./postgres-connection.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { translate } from "./postgres-errors.ts";
import { lockTables, PostgresPhases } from "./postgres-phases.ts";
import { PostgresSession } from "./postgres-session.ts";

/** What opening is told. */
export interface OpenSettings {
  /** The host's pool, or how to make one. */
  readonly pool: Pool | PoolConfig;
  /** The pool is the host's. */
  readonly shared: boolean;
  readonly schema: string;
  readonly prefix: string;
  /** Statements are prepared under a name, and kept. */
  readonly named: boolean;
  /** The database's name, for messages. */
  readonly database: string;
  /** Row mappers as code or as closures; for tests. */
  readonly generate?: boolean | undefined;
  /** From which size of a table on the database is changed in phases, in bytes; for tests. */
  readonly phasesFrom?: number | undefined;
}

/** From which size of a table on, in bytes, a database is changed in phases: smaller ones are changed in less time than two phases take. */
const large = 8 * 1024 * 1024;

/** The oldest server that is promised to work. */
const oldest = 14;

/** Opens a database. */
export function openPostgres(settings: OpenSettings, model: Model, options: StorageOptions): Promise<Connection> {
  return connecting(settings, model, options, async (opening, keeps) => {
    const { lender, context, database, waitMs } = opening;
    await prepareTables(opening);
    return new PostgresConnection({
      lender,
      context,
      writer: new Writer(context, model),
      database,
      settings: keeps ? undefined : lockTimeout(waitMs),
      needed: { ...printed, client_encoding: "UTF8", lock_timeout: `${lockWait(waitMs)}ms` },
      watch: new ModelWatch(context, model, options.logger),
    });
  });
}

/** Connects for one piece of work on the database's form, and disconnects. */
export function changePostgres<T>(
  settings: OpenSettings,
  model: Model,
  options: StorageOptions,
  work: (context: SqlContext, access: StoreAccess) => MaybePromise<T>,
): Promise<T> {
  return connecting(settings, model, options, async (opening) => {
    const result = await withStore(opening, async (access) => work(opening.context, access));
    await opening.lender.close();
    return result;
  });
}

async function connecting<T>(
  settings: OpenSettings,
  model: Model,
  { waitMs, now, migrate }: StorageOptions,
  work: (opening: Opening, keeps: boolean) => Promise<T>,
): Promise<T> {
  const { schema, prefix, named, shared, database, generate, phasesFrom = large } = settings;
  const most = shared ? (settings.pool as Pool).options.max : (settings.pool as PoolConfig).max;
  // A connection of our own, not handed out anew by a pooler for each transaction, keeps what it is told.
  const keeps = !shared && named;
  const pool = shared ? (settings.pool as Pool) : await makePool(settings.pool as PoolConfig, waitMs);
  const lender = new Lender({
    pool,
    own: !shared,
    named,
    waitMs,
    database,
    settings: keeps ? sessionSettings(waitMs) : undefined,
  });
  const context = sqlContext(postgresDialect(schema), {
    schema,
    prefix,
    ...(generate === undefined ? {} : { generate }),
  });
  try {
    return await work(
      { lender, context, model, schema, prefix, waitMs, now, database, migrate, phasesFrom, two: (most ?? 10) > 1 },
      keeps,
    );
  } catch (error) {
    await lender.close().catch(() => undefined);
    throw translate(error, database);
  }
}

async function makePool(config: PoolConfig, waitMs: number): Promise<Pool> {
  const { default: pg } = await import("pg");
  return new pg.Pool({ ...config, connectionTimeoutMillis: Math.max(1, waitMs) });
}

/** How results are printed, and how long locks are waited for; for as long as the connection lasts. */
function sessionSettings(waitMs: number): string {
  const set = Object.entries({ ...printed, lock_timeout: `${lockWait(waitMs)}ms` });
  return `select ${set.map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', false)`).join(", ")}`;
}

const printed = {
  DateStyle: "ISO, YMD",
  TimeZone: "UTC",
  extra_float_digits: "1",
  standard_conforming_strings: "on",
};

function lockTimeout(waitMs: number): string {
  return `select pg_catalog.set_config('lock_timeout', '${lockWait(waitMs)}ms', true)`;
}

/** Zero would mean forever. */
function lockWait(waitMs: number): number {
  return Math.max(1, waitMs);
}

interface Opening {
  readonly lender: Lender;
  readonly context: SqlContext;
  readonly model: Model;
  readonly schema: string;
  readonly prefix: string;
  readonly waitMs: number;
  readonly now: () => number;
  readonly database: string;
  readonly migrate: StorageOptions["migrate"];
  readonly phasesFrom: number;
  /** Two connections can be had at once. */
  readonly two: boolean;
}

function prepareTables(opening: Opening): Promise<void> {
  return withStore(opening, async (access, session) => {
    await openStore(opening.context, opening.model, access);
    await checkRights(session, opening.context);
  });
}

/** Runs work with what the shared code needs to look at tables and change them. */
async function withStore<T>(
  opening: Opening,
  work: (access: StoreAccess, session: PostgresSession) => Promise<T>,
): Promise<T> {
  const { lender, schema, now, database, migrate } = opening;
  const loan = await lender.lend();
  let broken: unknown;
  try {
    const session = new PostgresSession(loan.line, false);
    await checkServer(session, database);
    const access: StoreAccess = {
      session: inSchema(session, schema),
      now: () => new Date(now()).toISOString(),
      exclusive: (inside) => exclusively(opening, new PostgresSession(loan.line, true), inside),
      migrate,
      shared: sharedAccess(opening, loan),
    };
    return await work(access, session);
  } catch (error) {
    broken = error;
    throw error;
  } finally {
    loan.release(broken);
  }
}

/** How a database is changed that others write meanwhile. */
function sharedAccess(opening: Opening, { line }: Loan): SharedAccess {
  const { lender, schema, waitMs, two, phasesFrom } = opening;
  return {
    lock: (session, tables) => lockTables(session as PostgresSession, waitMs, tables),
    inPhases: async () => {
      if (!two) return false;
      const size =
        new Statement(`select coalesce(max(pg_table_size(c.oid)), 0) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relkind = 'r'`);
      const [[bytes] = []] = await new PostgresSession(line, false).all(size, [schema]);
      return Number(bytes) >= phasesFrom;
    },
    beside: async (work) => {
      const second = await lender.lend();
      let broken: unknown;
      try {
        const session = new PostgresSession(second.line, true);
        return await exclusively(opening, session, async (inside) => {
          // It waits while the work is done beside it. Nor may it keep a snapshot, as it does of what it has selected last: indexes that are made would wait for its end.
          await session.command("set local idle_in_transaction_session_timeout = 0");
          return work(inside, new PostgresPhases(line, waitMs, [searchPath(schema)]));
        });
      } catch (error) {
        broken = error;
        throw error;
      } finally {
        second.release(broken);
      }
    },
    ifFree: (work) => exclusively(opening, new PostgresSession(line, true), work, "pg_try_advisory_xact_lock"),
  };
}

/** In a transaction that only one process at a time can be in; undefined when that is to be tried only, and another one is. */
function exclusively<T>(
  { schema, prefix, waitMs }: Opening,
  session: PostgresSession,
  work: (session: SqlSession) => T | Promise<T>,
  lock: "pg_advisory_xact_lock" | "pg_try_advisory_xact_lock" = "pg_advisory_xact_lock",
): Promise<T> {
  return session.transaction(["begin isolation level read committed", lockTimeout(waitMs)], async () => {
    const ask = new Statement(`select ${lock}($1::int, $2::int)`);
    const [[free] = []] = await session.all(ask, [hash("kith"), hash(`${schema}.${prefix}`)]);
    const there = new Statement("select 1 from pg_namespace where nspname = $1");
    if ((await session.all(there, [schema])).length === 0) await session.command(`create schema "${schema}"`);
    session.ahead(searchPath(schema));
    return free === "f" ? (undefined as T) : work(session);
  });
}

/**
 * What changes tables names them without their schema; until the transaction ends it is the one that is looked into. What the server prints of
 * definitions is compared, so that it must quote as little as usual.
 */
function searchPath(schema: string): string {
  return `select pg_catalog.set_config('search_path', '"${schema}", pg_temp', true), pg_catalog.set_config('quote_all_identifiers', 'off', true)`;
}

/** A session each of whose statements looks into a schema. */
function inSchema(session: PostgresSession, schema: string): SqlSession {
  return {
    all: (statement, values) => {
      session.ahead(searchPath(schema));
      return session.all(statement, values);
    },
    run: (statement, values) => {
      session.ahead(searchPath(schema));
      return session.run(statement, values);
    },
  };
}

const facts = {
  server_version_num: (value: string) => Number(value) >= oldest * 10_000,
  server_encoding: (value: string) => value === "UTF8",
  client_encoding: (value: string) => value === "UTF8",
  DateStyle: (value: string) => value.startsWith("ISO"),
  extra_float_digits: (value: string) => Number(value) >= 1,
  standard_conforming_strings: (value: string) => value === "on",
};

/** Refuses servers and settings under which answers would not be right. */
async function checkServer(session: SqlSession, database: string): Promise<void> {
  const names = [...Object.keys(facts), "transaction_read_only"];
  const asked = new Statement(`select ${names.map((name) => `current_setting('${name}')`).join(", ")}`);
  const [row] = (await session.all(asked, [])) as [string[]];
  const value = (name: string) => row[names.indexOf(name)] as string;
  if (value("transaction_read_only") === "on") {
    const message = `The database '${database}' cannot be written: it is a standby, or set to read only; give the address of the primary.`;
    throw new XrmError("READ_ONLY", message, { params: { database } });
  }
  for (const [name, holds] of Object.entries(facts)) {
    if (holds(value(name))) continue;
    const wrong = name.startsWith("server_");
    const what =
      name === "server_version_num"
        ? `is of PostgreSQL ${Math.floor(Number(value(name)) / 10_000)}; Kith needs ${oldest} or newer`
        : name === "server_encoding"
          ? `keeps text as ${value(name)}; make one with encoding UTF8`
          : `has connections with ${name} '${value(name)}'; leave out the setting, or set it as it is by default (alter database … reset)`;
    throw new XrmError(wrong ? "NOT_A_DATABASE" : "INVALID_OPTIONS", `The database '${database}' ${what}.`, {
      params: { database, setting: name, value: value(name) },
    });
  }
}

/** A statement that would write, but finds nothing to do, tells whether it may. */
async function checkRights(session: SqlSession, { own, at }: SqlContext): Promise<void> {
  const table = at(own(metaTable))
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
  await session.run(new Statement(`delete from ${table} where "key" is null`), []);
}

/** FNV-1a as a signed number of 32 bits. */
function hash(text: string): number {
  let found = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) found = Math.imul(found ^ text.charCodeAt(i), 0x01000193);
  return found | 0;
}
