/** What names may look like, which are taken, and which declared name is nearest to a misspelt one. */

import { describe } from "./issue.ts";

const pattern = /^[a-z][A-Za-z0-9]{0,39}$/;

/** The operators that hold a value against others. */
export const comparingWords: readonly string[] = [
  "eq",
  "ne",
  "in",
  "notIn",
  "gt",
  "gte",
  "lt",
  "lte",
  "between",
  "contains",
  "startsWith",
  "endsWith",
];

/** Operator words: a filter tells `{ amount: { gt: 5 } }` from `{ account: { name: 'x' } }` by them alone. */
export const operatorNames: readonly string[] = [...comparingWords, "hasSome", "hasEvery", "near", "within", "isNull"];

const quantifiers = ["some", "every", "none"];
const connectives = ["and", "or", "not"];

/** The fields that every record has, in the order in which records show them. */
export const systemFieldNames: readonly string[] = [
  "id",
  "version",
  "createdAt",
  "createdBy",
  "updatedAt",
  "updatedBy",
];

/** Names of system fields to come; taken now, so that no model has to rename a field then. */
const comingFields = ["tenant", "owner", "deletedAt"];

/** The properties of `xrm` that belong to the engine. */
export const reservedEntityNames: readonly string[] = ["as", "transaction", "entity", "invoke", "close", "unsafe"];

/** Columns that PostgreSQL's own tables have. */
const databaseFields = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

const objectNames = [...Object.getOwnPropertyNames(Object.prototype), "prototype", "then", "toJSON"];

/** Field names that no entity may declare. */
export const reservedFieldNames: ReadonlySet<string> = new Set([
  ...operatorNames,
  ...quantifiers,
  ...connectives,
  ...systemFieldNames,
  ...comingFields,
  ...databaseFields,
  ...objectNames,
]);

const reservedEntities: ReadonlySet<string> = new Set([...reservedEntityNames, ...objectNames]);

/**
 * Why `name` cannot name an entity, or undefined when it can.
 *
 * @example entityNameProblem('Account') // 'must match …'
 */
export function entityNameProblem(name: unknown): string | undefined {
  const problem = nameProblem(name);
  if (problem) return problem;
  if (reservedEntities.has(name as string)) return `'${String(name)}' is taken by the engine; choose another name`;
  if (/^kith([A-Z]|$)/.test(name as string)) return `names that begin with 'kith' are kept for the engine's own tables`;
  return undefined;
}

/** Why `name` cannot name a field, or undefined when it can. */
export function fieldNameProblem(name: unknown): string | undefined {
  const problem = nameProblem(name);
  if (problem) return problem;
  if (/^kith([A-Z]|$)/.test(name as string))
    return `names that begin with 'kith' are kept for the engine's own columns`;
  if (reservedFieldNames.has(name as string)) return `'${String(name)}' is taken by the engine; choose another name`;
  return undefined;
}

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== "string") return `a name must be a string, not ${typeof name}`;
  if (pattern.test(name)) return undefined;
  if (name.length > 40) return `a name has at most 40 characters, this one has ${name.length}`;
  return `'${printable(name)}' must begin with a small letter and hold only letters and digits (a-z, A-Z, 0-9)`;
}

/**
 * The form in which a name is stored: `closedOn` → `closed_on`, `line2` → `line2`.
 *
 * @example snakeCase('createdAt') // 'created_at'
 */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
}

const longestStored = 60;

/** A stored name that fits every database: what is too long is cut, and ends in a mark of the whole. */
export function fittingName(name: string): string {
  return name.length <= longestStored ? name : `${name.slice(0, longestStored - 9)}_${mark(name)}`;
}

/** FNV-1a, eight hex digits. */
function mark(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** A name cut and made safe to stand in a message. */
export function printable(name: unknown, max = 60): string {
  const text =
    typeof name === "string"
      ? name
      : typeof name === "object" || typeof name === "function"
        ? describe(name)
        : String(name);
  const clean = text.replace(/[\p{C}\p{Z}]/gu, (c) => (c === " " ? " " : `\\u{${c.codePointAt(0)?.toString(16)}}`));
  return clean.length > max ? `${clean.slice(0, max)}…` : clean;
}

/** The candidate that is nearest to a misspelt name, if one is near enough to be meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > 80) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestShared = 0;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    // What only breaks off early is near, however much is missing: 'order' means 'orderBy'.
    const begun = wanted.length >= 3 && other.startsWith(wanted);
    const distance = begun ? 1 : editDistance(wanted, other, bestDistance + 1);
    const shared = sharedEnds(wanted, other);
    // Among equally near names, the one that begins and ends most alike: 'acount' means 'account', not 'amount'.
    if (distance < bestDistance || (best !== undefined && distance === bestDistance && shared > bestShared)) {
      best = candidate;
      bestDistance = distance;
      bestShared = shared;
    }
  }
  return best;
}

function sharedEnds(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let front = 0;
  while (front < length && a[front] === b[front]) front++;
  let back = 0;
  while (back < length && a[a.length - 1 - back] === b[b.length - 1 - back]) back++;
  return front + back;
}

/** ` Did you mean 'x'?`, or nothing: the tail of a message about an unknown name. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates);
  return near === undefined ? "" : ` Did you mean '${near}'?`;
}

/** Optimal string alignment distance; gives `limit` as soon as it cannot be below it. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((previous[j] as number) + 1, (row[j - 1] as number) + 1, (previous[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (before[j - 2] as number) + 1);
      }
      row.push(value);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] as number;
}
