/** Opening a database, and changing one on request. Safe when several processes do it at once: what is found out before the transaction is found out again inside. */

import {
  type ChangeOrder,
  type ChangePlan,
  type ChangeReport,
  type ChangeRequest,
  type ChangeStep,
  type MaybePromise,
  type Model,
  XrmError,
} from "@kith/core";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { change, isOfModel, leaveWhole, type StoreAccess } from "./carry.ts";
import { planWork, takenNames, type Work } from "./plan.ts";
import { readState, refuseOlder } from "./state.ts";
import { runTask, type Task } from "./task.ts";

const nothingAsked: ChangeRequest = { confirm: new Set(), backfill: {} };

/**
 * Brings a database in line with a model as far as that is safe.
 *
 * @throws {XrmError} NOT_KITH, MODEL_OLDER, MODEL_CHANGED
 */
export function openStore(context: SqlContext, model: Model, access: StoreAccess): MaybePromise<void> {
  return runTask(openTask(context, model, access));
}

function* openTask(context: SqlContext, model: Model, access: StoreAccess): Task<void> {
  if (yield* isOfModel(context, access.session, model)) return yield* leaveWhole(context, access);
  const accept = ({ plan }: Work) => refuseUnsafe(plan, model, access.migrate);
  yield* change(context, model, access, nothingAsked, accept, true);
}

/**
 * Whether a database, such as a backup, was written with this very model. Changes nothing.
 *
 * @throws {XrmError} NOT_KITH, MODEL_OLDER
 */
export function checkStore(context: SqlContext, model: Model, session: SqlSession): MaybePromise<boolean> {
  return runTask(
    (function* () {
      const state = yield* readState(context, session, yield* takenNames(context, session));
      if (!state) throw new XrmError("NOT_KITH", "The database was not made by Kith; give the path of another one.");
      refuseOlder(state, model);
      return state.hash === model.hash && state.version === model.version;
    })(),
  );
}

function refuseUnsafe(plan: ChangePlan, model: Model, migrate: StoreAccess["migrate"]): void {
  const blocking = plan.steps.filter(
    ({ class: kind, action }) =>
      kind === "refused" || kind === "confirm" || (action === "storage.repair" && kind === "destructive"),
  );
  if (blocking.length > 0)
    throw changedError(model, blocking, "the steps from the database's model to this one need a look");
  const wanted = plan.steps.filter(({ class: kind }) => kind === "safe");
  if (migrate === "none" && (plan.steps.length === 0 ? plan.from !== null : true)) {
    if (wanted.length === 0 && plan.from !== null) return;
    throw changedError(model, wanted, "createXrm was told with migrate: 'none' to change nothing");
  }
}

function changedError(model: Model, steps: readonly ChangeStep[], why: string): XrmError {
  const told = steps.slice(0, 5).map(({ summary, offenderCount, advice }) => {
    const many = offenderCount === 1 ? "1 record stands" : `${offenderCount} records stand`;
    const records = offenderCount === undefined ? "" : ` (${many} in the way)`;
    return `${summary}${records}${advice === undefined ? "" : `: ${advice}`}`;
  });
  const more = steps.length > 5 ? `; and ${steps.length - 5} more` : "";
  const entities = [...new Set(steps.map(({ entity }) => entity))];
  return new XrmError(
    "MODEL_CHANGED",
    `The database is of another model, and ${why}: ${told.join("; ")}${more}. Review them with planChanges or 'kith plan', then take them with applyChanges or 'kith apply'.`,
    { entity: entities.length === 1 ? entities[0] : undefined, params: { steps, version: model.version } },
  );
}

/** What it takes to bring a database to a model. */
export function planStore(
  context: SqlContext,
  model: Model,
  request: ChangeRequest,
  access: StoreAccess,
): MaybePromise<ChangePlan> {
  return runTask(
    (function* () {
      return (yield* planWork(context, access.session, model, request, access.now())).plan;
    })(),
  );
}

/**
 * Takes the steps of a plan.
 *
 * @throws {XrmError} PLAN_CHANGED, MODEL_CHANGED, MODEL_OLDER, NOT_KITH, INVALID_OPTIONS
 */
export function applyStore(
  context: SqlContext,
  model: Model,
  order: ChangeOrder,
  access: StoreAccess,
): MaybePromise<ChangeReport> {
  return runTask(
    (function* () {
      const begun = performance.now();
      const accept = (work: Work) => checkOrder(work, model, order);
      const work = (yield* change(context, model, access, order, accept, false)) as Work;
      return reportOf(work.plan, order, begun);
    })(),
  );
}

function checkOrder({ plan }: Work, model: Model, { hash, confirm }: ChangeOrder): void {
  if (hash !== undefined && !plan.hash.startsWith(hash)) {
    throw new XrmError(
      "PLAN_CHANGED",
      "The database or the model has changed since the plan was made; make a new one, review it, and apply that.",
      { params: { given: hash, now: plan.hash } },
    );
  }
  const refused = plan.steps.filter(({ class: kind }) => kind === "refused");
  if (refused.length > 0) throw changedError(model, refused, "some steps cannot be taken with the data as they are");
  const missing = plan.steps.filter(
    ({ id, class: kind, action }) =>
      !confirm.has(id) && (kind === "confirm" || (kind === "destructive" && action === "storage.repair")),
  );
  if (missing.length === 0) return;
  throw changedError(
    model,
    missing,
    `these steps must be confirmed (${missing.map(({ id }) => `'${id}'`).join(", ")})`,
  );
}

function reportOf({ steps, from, to }: ChangePlan, { confirm }: ChangeOrder, begun: number): ChangeReport {
  const left = steps.filter(({ id, class: kind }) => kind === "destructive" && !confirm.has(id));
  return {
    applied: steps.filter((step) => !left.includes(step)).map(({ id }) => id),
    left: left.map(({ id }) => id),
    from,
    to,
    seconds: Math.round(performance.now() - begun) / 1000,
  };
}
