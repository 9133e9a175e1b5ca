/** What gets another name with its entity or field: tables, counters, and what refers to them. */

import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import { sequenceTable } from "../names.ts";
import type { DbTable } from "./introspect.ts";
import { type Operation, operation } from "./operations.ts";
import type { TablePlan } from "./table-plan.ts";

/** Tables get the names of their entities. */
export function renameTables(context: SqlContext, tables: readonly TablePlan[]): Operation[] {
  return tables
    .filter(({ db, table }) => db.name !== table)
    .map(({ db, table }) => operation(context, sql`alter table ${sql.table(db.name)} rename to ${sql.ref(table)}`));
}

/** Counters are named after the entity and the field that they belong to. */
export function renameCounters(context: SqlContext, tables: readonly TablePlan[]): Operation[] {
  const counters = sql.table(context.own(sequenceTable));
  return tables.flatMap(({ match, entity, fields }) =>
    fields.flatMap(({ field, old }) => {
      const before = `${match.old?.name}.${old?.name}:`;
      const after = `${entity.name}.${field.name}:`;
      if (!field.type.generate || !old || before === after) return [];
      return [
        // Those of a field that had the name once, and is gone.
        operation(context, sql`delete from ${counters} where substr("name", 1, ${sql.lit(after.length)}) = ${after}`),
        operation(
          context,
          sql`update ${counters} set "name" = ${after} || substr("name", ${sql.lit(before.length + 1)}) where substr("name", 1, ${sql.lit(before.length)}) = ${before}`,
        ),
      ];
    }),
  );
}

/** The table after the tables that it refers to have their new names. */
export function renamedTable(db: DbTable, tables: readonly TablePlan[]): DbTable {
  const names = new Map(tables.map((plan) => [plan.db.name, plan.table]));
  return { ...db, references: db.references.map((one) => ({ ...one, table: names.get(one.table) ?? one.table })) };
}
