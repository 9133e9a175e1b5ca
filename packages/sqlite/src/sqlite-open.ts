/** Connecting to a database file: what can be wrong with it is found out here, and said. */

import { existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { type Connection, type MaybePromise, type Model, type StorageOptions, XrmError } from "@kith/core";
import {
  ModelWatch,
  metaTable,
  openStore,
  type SqlContext,
  Statement,
  type StoreAccess,
  sqlContext,
  Writer,
} from "@kith/sql";
import type SqliteDatabase from "better-sqlite3";
import { retrying } from "./retry.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { busy, isBusy, translate } from "./sqlite-errors.ts";
import { SqliteSession } from "./sqlite-session.ts";

/** What opening is told. */
export interface OpenSettings {
  /** A path, or `:memory:`. */
  readonly file: string;
  readonly synchronous: "full" | "normal";
  /** The most pages that the file may have; for tests of a full disk. */
  readonly maxPages?: number | undefined;
  /** Row mappers as code or as closures; for tests. */
  readonly generate?: boolean | undefined;
}

/** The oldest Node that better-sqlite3 runs on: older ones crash when they load it. */
const oldestNode = [22, 12] as const;

/** Refuses a Node on which the driver would crash. */
export function checkNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new XrmError(
    "NODE_TOO_OLD",
    `The SQLite storage needs Node ${oldestNode.join(".")} or newer; this is Node ${version}. Install a newer one.`,
    {
      params: { node: version, needed: oldestNode.join(".") },
    },
  );
}

/** Opens a database, waiting for other processes' locks up to the deadline without stopping this one. */
export function openSqlite(settings: OpenSettings, model: Model, options: StorageOptions): MaybePromise<Connection> {
  return connecting(settings, options, (context, connect, path) => {
    const inMemory = path === memory;
    const writing = new SqliteSession(connect(false), 0);
    configure(writing.db, settings, inMemory);
    openStore(context, model, storeAccess(writing, options));
    if (!inMemory) checkWritable(writing, context);
    let slot = 1;
    const openReading = inMemory ? undefined : () => new SqliteSession(connect(true), slot++);
    const writer = new Writer(context, model);
    const { waitMs, logger } = options;
    const watch = inMemory ? undefined : new ModelWatch(context, model, logger);
    return new SqliteConnection({ file: path, context, writer, writing, openReading, waitMs, watch });
  });
}

/** Connects for one piece of work on the database's form, and disconnects. */
export function changeSqlite<T>(
  settings: OpenSettings,
  options: StorageOptions,
  work: (context: SqlContext, access: StoreAccess) => MaybePromise<T>,
): MaybePromise<T> {
  return connecting(settings, options, (context, connect, path) => {
    const session = new SqliteSession(connect(false), 0);
    configure(session.db, settings, path === memory);
    try {
      // The session answers at once, and so does all that is done with it.
      return work(context, storeAccess(session, options)) as T;
    } finally {
      session.db.close();
    }
  });
}

const memory = ":memory:";

/** Runs `work` with a way to connect; should it fail, everything is closed again. */
function connecting<T>(
  settings: OpenSettings,
  options: StorageOptions,
  work: (context: SqlContext, connect: (readonly: boolean) => SqliteDatabase.Database, path: string) => T,
): MaybePromise<T> {
  checkNode();
  // Only now: an old Node must hear why before the driver's binary is loaded.
  const Database = createRequire(import.meta.url)("better-sqlite3") as typeof SqliteDatabase;
  const inMemory = settings.file === memory;
  const path = inMemory ? memory : resolve(settings.file);
  if (!inMemory) checkPath(path);
  const { generate } = settings;
  const context = sqlContext(sqliteDialect, generate === undefined ? {} : { generate });
  const deadline = performance.now() + options.waitMs;
  const late = (cause: unknown) => busy(path, options.waitMs, cause);
  return retrying(deadline, late, () => {
    const open: SqliteDatabase.Database[] = [];
    const connect = (readonly: boolean) => {
      const db = new Database(path, { timeout: 0, ...(readonly ? { readonly, fileMustExist: true } : {}) });
      open.push(db);
      return db;
    };
    try {
      return work(context, connect, path);
    } catch (error) {
      for (const db of open) db.close();
      throw told(error, path, inMemory);
    }
  });
}

function configure(db: SqliteDatabase.Database, { synchronous, maxPages }: OpenSettings, inMemory: boolean): void {
  if (!inMemory) {
    const mode = db.pragma("journal_mode = wal", { simple: true });
    if (mode !== "wal") {
      throw new XrmError(
        "UNREACHABLE",
        `The database '${db.name}' cannot keep a write-ahead log where it is; put it on a local disk.`,
        {
          params: { file: db.name, mode },
        },
      );
    }
  }
  db.pragma(`synchronous = ${synchronous}`);
  db.pragma("foreign_keys = on");
  if (maxPages !== undefined) db.pragma(`max_page_count = ${maxPages}`);
}

/** SQLite opens a file that may not be written for reading, without a word; a statement that would write, but finds nothing to do, tells. */
function checkWritable(session: SqliteSession, { db, own }: SqlContext): void {
  const probe = db.deleteFrom(own(metaTable)).where("key", "is", null).compile();
  try {
    session.run(new Statement(probe.sql), []);
  } catch (error) {
    // Somebody else is writing, so that it can be written.
    if (!isBusy(error)) throw error;
  }
}

/** How the shared code gets at a database to change it. All of it answers at once here, since the session does. */
export function storeAccess(session: SqliteSession, { now, migrate }: StorageOptions): StoreAccess {
  return {
    session,
    migrate,
    now: () => new Date(now()).toISOString(),
    exclusive: (work) => {
      // A table that is made anew is dropped first; its records are not deleted by that. Only outside of a transaction can it be said.
      session.command("pragma foreign_keys = off");
      try {
        session.command("begin immediate");
        const done = work(session);
        session.command("commit");
        return done;
      } catch (error) {
        if (session.db.inTransaction) session.command("rollback");
        throw error;
      } finally {
        session.command("pragma legacy_alter_table = off");
        session.command("pragma foreign_keys = on");
      }
    },
  };
}

function checkPath(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new XrmError("UNREACHABLE", `The folder '${folder}' for the database is not there; create it first.`, {
      params: { file: path, folder },
      retryable: false,
    });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new XrmError("UNREACHABLE", `'${path}' is a folder; give the path of a file in it.`, {
      params: { file: path },
      retryable: false,
    });
  }
}

/** A file that cannot be opened is most often one that may not be written. Locks pass as they are, to be tried again. */
function told(error: unknown, path: string, inMemory: boolean): unknown {
  if (isBusy(error)) return error;
  const found = translate(error, path);
  if (!inMemory && found instanceof XrmError && found.code === "UNREACHABLE" && !writable(path)) {
    return new XrmError(
      "READ_ONLY",
      `The database '${path}' cannot be written; check the rights on the file and its folder.`,
      {
        params: { file: path },
        cause: error,
      },
    );
  }
  return found;
}

/** Whether files can be made beside the database; asked of the file system by making one, since rights alone do not tell. */
function writable(path: string): boolean {
  const probe = `${path}-kith-probe-${process.pid}`;
  try {
    mkdirSync(probe);
    rmdirSync(probe);
    return true;
  } catch {
    return false;
  }
}
