/** What it means when the database itself refuses what a change makes of the records. */

import { XrmError } from "@kith/core";
import type { SqlContext } from "../context.ts";

/** Turns a driver's error into the one that callers get; others pass unchanged. `shared` says that others were writing meanwhile. */
export function understood({ dialect }: SqlContext, error: unknown, shared: boolean): unknown {
  const failure = dialect.constraint(error);
  if (!failure) return error;
  if (failure.kind === "size") {
    return new XrmError(
      "MODEL_CHANGED",
      `A record would be too large for the database (${failure.says}); nothing was changed: shorten its values, or give the entity fewer fields or indexes.`,
      { cause: error },
    );
  }
  const name = failure.constraint ?? (failure.kind === "unique" ? failure.columns?.join(", ") : undefined);
  const what = name === undefined ? failure.kind : `${failure.kind}: ${name}`;
  if (shared) {
    return new XrmError(
      "PLAN_CHANGED",
      `Records that were written while the model was changed stand in the way (${what}); nothing was changed: make a new plan, which lists them.`,
      { cause: error },
    );
  }
  return new XrmError(
    "MODEL_CHANGED",
    `What the change makes of the records breaks a constraint (${what}); nothing was changed: see that functions which fill fields give a record the same value each time.`,
    { cause: error },
  );
}
