/** Plain JSON, copied and compared by value. */

import { canonicalText } from "@kith/schema";

/** A record as this storage keeps it: plain JSON, never changed in place. */
export type Rec = Readonly<Record<string, unknown>>;

/** A copy that shares nothing with the original. */
export function copy<T>(value: T): T {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)])) as T;
}

/** Whether two JSON values are the same. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && canonicalText(a) === canonicalText(b));
}
