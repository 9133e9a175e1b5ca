/** Making the values of columns that were added for them. */

import { XrmError } from "@kith/core";
import { Invalid } from "@kith/schema";
import { sql } from "kysely";
import { fieldBinder } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import { type SqlSession, Statement, type Step } from "../driver.ts";
import { uniqueSets } from "./desired.ts";
import type { Numbers } from "./numbers.ts";
import { look } from "./offenders.ts";
import { type PassRow, type PassTable, type PassWay, passOver, widthOf } from "./pass.ts";
import type { TablePlan } from "./table-plan.ts";
import { type Task, wait } from "./task.ts";

/** Where and how values are made. */
export interface FillWay extends PassWay {
  /** The table's name now, as statements write it. */
  readonly table: string;
  /** The columns have their new names already. */
  readonly renamed: boolean;
  /** The table of one of the model's entities now, as statements write it; undefined when it is not there. */
  readonly tableNow: (entity: string) => string | undefined;
}

/** Makes the values of fields, in the columns that were added for them. */
export function* fillTable(
  context: SqlContext,
  session: SqlSession,
  plan: TablePlan,
  numbers: Numbers,
  { table: name, renamed, tableNow, ...way }: FillWay,
): Task<void> {
  // A column's default gives some values; checks look at those too.
  const given = plan.fields.filter(({ mode, filler }) => mode === "add" && filler?.kind === "value");
  const wanted = new Set([...plan.fills, ...given]);
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
  const shared = way.apart !== undefined || way.where !== undefined;
  const again = lookAgain(context, plan, tableNow, shared);
  function* write(rows: readonly PassRow[], line: SqlSession): Task<void> {
    const steps: Step[] = rows.map((row) => {
      const values: unknown[] = new Array(columns.length + 1).fill(null);
      let at = 0;
      for (const { one, bind, width } of writes) {
        const value = row.record[one.field.name];
        if (value instanceof Invalid)
          throw unforeseen(plan, row.id, `${one.field.name} ${value.message}`, one.field.name, shared);
        bind(values, at, value);
        at += width;
      }
      values[at] = row.id;
      return { statement: update, values };
    });
    if (again) yield* again(rows, line);
    if (line.many) yield* wait(line.many(steps, (error) => error));
    else for (const { statement, values } of steps) yield* wait(line.run(statement, values));
  }
  yield* passOver(context, session, table, wanted, write, way);
}

/** The fields that functions of the application fill, which may answer otherwise the second time. */
const filledByCode = ({ fills }: TablePlan) => fills.filter(({ filler }) => filler?.kind === "each");

/** Looks once more at what functions have made, before it is written: the database would not say which record it was. */
function lookAgain(
  context: SqlContext,
  plan: TablePlan,
  tableNow: FillWay["tableNow"],
  shared: boolean,
): ((rows: readonly PassRow[], session: SqlSession) => Task<void>) | undefined {
  const made = filledByCode(plan);
  if (made.length === 0) return undefined;
  const { entity } = plan;
  const uniques = uniqueSets(entity)
    .filter(({ fields }) => made.some(({ field }) => fields.includes(field)))
    .map((set, i) => ({ key: `unique ${i}`, ...set }));
  const references = made.flatMap(({ field, columns }) =>
    columns.flatMap(({ spec }) =>
      spec.references === undefined
        ? []
        : [{ key: spec.name, field, column: spec.name, table: tableNow(spec.references) }],
    ),
  );
  const checks = new Set(entity.checks.map(({ name }) => name));
  const { found, visit } = look(context, plan, { fields: new Set(made), uniques, references, checks });
  return function* (rows, session) {
    yield* visit(rows, session);
    for (const { first } of found.values()) {
      const [offender] = first;
      if (!offender) continue;
      const names = made.map(({ field }) => field.name);
      const told = names.filter((name) => Object.hasOwn(offender.values, name));
      throw unforeseen(plan, offender.id, offender.message, (told.length > 0 ? told : names).join(", "), shared);
    }
  };
}

/** The plan looked at every record: what comes here was made by code that answers otherwise the second time, or is of a record that others wrote meanwhile. */
function unforeseen(plan: TablePlan, id: string, why: string, names: string, shared: boolean): XrmError {
  const entity = plan.entity.name;
  const field = names.includes(",") ? undefined : names;
  const advice = `${shared ? "Make a new plan, which lists it if somebody wrote it meanwhile; otherwise what" : "What"} fills ${names} must give a record the same value each time it is called`;
  return new XrmError(
    shared ? "PLAN_CHANGED" : "MODEL_CHANGED",
    `The record '${id}' of '${entity}' cannot be changed: ${why}. Nothing was changed. ${advice}.`,
    { entity, field, params: { id } },
  );
}
