/** Carrying out the work of a plan, inside a transaction that excludes other writers. */

import { type Model, XrmError } from "@kith/core";
import { Invalid } from "@kith/schema";
import { sql } from "kysely";
import { fieldBinder } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import { type SqlSession, Statement } from "../driver.ts";
import { journalTable } from "../names.ts";
import { fillSearch } from "../search.ts";
import type { FieldPlan } from "./fields.ts";
import { Numbers } from "./numbers.ts";
import { type PassTable, passOver, widthOf } from "./pass.ts";
import type { Work } from "./plan.ts";
import { rowsOf, runSql } from "./query.ts";
import { writeState } from "./state.ts";
import type { TablePlan } from "./table-plan.ts";
import { type Task, wait } from "./task.ts";

/** Does everything, and writes down what the database is now made for. */
export function* runWork(context: SqlContext, session: SqlSession, model: Model, work: Work, now: string): Task<void> {
  const numbers = new Numbers(context, session, now);
  for (const one of work.operations) {
    if (one.kind === "sql") yield* wait(session.run(new Statement(one.sql), one.values));
    else if (one.kind === "search") yield* wait(fillSearch(context, session, one.entity));
    else yield* fillTable(context, session, one.table, numbers);
  }
  yield* numbers.save();
  yield* checkReferences(context, session);
  yield* writeState(context, session, model, work.retired, now);
  if (work.plan.steps.length > 0) yield* writeJournal(context, session, work, now);
}

/** Makes the values of fields, in the columns that were added for them. */
function* fillTable(context: SqlContext, session: SqlSession, plan: TablePlan, numbers: Numbers): Task<void> {
  const wanted = new Set(plan.fills);
  const writes = plan.fills.map((one) => ({
    one,
    bind: fieldBinder(context.dialect, one.field),
    width: widthOf(one.field),
  }));
  const columns = plan.fills.flatMap((one) => one.columns.map(({ from }) => from));
  const set = sql.join(columns.map((column) => sql`${sql.ref(column)} = ${0}`));
  const update = new Statement(
    sql`update ${sql.table(plan.table)} set ${set} where ${sql.ref("id")} = ${""}`.compile(context.db).sql,
  );
  const renames = new Map([...plan.renames]);
  const table: PassTable = {
    entity: plan.entity,
    table: plan.table,
    fields: plan.fields,
    columnNow: (name) => renames.get(name) ?? name,
    number: numbers.next.bind(numbers),
  };
  yield* passOver(context, session, table, wanted, function* (rows) {
    for (const row of rows) {
      const values: unknown[] = new Array(columns.length + 1).fill(null);
      let at = 0;
      for (const { one, bind, width } of writes) {
        const value = row.record[one.field.name];
        if (value instanceof Invalid) throw unforeseen(one, row.id, value);
        bind(values, at, value);
        at += width;
      }
      values[at] = row.id;
      yield* wait(session.run(update, values));
    }
  });
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

/** Foreign keys are not enforced while tables are made anew; what would break one undoes everything. */
function* checkReferences(context: SqlContext, session: SqlSession): Task<void> {
  const { brokenReferences } = context.dialect;
  if (!brokenReferences) return;
  const rows = yield* rowsOf(context, session, brokenReferences);
  const [first] = rows;
  if (!first) return;
  const [table, row, parent] = first.map(String);
  throw new XrmError(
    "MODEL_CHANGED",
    `The table '${table}' names records of '${parent}' that are not there (${rows.length === 1 ? "" : `${rows.length} times, first in `}the row whose rowid is ${row}); somebody wrote past Kith. Correct or delete them, then try again.`,
    { params: { table, parent, rows: rows.length } },
  );
}

function* writeJournal(context: SqlContext, session: SqlSession, { plan }: Work, now: string): Task<void> {
  const { from, to, steps } = plan;
  const entry = JSON.stringify({
    from,
    to,
    steps: steps.map(({ id, class: kind, summary, rows }) => ({ id, class: kind, summary, rows })),
  });
  const id = `${now} ${plan.hash.slice(0, 12)}`;
  yield* runSql(
    context,
    session,
    sql`insert into ${sql.table(context.own(journalTable))} ("id", "begun_at", "ended_at", "entry") values (${id}, ${now}, ${now}, ${entry})
      on conflict ("id") do update set "entry" = excluded."entry"`,
  );
}
