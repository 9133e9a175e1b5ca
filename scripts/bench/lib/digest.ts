/** Comparing answers: equal JSON, whatever the order of keys, gives equal text of a few letters. */

import { createHash } from "node:crypto";

/** The digest of answers. */
export function digest(values: readonly unknown[]): string {
  const hash = createHash("sha1");
  for (const value of values) hash.update(JSON.stringify(sorted(value)) ?? "-").update("\n");
  return hash.digest("base64url").slice(0, 10);
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}
