/** Plain JSON, compared by value. */

import { canonicalText } from "@kith/schema";

/** A record as this storage keeps it: plain JSON, never changed in place. */
export type Rec = Readonly<Record<string, unknown>>;

/** Whether two JSON values are the same. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && canonicalText(a) === canonicalText(b));
}
