/** What a table that is wanted has otherwise than the one that is there, in words. */

import type { ColumnSpec, IndexSpec, TableSpec } from "./tables.ts";

/** The differences, one sentence part each; empty when there are none. */
export function tableDiff(stored: TableSpec, wanted: TableSpec): string[] {
  return [
    ...(stored.table === wanted.table ? [] : [`the table '${stored.table}' would be named '${wanted.table}'`]),
    ...compare(stored.columns, wanted.columns, "column", columnText),
    ...compare(stored.indexes, wanted.indexes, "index", indexText),
  ];
}

function compare<T extends { readonly name: string }>(
  stored: readonly T[],
  wanted: readonly T[],
  what: string,
  text: (one: T) => string,
): string[] {
  const before = new Map(stored.map((one) => [one.name, one]));
  const after = new Map(wanted.map((one) => [one.name, one]));
  const found: string[] = [];
  for (const [name, one] of after) {
    const old = before.get(name);
    if (!old) found.push(`${what} '${name}' (${text(one)}) is new`);
    else if (text(old) !== text(one)) found.push(`${what} '${name}' is ${text(old)} and would be ${text(one)}`);
  }
  for (const name of before.keys()) if (!after.has(name)) found.push(`${what} '${name}' is no longer wanted`);
  return found;
}

function columnText({ type, required, references }: ColumnSpec): string {
  return [
    type,
    ...(required ? ["required"] : []),
    ...(references === undefined ? [] : [`referring to ${references}`]),
  ].join(", ");
}

function indexText({ columns, unique }: IndexSpec): string {
  return `${unique ? "unique" : "plain"} on ${columns.join(", ")}`;
}
