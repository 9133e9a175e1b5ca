/** What a new shape is made from: a query is scanned, then parsed, and both must see the same. */

import { isPlainObject } from "@kith/schema";

/** Deeper than any query that is within its limits: what is below are operands, which are refused for it. */
const deepest = 500;

/**
 * A copy of the plain objects and lists in a value; everything else stands in it as it is. A getter or a proxy may give another value at each reading: a
 * plan must not be kept under the key of what it was not made of.
 */
export function plainCopy(value: unknown, depth = 0, seen: Map<object, unknown> = new Map()): unknown {
  const list = Array.isArray(value);
  if (depth > deepest || (!list && !isPlainObject(value))) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  // Without a prototype, so that `__proto__` is a key like any other.
  const copy: unknown[] | Record<string, unknown> = list ? [] : Object.create(null);
  seen.set(value, copy);
  if (list) for (const item of value as unknown[]) (copy as unknown[]).push(plainCopy(item, depth + 1, seen));
  else for (const key in value) (copy as Record<string, unknown>)[key] = plainCopy(value[key], depth + 1, seen);
  return copy;
}
