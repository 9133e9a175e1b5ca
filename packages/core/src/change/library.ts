/** Changing a database's model: plan, apply, drift. What a storage can do about it, the storage says; these check options and ask it. */

import { didYouMean, printable } from "@kith/schema";
import { XrmError } from "../errors.ts";
import { processLogger } from "../logger.ts";
import type { Model } from "../model/model.ts";
import { onlyKeys, wholeNumber } from "../options.ts";
import type { Storage, StorageChanges, StorageOptions } from "../storage/storage.ts";
import { checkParts } from "../xrm.ts";
import type { Backfill, ChangePlan, ChangeReport, ChangeRequest, Drift } from "./plan.ts";

/** What {@link planChanges}, {@link applyChanges} and {@link findDrift} have in common. */
export interface ChangeOptions {
  /** The model to change the database to. */
  readonly model: Model;
  /** Where the database is. Nobody needs to have it open. */
  readonly storage: Storage;
  /** How long to wait for the database or its writer, in milliseconds; 10,000 unless given. */
  readonly waitMs?: number;
  /** Gives the time: milliseconds since 1970, or a Date. `Date.now` unless given. */
  readonly clock?: () => number | Date;
}

/** Options of {@link planChanges}. */
export interface PlanOptions extends ChangeOptions {
  /** The ids of steps that will be confirmed, so that the plan's statements hold them. */
  readonly confirm?: readonly string[];
  /** Values for records that lack one, see {@link ApplyOptions}. */
  readonly backfill?: Backfill;
}

/** Options of {@link applyChanges}. */
export interface ApplyOptions extends ChangeOptions {
  /** The plan that was reviewed, its hash, or at least the first 8 characters of that. Left out: whatever the plan is now. */
  readonly plan?: ChangePlan | string;
  /** The ids of the steps that need a yes and get it: each of class `confirm` must be here, and each `destructive` one that is wanted. */
  readonly confirm?: readonly string[];
  /** Values for records that lack one, by `entity.field`: a value, or a function of the record. */
  readonly backfill?: Backfill;
}

const common = ["model", "storage", "waitMs", "clock"] as const;
/** The keys that `planChanges` takes. */
export const planKeys = [...common, "confirm", "backfill"] as const;
/** The keys that `applyChanges` takes. */
export const applyKeys = [...common, "plan", "confirm", "backfill"] as const;
/** The keys that `findDrift` takes. */
export const driftKeys = common;

/**
 * What it takes to bring a database to a model, as plain data for people to review: every step with its class, the records it touches, about how long it
 * takes, and the records that stand in its way. Changes nothing.
 *
 * @throws {XrmError} INVALID_OPTIONS, MODEL_OLDER, NOT_KITH, and what opening the storage throws
 * @example
 * const plan = await planChanges({ model, storage: sqlite({ file: 'crm.db' }) })
 * for (const step of plan.steps) console.log(step.class, step.summary)
 */
export async function planChanges(options: PlanOptions): Promise<ChangePlan> {
  const { changes, settings, model, storage } = read("planChanges", options, planKeys);
  const request = requestOf("planChanges", options);
  return changes ? changes.plan(model, request, settings) : nothingToDo(model, storage);
}

/**
 * Takes the steps of a plan, all or none. Steps of class `safe` need no yes; those of class `confirm` must all be
 * confirmed; a `destructive` one that is not confirmed is left out, and what it would throw away stays.
 *
 * @throws {XrmError} INVALID_OPTIONS, PLAN_CHANGED, MODEL_CHANGED, MODEL_OLDER, NOT_KITH, BUSY, and what opening the storage throws
 * @example
 * await applyChanges({ model, storage, plan, confirm: ['field.drop:account.fax'] })
 */
export async function applyChanges(options: ApplyOptions): Promise<ChangeReport> {
  const { changes, settings, model, storage } = read("applyChanges", options, applyKeys);
  const { plan } = options;
  const hash = typeof plan === "object" && plan !== null ? plan.hash : plan;
  if (hash !== undefined && !(typeof hash === "string" && /^[0-9a-f]{8,64}$/.test(hash)))
    throw invalid(
      "applyChanges",
      "plan",
      "must be what planChanges gave, its hash, or the first 8 characters of that or more",
    );
  const request = requestOf("applyChanges", options);
  if (!changes) {
    const { from, to } = nothingToDo(model, storage);
    return { applied: [], left: [], from, to, seconds: 0 };
  }
  return changes.apply(model, { ...request, hash }, settings);
}

/**
 * How a database differs from what Kith made of it: tables, columns, indexes and constraints that somebody removed, added or changed by hand. Empty when
 * nothing does. Changes nothing; `applyChanges` mends what can be mended.
 *
 * @throws {XrmError} INVALID_OPTIONS, NOT_KITH, and what opening the storage throws
 * @example for (const { message } of await findDrift({ model, storage })) console.warn(message)
 */
export async function findDrift(options: ChangeOptions): Promise<Drift[]> {
  const { changes, settings, model } = read("findDrift", options, driftKeys);
  return changes ? changes.drift(model, settings) : [];
}

function read(
  call: string,
  options: ChangeOptions,
  known: readonly string[],
): { model: Model; storage: Storage; changes: StorageChanges | undefined; settings: StorageOptions } {
  if (options === null || typeof options !== "object")
    throw new XrmError("INVALID_OPTIONS", `${call} takes an object: { model, storage }.`);
  onlyKeys(call, options, known);
  const { model, storage, clock = Date.now } = options;
  checkParts(call, model, storage);
  if (typeof clock !== "function") throw invalid(call, "clock", "must be a function");
  const waitMs = wholeNumber(call, "waitMs", options.waitMs, { min: 0, max: 600_000, default: 10_000 });
  const settings = { waitMs, now: () => Number(clock()), migrate: "none" as const, logger: processLogger };
  return { model, storage, changes: storage.changes, settings };
}

function requestOf(call: string, { model, confirm = [], backfill = {} }: PlanOptions): ChangeRequest {
  if (!Array.isArray(confirm) || !confirm.every((id) => typeof id === "string"))
    throw invalid(call, "confirm", "must be a list of steps' ids");
  if (backfill === null || typeof backfill !== "object" || Array.isArray(backfill))
    throw invalid(call, "backfill", "must be an object: { 'entity.field': value or function }");
  checkBackfill(call, model, backfill);
  return { confirm: new Set(confirm), backfill };
}

/** A value for a field that is not there would be thrown away without a word. */
function checkBackfill(call: string, model: Model, backfill: Backfill): void {
  for (const key of Object.keys(backfill)) {
    const [entity = "", name = ""] = key.split(".");
    const found = model.entities.get(entity);
    if (found?.fields.some((field) => field.name === name) && key === `${entity}.${name}`) continue;
    const known = [...model.entities.values()].flatMap((one) => one.fields.map((field) => `${one.name}.${field.name}`));
    const message = `names '${printable(key)}', which is no 'entity.field' of the model.${didYouMean(key, known)}`;
    throw new XrmError("INVALID_OPTIONS", `${call}: backfill ${message}`, { params: { option: "backfill" } });
  }
}

function invalid(call: string, option: string, message: string): XrmError {
  return new XrmError("INVALID_OPTIONS", `${call}: ${option} ${message}.`, { params: { option } });
}

/** A storage without changes begins empty each time it is opened. */
function nothingToDo(model: Model, storage: Storage): ChangePlan {
  const { version, hash } = model;
  return { hash, storage: storage.name, from: null, to: { version, hash }, steps: [], statements: [] };
}
