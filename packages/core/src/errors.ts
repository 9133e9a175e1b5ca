/** The one error of Kith, and the table of its codes. */

import { canonicalJson, describe, type Issue, printable } from "@kith/schema";

interface CodeFacts {
  /** What it means, for documents. */
  readonly meaning: string;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable?: true;
}

/** Every code that the engine and its storages throw. Codes are API: they change with a major version only. */
export const errorCodes = {
  INVALID_MODEL: { meaning: "The declarations contradict the rules or each other; `issues` lists every problem." },
  INVALID_OPTIONS: { meaning: "An option of a call or a plugin is unknown or has the wrong form." },
  INVALID_RECORD: { meaning: "The values of a record break its declaration; `issues` lists every problem." },
  INVALID_QUERY: { meaning: "A query names something that is not there, or is too deep or too large." },
  INVALID_CURSOR: { meaning: "The cursor is damaged or belongs to another query." },
  INVALID_INPUT: { meaning: "The input (or the output) of an operation does not match its schema." },
  UNKNOWN_ENTITY: { meaning: "The model has no entity of that name." },
  UNKNOWN_OPERATION: { meaning: "The model has no operation of that name." },
  NOT_FOUND: { meaning: "There is no such record, or the actor may not see it." },
  CONFLICT: { meaning: "The record has another version than `ifVersion` says; read it again." },
  UNIQUE: { meaning: "Another record holds the same unique value." },
  REFERENCE: { meaning: "A lookup names a record that is not there." },
  RESTRICTED: { meaning: "The record is looked up to by others whose lookup says restrict." },
  HOOK_FAILED: { meaning: "A hook threw something that is not an XrmError; it is the cause." },
  HOOK_DEPTH: { meaning: "Hooks called commands that ran hooks, deeper than the limit." },
  HOOK_CYCLE: { meaning: "A hook came back to itself for the same record." },
  TX_MISUSED: { meaning: "A call went to the wrong handle while this flow's transaction was open." },
  TX_CLOSED: { meaning: "The transaction of this handle has ended." },
  TX_ROLLBACK_ONLY: {
    meaning: "A write in this transaction failed, so that it can only be rolled back; the failure is the cause.",
  },
  TX_TIMEOUT: { meaning: "The transaction took longer than its deadline and was rolled back.", retryable: true },
  ABORTED: { meaning: "The call was stopped by the signal that it was given." },
  QUERY_TIMEOUT: { meaning: "The query took longer than its limit and was stopped.", retryable: true },
  TX_CONFLICT: {
    meaning: "The database undid the transaction in favour of another; run it again.",
    retryable: true,
  },
  BUSY: { meaning: "Waiting for the database or its writer took longer than the deadline.", retryable: true },
  CLOSED: { meaning: "The system was closed." },
  NOT_A_DATABASE: { meaning: "The file is not a database of this kind, or is damaged." },
  NOT_KITH: { meaning: "The database holds tables that Kith did not make, under names that it needs." },
  READ_ONLY: { meaning: "The database cannot be written." },
  STORAGE_FULL: { meaning: "The disk or the database is full.", retryable: true },
  UNREACHABLE: { meaning: "The database cannot be opened or reached.", retryable: true },
  MODEL_OLDER: { meaning: "The database was written by a newer version of the model." },
  MODEL_CHANGED: {
    meaning: "The database is of another model, and the steps between them are not all safe, confirmed and possible.",
  },
  PLAN_CHANGED: { meaning: "The database or the model is not what the plan was made for; make and review a new one." },
  FILE_EXISTS: { meaning: "A file is in the way; it is not overwritten." },
  UNSUPPORTED: { meaning: "The storage cannot do this." },
  OUT_OF_RANGE: { meaning: "A computed number is beyond what can be given." },
  NO_RATE: { meaning: "An amount cannot be converted: there is no exchange rate for its currency and day." },
  STORAGE_FAILED: { meaning: "The database failed in a way that has no code of its own; its error is the cause." },
  NODE_TOO_OLD: { meaning: "Kith needs a newer Node." },
} as const satisfies Record<string, CodeFacts>;

/** One of the engine's codes. */
export type ErrorCode = keyof typeof errorCodes;

/** What an {@link XrmError} carries besides its code and message. */
export interface ErrorDetails {
  readonly entity?: string | undefined;
  readonly field?: string | undefined;
  readonly plugin?: string | undefined;
  readonly issues?: readonly Issue[] | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

/**
 * The one error that Kith throws. `message` says what is wrong, where, and what to do; `code` is for programs.
 *
 * @example
 * try { await xrm.account.create({ name: '' }) }
 * catch (error) { if (error instanceof XrmError && error.code === 'INVALID_RECORD') console.log(error.issues) }
 */
export class XrmError extends Error {
  override readonly name = "XrmError";
  /** One of {@link errorCodes}, or `plugin.CODE` for a plugin's own. */
  readonly code: string;
  readonly entity: string | undefined;
  /** The field, when one alone is to blame. */
  readonly field: string | undefined;
  readonly plugin: string | undefined;
  /** Every problem found, when there can be several. */
  readonly issues: readonly Issue[];
  /** The figures that the message speaks of. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;

  constructor(code: ErrorCode | (string & {}), message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.entity = details.entity;
    this.field = details.field;
    this.plugin = details.plugin;
    this.issues = details.issues ?? namedFields(details).map((field) => ({ code, path: [field], message }));
    this.params = details.params ?? {};
    this.retryable = details.retryable ?? (errorCodes as Record<string, CodeFacts>)[code]?.retryable ?? false;
  }

  /** The error as plain JSON, without its stack and cause. */
  toJSON(): Record<string, unknown> {
    const { code, message, entity, field, plugin, issues, params, retryable } = this;
    return {
      code,
      message,
      ...(entity === undefined ? {} : { entity }),
      ...(field === undefined ? {} : { field }),
      ...(plugin === undefined ? {} : { plugin }),
      ...(issues.length === 0 ? {} : { issues: issues.map(plainIssue) }),
      ...(Object.keys(params).length === 0 ? {} : { params: plainParams(params) }),
      retryable,
    };
  }
}

function plainIssue(issue: Issue): Issue {
  return issue.params === undefined ? issue : { ...issue, params: plainParams(issue.params) };
}

/** Parameters as JSON can hold them: what it cannot (a bigint, a circle) is described. */
function plainParams(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(params).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const plain = canonicalJson(value);
      return [name, "value" in plain ? plain.value : describe(value)];
    }),
  );
}

/** The fields that an error without issues names: a form shows its message beside them. */
function namedFields({ field, params }: ErrorDetails): readonly string[] {
  if (field !== undefined) return [field];
  const fields = params?.["fields"];
  return Array.isArray(fields) ? fields.filter((one) => typeof one === "string") : [];
}

/** An error that carries a list of issues: the message tells the first three, `issues` all. */
export function issuesError(
  code: ErrorCode,
  head: string,
  issues: readonly Issue[],
  details: ErrorDetails = {},
): XrmError {
  const told = issues.slice(0, 3).map((issue) => `${pathText(issue.path)}${issue.message}`);
  const more = issues.length > 3 ? `; and ${issues.length - 3} more` : "";
  const fields = new Set(issues.map((issue) => issue.path[0]));
  const only = fields.size === 1 ? [...fields][0] : undefined;
  return new XrmError(code, `${head}: ${told.join("; ")}${more}`, {
    ...details,
    issues,
    field: details.field ?? (typeof only === "string" ? only : undefined),
  });
}

function pathText(path: Issue["path"]): string {
  return path.length === 0 ? "" : `${path.map((part) => printable(part)).join(".")} `;
}

/** One error of a plugin. */
export interface PluginErrorSpec {
  /** English, with `{name}` where a parameter stands. */
  readonly message: string;
  /** Whether the same call may succeed later, unchanged. False unless given. */
  readonly retryable?: boolean;
}

/** Makes the errors of a plugin's table. */
export type PluginErrors<T> = {
  readonly [K in keyof T]: (params?: Readonly<Record<string, unknown>>, details?: ErrorDetails) => XrmError;
};

/**
 * Declares a plugin's own errors. Their code is `plugin.CODE`; a hook or an operation vetoes by throwing one.
 *
 * @throws {XrmError} INVALID_OPTIONS when a code is not in capitals or a message is missing
 * @example
 * const errors = defineErrors('sales', { SKIPPED: { message: 'A deal cannot go from {from} to {to}.' } })
 * throw errors.SKIPPED({ from: 'open', to: 'won' })
 */
export function defineErrors<const T extends Readonly<Record<string, PluginErrorSpec>>>(
  plugin: string,
  table: T,
): PluginErrors<T> {
  const made: Record<string, (params?: Readonly<Record<string, unknown>>, details?: ErrorDetails) => XrmError> = {};
  for (const [code, spec] of Object.entries(table)) {
    if (!/^[A-Z][A-Z0-9_]{0,59}$/.test(code) || typeof spec?.message !== "string") {
      throw new XrmError(
        "INVALID_OPTIONS",
        `The error '${printable(code)}' of plugin '${printable(plugin)}' needs a name in capitals and a message.`,
        { plugin },
      );
    }
    made[code] = (params = {}, details = {}) => {
      const message = spec.message.replace(/\{(\w+)\}/g, (whole, name: string) =>
        name in params
          ? typeof params[name] === "string"
            ? printable(params[name], 120)
            : describe(params[name])
          : whole,
      );
      return new XrmError(`${plugin}.${code}`, message, {
        retryable: spec.retryable ?? false,
        ...details,
        plugin,
        params,
      });
    };
  }
  return made as PluginErrors<T>;
}
