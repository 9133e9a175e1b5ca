/** Declaring hooks: code that runs inside an operation's transaction, before or after the write. */

import type { Create, Row, Update } from "@kith/schema";
import type { Context } from "../context/context.ts";
import { XrmError } from "../errors.ts";

/** When a hook runs. */
export const hookEvents = [
  "beforeCreate",
  "beforeUpdate",
  "beforeDelete",
  "afterCreate",
  "afterUpdate",
  "afterDelete",
] as const;
/** One of {@link hookEvents}. */
export type HookEvent = (typeof hookEvents)[number];

type Done = void | Promise<void>;

/** The hooks of one entity. `values` may be changed; what a hook changed is checked again. Throwing refuses the write. */
export interface EntityHooks<R, N extends keyof R> {
  /** Before a record is made: defaults are filled in, values are in normal form. */
  beforeCreate?(e: { values: Create<R, N>; ctx: Context<R> }): Done;
  /** Before a record changes. `values` holds what is to change. */
  beforeUpdate?(e: { id: string; values: Update<R, N>; previous: Row<R, N>; ctx: Context<R> }): Done;
  /** Before a record is deleted. */
  beforeDelete?(e: { id: string; previous: Row<R, N>; ctx: Context<R> }): Done;
  /** After the record was written, in the same transaction. */
  afterCreate?(e: { row: Row<R, N>; ctx: Context<R> }): Done;
  /** After the change was written, in the same transaction. Does not run when nothing changed. */
  afterUpdate?(e: {
    row: Row<R, N>;
    previous: Row<R, N>;
    changed: ReadonlySet<keyof Row<R, N>>;
    ctx: Context<R>;
  }): Done;
  /** After the record was deleted, in the same transaction. */
  afterDelete?(e: { id: string; previous: Row<R, N>; ctx: Context<R> }): Done;
}

/** The hooks of every entity; the one hook that runs for all is under `*`. */
export type AnyHooks = {
  readonly [K in HookEvent]?: (e: {
    readonly entity: string;
    readonly id?: string;
    readonly values?: Record<string, unknown>;
    readonly row?: Record<string, unknown>;
    readonly previous?: Record<string, unknown>;
    readonly changed?: ReadonlySet<string>;
    readonly ctx: Context<any>;
  }) => Done;
};

/** Hooks by entity. */
export type Hooks<R> = { readonly [N in keyof R]?: EntityHooks<R, N> } & { readonly "*"?: AnyHooks };

/** Hooks as a model holds them, in the order in which they run. */
export interface HookEntry {
  readonly plugin: string;
  /** An entity's name, or `*`. */
  readonly entity: string;
  readonly event: HookEvent;
  readonly run: (e: never) => Done;
}

/**
 * Types a plugin's hooks by the entities they see. Hooks run in the order of plugins, then as declared; those under `*` after the entity's own
 * of the same plugin.
 *
 * @example
 * const hooks = defineHooks<Entities>()({
 *   opportunity: { beforeUpdate({ values, ctx }) { if (values.stage === 'won') values.closedOn = ctx.now.slice(0, 10) } },
 * })
 */
export function defineHooks<R>(...none: readonly []): (hooks: Hooks<R>) => Hooks<R> {
  if ((none as readonly unknown[]).length > 0) {
    throw new XrmError(
      "INVALID_OPTIONS",
      "defineHooks takes the hooks in a second call: defineHooks<Entities>()({ account: { … } }).",
    );
  }
  return (hooks) => hooks;
}
