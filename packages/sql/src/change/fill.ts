/** Making the values of columns that were added for them. */

import { XrmError } from "@kith/core";
import { Invalid } from "@kith/schema";
import { sql } from "kysely";
import { fieldBinder } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import { type SqlSession, Statement, type Step } from "../driver.ts";
import type { FieldPlan } from "./fields.ts";
import type { Numbers } from "./numbers.ts";
import { type PassRow, type PassTable, type PassWay, passOver, widthOf } from "./pass.ts";
import type { TablePlan } from "./table-plan.ts";
import { type Task, wait } from "./task.ts";

/** Where and how values are made. */
export interface FillWay extends PassWay {
  /** The table's name now, as statements write it. */
  readonly table: string;
  /** The columns have their new names already. */
  readonly renamed: boolean;
}

/** Makes the values of fields, in the columns that were added for them. */
export function* fillTable(
  context: SqlContext,
  session: SqlSession,
  plan: TablePlan,
  numbers: Numbers,
  { table: name, renamed, ...way }: FillWay,
): Task<void> {
  const wanted = new Set(plan.fills);
  const writes = plan.fills.map((one) => ({
    one,
    bind: fieldBinder(context.dialect, one.field),
    width: widthOf(one.field),
  }));
  const columns = plan.fills.flatMap((one) => one.columns.map(({ from }) => from));
  const set = sql.join(columns.map((column) => sql`${sql.ref(column)} = ${0}`));
  const update = new Statement(
    sql`update ${sql.table(name)} set ${set} where ${sql.ref("id")} = ${""}`.compile(context.db).sql,
  );
  const table: PassTable = {
    entity: plan.entity,
    table: name,
    fields: plan.fields,
    columnNow: (column) => (renamed ? (plan.renames.get(column) ?? column) : column),
    number: numbers.next.bind(numbers),
  };
  function* write(rows: readonly PassRow[], line: SqlSession): Task<void> {
    const steps: Step[] = rows.map((row) => {
      const values: unknown[] = new Array(columns.length + 1).fill(null);
      let at = 0;
      for (const { one, bind, width } of writes) {
        const value = row.record[one.field.name];
        if (value instanceof Invalid) throw unforeseen(one, row.id, value);
        bind(values, at, value);
        at += width;
      }
      values[at] = row.id;
      return { statement: update, values };
    });
    if (line.many) yield* wait(line.many(steps, (error) => error));
    else for (const { statement, values } of steps) yield* wait(line.run(statement, values));
  }
  yield* passOver(context, session, table, wanted, write, way);
}

/** The plan looked at every record in the same transaction; only code that answers otherwise the second time comes here. */
function unforeseen({ field }: FieldPlan, id: string, { message }: Invalid): XrmError {
  return new XrmError(
    "MODEL_CHANGED",
    `The record '${id}' of '${field.entity}' cannot be changed: ${field.name} ${message}.`,
    {
      entity: field.entity,
      field: field.name,
      params: { id },
    },
  );
}
