/** For query builders: columns under the names of the record's fields, and what is left to do with the rows that come. */

import type { Row } from "../lib/contender.ts";
import { columns, decimal, json, written } from "./records.ts";

/** `close_date` as `closeDate`. */
export const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `o.close_date as closeDate`, for each column of a record. */
export const selected = (entity: keyof typeof columns, alias?: string): string[] =>
  columns[entity].map((name) => `${alias ? `${alias}.` : ""}${name} as ${camel(name)}`);

/** Values by column, for an insert. */
export function byColumn(entity: keyof typeof written, values: readonly unknown[]): Row {
  const row: Row = {};
  for (const [i, name] of written[entity].entries()) row[name] = values[i];
  return row;
}

/** Finishes a contact that a driver gave: JSON is text in SQLite. */
export function contact(row: Row): Row {
  if (typeof row["tags"] === "string") row["tags"] = json(row["tags"]);
  if (typeof row["custom"] === "string") row["custom"] = json(row["custom"]);
  return row;
}

/** Finishes an opportunity that a driver gave. */
export function opportunity(row: Row): Row {
  row["amount"] = decimal(row["amount"]);
  return row;
}

export function opportunities(rows: Row[]): Row[] {
  for (const row of rows) opportunity(row);
  return rows;
}
