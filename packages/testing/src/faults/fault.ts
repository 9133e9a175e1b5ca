/** What a fault is. */

import type { Rewrites } from "./rewrite.ts";

/** A fault: what goes wrong, and how. */
export interface Fault {
  readonly about: string;
  /** A function where they remember something: called once for each storage. */
  readonly rewrites: Rewrites | (() => Rewrites);
}
