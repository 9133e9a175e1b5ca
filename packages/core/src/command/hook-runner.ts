/** Running hooks: in order, attributed to their plugin, and never without end. */

import { copyJson } from "@kith/schema";
import type { Context } from "../context/context.ts";
import { flow, Lane } from "../context/lane.ts";
import type { TransactionScope } from "../context/scope.ts";
import type { Frame, Session } from "../context/session.ts";
import { type ErrorDetails, XrmError } from "../errors.ts";
import type { HookEntry, HookEvent } from "../hooks/hooks.ts";

/** The hooks of one entity, by event, in the order in which they run; absent when there are none. */
export type EntityHookLists = { readonly [E in HookEvent]?: readonly HookEntry[] };

/** Sorts a model's hooks by entity, once. */
export function hookLists(hooks: readonly HookEntry[], entity: string): EntityHookLists {
  const lists: { [E in HookEvent]?: HookEntry[] } = {};
  for (const hook of hooks) {
    if (hook.entity !== entity && hook.entity !== "*") continue;
    const list = lists[hook.event] ?? [];
    list.push(hook);
    lists[hook.event] = list;
  }
  return lists;
}

/** What a hook is given besides its context. */
export type HookArguments = Readonly<Record<string, unknown>>;

/** Runs the hooks of one event for one record. */
export async function runHooks(
  session: Session,
  hooks: readonly HookEntry[],
  entity: string,
  id: string | undefined,
  args: HookArguments,
): Promise<void> {
  for (const [i, hook] of hooks.entries()) {
    const label = `${hook.plugin}: ${entity}.${hook.event}`;
    const frames = pushFrame(session, { label, id }, entity);
    const lane = new Lane(session.scope as TransactionScope, session.lane);
    const ctx = contextOf({ ...session, frames, lane, inside: false });
    // What a hook does to its copies is not seen by the next.
    const own = i < hooks.length - 1 ? copies(args) : args;
    try {
      await flow.run(lane, () => (hook.run as (e: unknown) => unknown)({ entity, ...own, ctx }));
    } catch (error) {
      throw error instanceof XrmError ? error : hookError(hook, entity, label, error);
    } finally {
      // Calls that the hook did not await are part of its command all the same.
      await lane.untilIdle();
      lane.ended = true;
    }
  }
}

/** What a hook may look at, copied; `values` are there to be changed. */
function copies(args: HookArguments): HookArguments {
  const { row, previous, changed } = args;
  return {
    ...args,
    ...(row === undefined ? {} : { row: copyJson(row) }),
    ...(previous === undefined ? {} : { previous: copyJson(previous) }),
    ...(changed === undefined ? {} : { changed: new Set(changed as Set<string>) }),
  };
}

/** The context that hooks and handlers get: the session's own transaction and actor. */
export function contextOf(session: Session): Context {
  const { system, actor, scope } = session;
  return { actor, now: scope?.now ?? system.now(), xrm: system.handle(session) };
}

function pushFrame(session: Session, frame: Frame, entity: string): readonly Frame[] {
  const { frames, system } = session;
  const again = frames.findIndex((one) => one.label === frame.label && one.id === frame.id && one.id !== undefined);
  const trail = (from: number) => [...frames.slice(from), frame].map((one) => one.label).join(" → ");
  if (again >= 0) {
    throw new XrmError(
      "HOOK_CYCLE",
      `A hook came back to itself for the same record: ${trail(again)}. Let it write only when something has to change.`,
      {
        entity,
        params: { id: frame.id },
      },
    );
  }
  if (frames.length >= system.limits.hookDepth) {
    throw new XrmError(
      "HOOK_DEPTH",
      `Hooks called each other more than ${system.limits.hookDepth} deep: ${trail(Math.max(0, frames.length - 4))}.`,
      { entity },
    );
  }
  return [...frames, frame];
}

function hookError(hook: HookEntry, entity: string, label: string, cause: unknown): XrmError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const details: ErrorDetails = { entity, plugin: hook.plugin, cause };
  return new XrmError("HOOK_FAILED", `The hook ${label} failed: ${why}. Nothing was written.`, details);
}
