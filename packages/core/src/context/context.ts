/** What hooks and handlers are given. */

import type { Xrm } from "../repository/xrm-types.ts";
import type { Actor } from "./actor.ts";

/** Who, when, and the handle to go on with. */
export interface Context<R = any> {
  /** Who acts; null when the call came without an actor. */
  readonly actor: Actor | null;
  /** The transaction's instant, in UTC with milliseconds: the same for everything in it. */
  readonly now: string;
  /** The system, inside the running transaction. Anything read or written goes through it. */
  readonly xrm: Xrm<R>;
}
