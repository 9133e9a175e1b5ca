/** Plain JSON: its type, its limits, and one canonical form. */

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON Schema document (2020-12), loosely typed on purpose: it is data for others to read. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** True for an object as JSON has it: no list, no class instance, no Map or Date; of whichever realm. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Deepest nesting that a JSON value may have. */
export const maxJsonDepth = 64;

/** A copy of plain JSON that shares nothing with it; many times as quick as `structuredClone`. */
export function copyJson<T>(value: T): T {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(copyJson) as T;
  const copy = { ...value };
  for (const key in copy) if (typeof copy[key] === "object") copy[key] = copyJson(copy[key]);
  return copy;
}

/** What keeps a value from being plain JSON, and where. */
export interface JsonProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * A copy of `value` in canonical form (keys sorted, -0 as 0), or why it is not plain JSON: cycles, depth, functions, class instances,
 * NaN, undefined, NUL, lone surrogates.
 */
export function canonicalJson(value: unknown): { value: Json } | { problem: JsonProblem } {
  try {
    return { value: canonical(value, []) };
  } catch (error) {
    if (error instanceof NotJson) return { problem: error };
    throw error;
  }
}

/** The canonical text of a value that is known to be plain JSON: equal values give equal text. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(canonical(value, []));
}

class NotJson extends Error implements JsonProblem {
  readonly path: readonly (string | number)[];
  constructor(path: readonly (string | number)[], message: string) {
    super(message);
    this.path = [...path];
  }
}

function canonical(value: unknown, path: (string | number)[]): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (!value.isWellFormed() || value.includes("\0")) throw new NotJson(path, "holds NUL or half of a character");
    return value;
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new NotJson(path, `is ${value}, which JSON cannot hold`);
    return value + 0;
  }
  if (typeof value !== "object") throw new NotJson(path, `is a ${typeof value}, which JSON cannot hold`);
  if (path.length >= maxJsonDepth)
    throw new NotJson(path, `is nested deeper than ${maxJsonDepth} levels, or holds itself`);
  if (Array.isArray(value)) return Array.from(value, (item, i) => inside(item, i, path));
  if (!isPlainObject(value)) {
    throw new NotJson(path, `is a ${value.constructor?.name ?? "class instance"}, not a plain object`);
  }
  const sorted: Record<string, Json> = {};
  for (const key of Object.keys(value).sort()) {
    if (key === "__proto__") throw new NotJson([...path, key], "is a key that cannot be kept");
    if (!key.isWellFormed() || key.includes("\0")) throw new NotJson(path, "has a key with NUL or half of a character");
    const item = (value as Record<string, unknown>)[key];
    if (item !== undefined) sorted[key] = inside(item, key, path);
  }
  return sorted;
}

/** One level deeper. The path is kept in one list, which only a problem copies. */
function inside(value: unknown, key: string | number, path: (string | number)[]): Json {
  path.push(key);
  const found = canonical(value, path);
  path.pop();
  return found;
}
