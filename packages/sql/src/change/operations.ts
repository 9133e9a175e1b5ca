/** What is done to a database, in order: statements, and fillings of columns that only JavaScript can make. */

import type { EntityModel } from "@kith/core";
import { sql } from "kysely";
import type { Compilable, SqlContext } from "../context.ts";
import type { Sql } from "../dialect.ts";
import type { TablePlan } from "./table-plan.ts";

/** One operation. */
export type Operation =
  | { readonly kind: "sql"; readonly sql: string; readonly values: readonly unknown[] }
  /** Makes the values of the fields to fill, record by record. */
  | { readonly kind: "fill"; readonly table: TablePlan }
  /** Fills the text index of an entity, which is there and empty. */
  | { readonly kind: "search"; readonly entity: EntityModel };

/** A statement as an operation. */
export function operation({ db }: SqlContext, command: Sql): Operation {
  const { sql: text, parameters } = sql`${command}`.compile(db);
  return { kind: "sql", sql: text, values: parameters };
}

/** What Kysely built as an operation. */
export function built(query: Compilable): Operation {
  const { sql: text, parameters } = query.compile();
  return { kind: "sql", sql: text, values: parameters };
}

/** A text without parameters as an operation. */
export const command = (text: string): Operation => ({ kind: "sql", sql: text, values: [] });

/** The operation for people to review. */
export function shown(one: Operation): string {
  if (one.kind === "search") return `-- ${one.entity.table}: its text index is filled record by record`;
  if (one.kind === "fill") {
    const columns = one.table.fills.flatMap(({ columns: all }) => all.map(({ from }) => from));
    return `-- ${one.table.table}: the values of ${columns.join(", ")} are made record by record`;
  }
  return one.values.length === 0 ? `${one.sql};` : `${one.sql}; -- ${JSON.stringify(one.values, plainly)}`;
}

const plainly = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
