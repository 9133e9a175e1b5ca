/** On whose behalf, in which transaction, and how deep in hooks a call runs. Every handle has one. */

import type { System } from "../system.ts";
import type { Actor } from "./actor.ts";
import type { Lane } from "./lane.ts";
import type { TransactionScope } from "./scope.ts";

/** A running hook, for messages and against endless loops. */
export interface Frame {
  /** `sales: opportunity.afterUpdate`. */
  readonly label: string;
  /** The record that it runs for; undefined before it has an id. */
  readonly id: string | undefined;
}

/** What a handle is bound to. */
export interface Session {
  readonly system: System;
  readonly actor: Actor | null;
  readonly scope: TransactionScope | undefined;
  /** Where calls take turns; in every transaction there is one. */
  readonly lane: Lane | undefined;
  /** Part of a command that has its turn in `lane`: it does not queue behind itself. */
  readonly inside: boolean;
  /** The hooks that led here, outermost first. */
  readonly frames: readonly Frame[];
}
