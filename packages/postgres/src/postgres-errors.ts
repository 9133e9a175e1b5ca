/** What PostgreSQL's errors mean, and those of the connection to it. */

import { type ErrorCode, XrmError } from "@kith/core";
import { isStale, mayBeKept } from "./line.ts";

/** Where an error happened, which decides whether the call may be tried again. */
export type Moment =
  /** Nothing that the call did can have been kept. */
  | "before"
  /** A write was on its way to be committed when the line broke: it may have been. */
  | "committing";

interface Meaning {
  readonly code: ErrorCode;
  readonly says: string;
  readonly retryable?: boolean;
}

/** By SQLSTATE: the whole of it, or its class. */
const meanings: Readonly<Record<string, Meaning>> = {
  "25006": {
    code: "READ_ONLY",
    says: "cannot be written: it is a standby, or set to read only; give the address of the primary",
  },
  "42501": {
    code: "READ_ONLY",
    says: "does not let this role do that; grant the role its rights on the schema and its tables",
  },
  "40001": {
    code: "TX_CONFLICT",
    says: "undid the transaction, because another one changed the same records; run it again",
  },
  "40P01": {
    code: "TX_CONFLICT",
    says: "undid the transaction, because it and another one waited for each other; run it again",
  },
  "26000": {
    code: "TX_CONFLICT",
    says: "no longer knew a prepared statement, so that the transaction was undone; run it again",
  },
  "55P03": {
    code: "BUSY",
    says: "kept the call waiting for a lock that another transaction holds; try again, or raise waitMs",
  },
  "57014": {
    code: "BUSY",
    says: "cancelled the statement; try again, or raise its statement_timeout",
    retryable: true,
  },
  "42703": {
    code: "MODEL_CHANGED",
    says: "has no such column: another process has changed its model, or somebody did by hand; restart with the program of that model",
  },
  "42P01": {
    code: "MODEL_CHANGED",
    says: "has no such table: another process has changed its model, or somebody did by hand; restart with the program of that model",
  },
  "25P01": { code: "TX_MISUSED", says: "has no transaction open on this connection; begin one first" },
  "3B001": {
    code: "TX_MISUSED",
    says: "no longer has the savepoint of this call: the transaction was ended, or undone past it, while the call was part of it",
  },
  "25P02": { code: "TX_ROLLBACK_ONLY", says: "undoes this transaction, since a statement in it failed; roll it back" },
  "25P03": { code: "TX_TIMEOUT", says: "ended the transaction, which had been idle for too long" },
  "25P04": { code: "TX_TIMEOUT", says: "ended the transaction, which took longer than it allows" },
  "53100": { code: "STORAGE_FULL", says: "has no room left; free some space on its disk" },
  "53200": { code: "STORAGE_FAILED", says: "has no memory left", retryable: true },
  "53300": { code: "BUSY", says: "has no connection left; close some, or lower the size of the pools" },
  "57P01": { code: "UNREACHABLE", says: "is shutting down or ended the connection" },
  "57P02": { code: "UNREACHABLE", says: "crashed and is recovering" },
  "57P03": { code: "UNREACHABLE", says: "is starting up" },
  "57P05": { code: "UNREACHABLE", says: "ended the connection, which had been idle for too long" },
  "54011": { code: "INVALID_MODEL", says: "takes no table of that many columns; give the entity fewer fields" },
  "2BP01": {
    code: "MODEL_CHANGED",
    says: "holds something of somebody else's that needs what the change takes away; change or drop that first",
  },
  "42P07": { code: "NOT_KITH", says: "already holds something under a name that Kith needs; give it another name" },
  "54": { code: "INVALID_QUERY", says: "takes no query that deep or large; make it flatter or split it" },
  "3D000": { code: "UNREACHABLE", says: "does not exist; create it first", retryable: false },
  "28": { code: "UNREACHABLE", says: "refused the user or the password", retryable: false },
  "08": { code: "UNREACHABLE", says: "cannot be reached" },
  XX001: { code: "NOT_A_DATABASE", says: "is damaged; restore it from a backup" },
  XX002: { code: "NOT_A_DATABASE", says: "is damaged; restore it from a backup" },
};

const broken =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|timeout exceeded|Cannot use a pool)/;
const unreachable =
  /^(ECONN|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_|EHOST|ENET|ENOENT|EACCES|ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/;

/** SQLSTATE of a server's error. */
export function stateOf(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  return typeof code === "string" && code.length === 5 && severity !== undefined ? code : undefined;
}

/** The line is gone: nothing can be sent over it any more. */
export function isBroken(error: unknown): boolean {
  const state = stateOf(error);
  if (state !== undefined) return /^(57P0|08|25P03|25P04)/.test(state);
  const { code, message, errors } = (error ?? {}) as { code?: unknown; message?: unknown; errors?: unknown };
  if (Array.isArray(errors) && errors.some(isBroken)) return true;
  return (typeof code === "string" && unreachable.test(code)) || (typeof message === "string" && broken.test(message));
}

/** Turns an error of the driver into the one that callers get; others pass unchanged. */
export function translate(error: unknown, database: string, moment: Moment = "before"): unknown {
  if (error instanceof XrmError) return error;
  const state = stateOf(error);
  const params = { database, ...(state === undefined ? {} : { sqlState: state }) };
  const known =
    state === undefined ? undefined : (meanings[isStale(error) ? "26000" : state] ?? meanings[state.slice(0, 2)]);
  const gone = isBroken(error);
  // The server may end a connection when all is committed, but not yet told.
  const unsure = moment === "committing" && gone && (state === undefined || mayBeKept(error));
  if (known && !unsure) {
    const { code, says, retryable } = known;
    const details = { cause: error, params, ...(retryable === undefined ? {} : { retryable }) };
    return new XrmError(code, `The database '${database}' ${says}${told(error, state as string)}.`, details);
  }
  if (gone) {
    const lost = "The connection to the database";
    return unsure
      ? new XrmError(
          "UNREACHABLE",
          `${lost} '${database}' broke while a write was on its way; it may have been kept: look before writing it again.`,
          { cause: error, params, retryable: false },
        )
      : new XrmError("UNREACHABLE", `The database '${database}' cannot be reached: ${textOf(error)}.`, {
          cause: error,
          params,
        });
  }
  if (state === undefined) return error;
  return new XrmError("STORAGE_FAILED", `PostgreSQL failed on '${database}': ${textOf(error)} (${state}).`, {
    cause: error,
    params,
  });
}

/** What PostgreSQL says of somebody else's things, which only it knows. */
function told(error: unknown, state: string): string {
  const { message, detail } = error as { message?: string; detail?: string };
  return state === "2BP01" || state === "42P07" ? ` (${(detail ?? message ?? "").replaceAll("\n", "; ")})` : "";
}

function textOf(error: unknown): string {
  const { message, errors } = error as { message?: string; errors?: readonly { message?: string }[] };
  return message || errors?.[0]?.message || "the connection was refused";
}
