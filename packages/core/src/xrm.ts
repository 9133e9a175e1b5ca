/** `createXrm`: a model and a storage in, a running system out. */

import { describe, isRecordId } from "@kith/schema";
import { readFiscalYearStart, readTimeZone } from "./context/actor.ts";
import { maxQueryMs } from "./context/control.ts";
import { XrmError } from "./errors.ts";
import { newRecordId } from "./ids.ts";
import { type Logger, processLogger } from "./logger.ts";
import type { Model } from "./model/model.ts";
import { onlyKeys, wholeNumber } from "./options.ts";
import { defaultQueryLimits } from "./query/scan.ts";
import { handleMaker, maxTransactionMs } from "./repository/handle.ts";
import type { Xrm } from "./repository/xrm-types.ts";
import { capabilitiesOf } from "./storage/capabilities.ts";
import type { Storage } from "./storage/storage.ts";
import { type Limits, System } from "./system.ts";

/** What a running system is made of. */
export interface XrmOptions<R> {
  /** Holds every entity of the registry `R`; a registry with others does not type-check. */
  readonly model: Model<R>;
  /** Where the records are. */
  readonly storage: Storage;
  /** Gives the time: milliseconds since 1970, or a Date. `Date.now` unless given. */
  readonly clock?: () => number | Date;
  /** Makes record ids: UUIDs, version 7 unless given. Must never give one twice. */
  readonly newId?: () => string;
  /** How long a call waits for the database or its writer, in milliseconds; 10,000 unless given. */
  readonly waitMs?: number;
  /** How long a transaction may take, in milliseconds; 30,000 unless given. */
  readonly transactionMs?: number;
  /** The zone that days begin in, for actors who name none: of relative dates and time buckets. `UTC` unless given. */
  readonly timeZone?: string;
  /** The month in which fiscal years begin, 1 to 12, for actors who name none. 1 unless given. */
  readonly fiscalYearStart?: number;
  /** How long one read may take, in milliseconds, unless the call says otherwise with `{ timeoutMs }`. No limit unless given. */
  readonly queryTimeoutMs?: number;
  /** Bounds of queries (`depth` 24 levels, `size` 2,000 names) and of hooks that call each other (`hookDepth` 16). */
  readonly limits?: Partial<Limits>;
  /**
   * `safe` (the default): opening a database of another model takes the steps that lose nothing, and refuses when it takes others. `none`: it refuses
   * unless the database is of this very model; the steps are taken by `applyChanges` or `kith apply`.
   */
  readonly migrate?: "safe" | "none";
  /** Told of what no caller can be told, such as a failing event handler. A warning of the process unless given. */
  readonly logger?: Logger;
}

/** The keys that `createXrm` takes. */
export const xrmKeys = [
  "model",
  "storage",
  "clock",
  "newId",
  "waitMs",
  "transactionMs",
  "timeZone",
  "fiscalYearStart",
  "queryTimeoutMs",
  "limits",
  "migrate",
  "logger",
] as const;
/** The keys of `limits`. */
export const limitKeys = ["depth", "size", "hookDepth"] as const;

/**
 * Opens a system: the model on a storage, tables made if missing.
 *
 * @throws {XrmError} INVALID_OPTIONS, NODE_TOO_OLD, and what the storage's `open` throws
 * @example
 * interface Entities extends EntitiesOf<typeof model> {}
 * const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: 'crm.db' }) })
 * const account = await xrm.as({ id: 'u1' }).account.create({ name: 'Acme' })
 */
export async function createXrm<R>(options: XrmOptions<R>): Promise<Xrm<R>> {
  checkNode();
  if (options === null || typeof options !== "object")
    throw new XrmError("INVALID_OPTIONS", "createXrm takes an object: { model, storage }.");
  onlyKeys("createXrm", options, xrmKeys);
  const { model, storage, clock = Date.now, newId = newRecordId, migrate = "safe", logger = processLogger } = options;
  checkParts("createXrm", model, storage);
  if (migrate !== "safe" && migrate !== "none")
    throw new XrmError("INVALID_OPTIONS", `createXrm: migrate must be 'safe' or 'none', not ${describe(migrate)}.`, {
      params: { option: "migrate" },
    });
  for (const [option, value] of Object.entries({ clock, newId, "logger.error": logger?.error })) {
    if (typeof value !== "function")
      throw new XrmError("INVALID_OPTIONS", `createXrm: ${option} must be a function.`, { params: { option } });
  }
  const waitMs = wholeNumber("createXrm", "waitMs", options.waitMs, { min: 0, max: 600_000, default: 10_000 });
  const transactionMs = wholeNumber("createXrm", "transactionMs", options.transactionMs, {
    min: 1,
    max: maxTransactionMs,
    default: 30_000,
  });
  const timeZone = readTimeZone("createXrm", options.timeZone ?? "UTC");
  const fiscalYearStart = readFiscalYearStart("createXrm", options.fiscalYearStart);
  const queryTimeoutMs =
    options.queryTimeoutMs === undefined
      ? undefined
      : wholeNumber("createXrm", "queryTimeoutMs", options.queryTimeoutMs, { min: 1, max: maxQueryMs, default: 1 });
  const now = () => Number(clock());
  const opened = storage.open(model, { waitMs, now, migrate, logger });
  const connection = opened instanceof Promise ? await opened : opened;
  const system = new System({
    model,
    connection,
    limits: readLimits(options.limits ?? {}),
    clock: now,
    newId: newId === newRecordId ? () => newRecordId() : () => checkId(newId()),
    waitMs,
    transactionMs,
    timeZone,
    fiscalYearStart,
    queryTimeoutMs,
    logger,
    storage: { name: storage.name, capabilities: capabilitiesOf(storage) },
    makeHandle: handleMaker(model),
  });
  return system.handle({
    system,
    actor: null,
    scope: undefined,
    lane: undefined,
    inside: false,
    frames: [],
  }) as unknown as Xrm<R>;
}

/** Refuses what is no model or no storage. */
export function checkParts(call: string, model: Model, storage: Storage): void {
  if (!(model?.entities instanceof Map))
    throw new XrmError("INVALID_OPTIONS", `${call}: model must be what defineModel gave.`, {
      params: { option: "model" },
    });
  if (typeof storage?.open !== "function")
    throw new XrmError("INVALID_OPTIONS", `${call}: storage must be a storage, like sqlite({ file }).`, {
      params: { option: "storage" },
    });
}

function checkId(id: unknown): string {
  if (isRecordId(id)) return id.toLowerCase();
  throw new XrmError("INVALID_OPTIONS", `createXrm: newId gave ${describe(id)}, which is not a UUID.`, {
    params: { option: "newId" },
  });
}

function readLimits(given: Partial<Limits>): Limits {
  onlyKeys("createXrm: limits", given, limitKeys);
  return {
    depth: wholeNumber("createXrm: limits", "depth", given.depth, {
      min: 1,
      max: 100,
      default: defaultQueryLimits.depth,
    }),
    size: wholeNumber("createXrm: limits", "size", given.size, {
      min: 1,
      max: 100_000,
      default: defaultQueryLimits.size,
    }),
    hookDepth: wholeNumber("createXrm: limits", "hookDepth", given.hookDepth, { min: 1, max: 200, default: 16 }),
  };
}

function checkNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return;
  throw new XrmError("NODE_TOO_OLD", `Kith needs Node 22.12 or newer; this is ${process.versions.node}.`, {
    params: { node: process.versions.node },
  });
}
