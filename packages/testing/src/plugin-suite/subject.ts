/** What the plugin suite is given. */

import type { AnyPlugin, Storage, Xrm } from "@kith/core";
import type { FactoryOptions } from "../factory/plan.ts";

type Values = Readonly<Record<string, unknown>>;

/** What `testPlugin` may be told. */
export interface PluginTestOptions extends FactoryOptions {
  /** The plugins that it requires, and what those require. None unless given. */
  readonly with?: readonly AnyPlugin[];
  /** The model's currency, for money fields that name none. None unless given. */
  readonly currency?: string;
  /** A new, empty storage for the records of each test; `memory` of `@kith/memory` is made for it. */
  readonly storage: () => Storage;
  /** Random records for each entity; 8 unless given. */
  readonly records?: number;
  /** Values without which a hook or a check lets no record of an entity through. */
  readonly overrides?: Readonly<Record<string, Values | ((i: number) => Values)>>;
  /** Inputs that operations must take, by operation. A function may create records first. */
  readonly inputs?: Readonly<Record<string, readonly (Values | ((xrm: Xrm<any>) => unknown))[]>>;
}

/** Errors that tell of a defect, whatever the input was. Vetoes, refused values and constraints are not among them. */
export const defects: ReadonlySet<string> = new Set([
  "HOOK_FAILED",
  "HOOK_DEPTH",
  "HOOK_CYCLE",
  "TX_MISUSED",
  "TX_CLOSED",
  "TX_ROLLBACK_ONLY",
  "TX_TIMEOUT",
  "STORAGE_FAILED",
  "INVALID_QUERY",
  "INVALID_OPTIONS",
  "UNKNOWN_ENTITY",
  "UNKNOWN_OPERATION",
]);
