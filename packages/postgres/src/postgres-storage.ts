/** The storage on PostgreSQL: its options, and what it can do. */

import type { ConnectionOptions } from "node:tls";
import { onlyKeys, type Storage, wholeNumber, XrmError } from "@kith/core";
import { describe } from "@kith/schema";
import { applyStore, findDrift, planStore } from "@kith/sql";
import type { Pool, PoolConfig } from "pg";
import { changePostgres, type OpenSettings, openPostgres } from "./postgres-open.ts";

/** Options of {@link postgres}. Without any, the environment says where the server is (`PGHOST`, `PGUSER`, …), as for other programs. */
export interface PostgresOptions {
  /** Where the database is: `postgres://user:password@host:5432/database`. */
  readonly url?: string;
  /** The server's name or address, or the folder of its socket. */
  readonly host?: string;
  /** The server's port; 5432 unless given. */
  readonly port?: number;
  readonly user?: string;
  /** The password, or a function that gives one whenever a connection is made (for tokens that expire). */
  readonly password?: string | (() => string | Promise<string>);
  readonly database?: string;
  /** True for TLS with the certificate checked, or TLS options. */
  readonly ssl?: boolean | ConnectionOptions;
  /** What the server shows for Kith's connections; `kith` unless given. */
  readonly applicationName?: string;
  /** How many connections are open at most; 10 unless given. */
  readonly connections?: number;
  /** After how long an idle connection is closed, in milliseconds; 10,000 unless given, 0 for never. */
  readonly idleMs?: number;
  /** A pool of the application's own, used instead of one made here, and not closed. Then all of the options above are the pool's. */
  readonly pool?: Pool;
  /** The PostgreSQL schema that holds the tables, made when it is not there; `public` unless given. The search path plays no part. */
  readonly schema?: string;
  /** Put before the name of every table and index, for a schema that others use too. None unless given. */
  readonly prefix?: string;
  /**
   * `named` (the default): statements are prepared once for each connection. `unnamed`: they are not, for poolers that give each transaction
   * another connection (pgbouncer in transaction mode without `max_prepared_statements`); some slower.
   */
  readonly statements?: "named" | "unnamed";
}

/** The options that `postgres` takes. */
export const postgresKeys = [
  "url",
  "host",
  "port",
  "user",
  "password",
  "database",
  "ssl",
  "applicationName",
  "connections",
  "idleMs",
  "pool",
  "schema",
  "prefix",
  "statements",
] as const;

/** Those that say how connections are made, which a pool already knows. */
const connectionKeys = postgresKeys.slice(0, postgresKeys.indexOf("pool"));

/**
 * A storage on a PostgreSQL database (14 or newer). Opening it makes the tables that are missing; any number of processes may use it at once.
 *
 * @throws {XrmError} INVALID_OPTIONS when an option is unknown or has the wrong form. Opening throws UNREACHABLE, READ_ONLY, NOT_A_DATABASE,
 * NOT_KITH, MODEL_OLDER, MODEL_CHANGED, STORAGE_FULL and BUSY.
 * @example const xrm = await createXrm<Entities>({ model, storage: postgres({ url: process.env.DATABASE_URL }) })
 * @example const xrm = await createXrm<Entities>({ model, storage: postgres({ pool, schema: 'crm' }) })
 */
export function postgres(options: PostgresOptions = {}): Storage {
  return postgresWith(options);
}

/** The same with settings that nobody but tests needs. */
export function postgresWith(options: PostgresOptions, more: Pick<OpenSettings, "phasesFrom"> = {}): Storage {
  const settings = { ...readOptions(options), ...more };
  return {
    name: "postgres",
    capabilities: { oneWriter: false, joins: true },
    open: (model, storageOptions) => openPostgres(settings, model, storageOptions),
    changes: {
      plan: (model, request, control) =>
        changePostgres(settings, model, control, (context, access) => planStore(context, model, request, access)),
      apply: (model, order, control) =>
        changePostgres(settings, model, control, (context, access) => applyStore(context, model, order, access)),
      drift: (model, control) =>
        changePostgres(settings, model, control, (context, access) => findDrift(context, model, access)),
    },
  };
}

function readOptions(options: PostgresOptions) {
  if (options === null || typeof options !== "object" || Array.isArray(options))
    throw wrong(undefined, `postgres takes an object, like { url: 'postgres://…' }, not ${describe(options)}.`);
  onlyKeys("postgres", options, postgresKeys);
  const { pool, schema = "public", prefix = "", statements = "named" } = options;
  if (typeof schema !== "string" || !/^(?!pg_)[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw wrong("schema", `postgres: schema must be a name of small letters, digits and '_', not ${describe(schema)}.`);
  if (typeof prefix !== "string" || !/^([a-z_][a-z0-9_]{0,19})?$/.test(prefix))
    throw wrong(
      "prefix",
      `postgres: prefix must be at most 20 small letters, digits and '_', and not begin with a digit, not ${describe(prefix)}.`,
    );
  if (statements !== "named" && statements !== "unnamed")
    throw wrong("statements", `postgres: statements must be 'named' or 'unnamed', not ${describe(statements)}.`);
  const named = statements === "named";
  if (pool === undefined)
    return { pool: poolConfig(options), shared: false, schema, prefix, named, database: nameOf(options) };
  checkPool(pool, options);
  return {
    pool,
    shared: true,
    schema,
    prefix,
    named,
    database: pool.options.database ?? nameOf({ url: pool.options.connectionString }),
  };
}

function checkPool(pool: Pool, options: PostgresOptions): void {
  if (typeof pool?.connect !== "function" || typeof pool.options !== "object")
    throw wrong("pool", `postgres: pool must be a Pool of pg, not ${describe(pool)}.`);
  if ((pool.options as { pipeline?: unknown }).pipeline === true)
    throw wrong("pool", "postgres: the pool must not have 'pipeline' switched on; Kith bundles its statements itself.");
  const beside = connectionKeys.find((name) => options[name] !== undefined);
  if (beside !== undefined)
    throw wrong(beside, `postgres: ${beside} is the pool's to say; leave it out, or leave out pool.`);
}

function poolConfig(options: PostgresOptions): PoolConfig {
  const { url, host, user, password, database, ssl, applicationName = "kith" } = options;
  for (const [name, value] of Object.entries({ url, host, user, database, applicationName })) {
    if (value === undefined || (typeof value === "string" && value.trim() !== "" && !value.includes("\0"))) continue;
    throw wrong(
      name,
      `postgres: ${name} must be a text that is not empty, not ${describe(name === "url" ? typeof value : value)}.`,
    );
  }
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url))
    throw wrong("url", "postgres: url must begin with postgres://, like postgres://user:password@host:5432/database.");
  if (password !== undefined && typeof password !== "string" && typeof password !== "function")
    throw wrong("password", `postgres: password must be a text or a function, not a ${typeof password}.`);
  if (ssl !== undefined && typeof ssl !== "boolean" && (typeof ssl !== "object" || ssl === null))
    throw wrong("ssl", `postgres: ssl must be true, false or TLS options, not ${describe(ssl)}.`);
  const port =
    options.port === undefined
      ? undefined
      : wholeNumber("postgres", "port", options.port, { min: 1, max: 65_535, default: 5432 });
  const max = wholeNumber("postgres", "connections", options.connections, { min: 1, max: 10_000, default: 10 });
  const idleTimeoutMillis = wholeNumber("postgres", "idleMs", options.idleMs, {
    min: 0,
    max: 86_400_000,
    default: 10_000,
  });
  const given = { connectionString: url, host, port, user, password, database, ssl };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    application_name: applicationName,
    max,
    idleTimeoutMillis,
  };
}

/** A database's name as messages may tell it: never with a password. */
function nameOf({ url, database }: { url?: string | undefined; database?: string | undefined }): string {
  if (database !== undefined) return database;
  const path = url === undefined || !URL.canParse(url) ? "" : new URL(url).pathname.slice(1);
  return decoded(path) || process.env["PGDATABASE"] || "postgres";
}

/** A `%` that begins no character is part of the name. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function wrong(option: string | undefined, message: string): XrmError {
  return new XrmError("INVALID_OPTIONS", message, { params: option === undefined ? {} : { option } });
}
