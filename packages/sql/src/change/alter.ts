/** Putting a table in order where it can be altered: nothing is copied that does not change. */

import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import { foreignKeyName, stagedPrefix } from "../names.ts";
import { isOwn, sameIndex } from "./compare.ts";
import { addCheck, addEmptyColumn, addForeignKey, createIndex, type TableOf } from "./ddl.ts";
import type { IndexSpec } from "./desired.ts";
import type { DbState, DbTable } from "./introspect.ts";
import { type Operation, operation } from "./operations.ts";
import { preparedTable } from "./rebuild.ts";
import type { TableChanges } from "./table-changes.ts";
import type { TablePlan } from "./table-plan.ts";

/** Changing tables by altering them. */
export const byAltering: TableChanges = { prepare, finish, free, drop };

function prepare(context: SqlContext, plan: TablePlan): Operation[] {
  const table = sql.table(plan.table);
  return [
    ...[...plan.renames].map(([from, to]) =>
      operation(context, sql`alter table ${table} rename column ${sql.ref(from)} to ${sql.ref(to)}`),
    ),
    ...plan.adds.map(({ name, type }) =>
      addEmptyColumn(context, plan.table, { name, type, required: false }, () => ""),
    ),
  ];
}

function finish(context: SqlContext, plan: TablePlan, db: DbTable, tableOf: TableOf): Operation[] {
  const now = inFinalNames(withoutGone(preparedTable(context, plan, db, tableOf, false), plan), plan);
  const alter = sql`alter table ${sql.table(plan.table)}`;
  return [
    ...dropConstraints(context, plan, now, tableOf),
    ...dropIndexes(context, plan, now),
    ...alterColumns(context, plan, now),
    ...addConstraints(context, plan, now, tableOf).map((one) => operation(context, sql`${alter} ${one}`)),
    ...addChecks(context, plan, now),
    ...addIndexes(context, plan, now),
  ];
}

/** What was made ahead stands on columns that get their names only now. */
function inFinalNames(now: DbTable, plan: TablePlan): DbTable {
  const gone = goneColumns(now, plan);
  const names = new Map(plan.fields.flatMap(({ columns }) => columns.map((one) => [one.from, one.spec.name] as const)));
  const name = (column: string) => names.get(column) ?? column;
  return {
    ...now,
    references: now.references
      .filter(({ column }) => !gone.has(column))
      .map((one) => ({ ...one, column: name(one.column) })),
    indexes: now.indexes.map((index) => ({
      ...index,
      columns: index.columns.map(name),
      ...(index.nullsFirst ? { nullsFirst: index.nullsFirst.map(name) } : {}),
    })),
  };
}

/** Columns that are dropped: those that nothing wants, and those that another one takes the place of. */
function goneColumns({ columns }: DbTable, plan: TablePlan): ReadonlySet<string> {
  const places = plan.fields.flatMap((field) => field.columns);
  const replaced = places.filter(({ from, spec }) => from !== spec.name);
  const staged = new Set(replaced.map(({ from }) => from));
  const wanted = new Set([...plan.spec.columns, ...plan.kept].map(({ name }) => name));
  for (const { spec } of replaced) wanted.delete(spec.name);
  return new Set(columns.map(({ name }) => name).filter((name) => !wanted.has(name) && !staged.has(name)));
}

/** What stands on a column that is dropped goes with it, and is taken away before, so that nothing else is in the way. */
function withoutGone(now: DbTable, plan: TablePlan): DbTable {
  const gone = goneColumns(now, plan);
  const lost = (columns: readonly string[]) => columns.some((column) => gone.has(column));
  return {
    ...now,
    indexes: now.indexes.map((index) => (lost(index.columns) ? { ...index, valid: false } : index)),
    checks: now.checks.map((check) =>
      [...gone].some((name) => check.sql.includes(`"${name}"`)) ? { ...check, sql: "" } : check,
    ),
  };
}

/** Foreign keys and checks that nothing asks for any more. */
function dropConstraints(context: SqlContext, plan: TablePlan, now: DbTable, tableOf: TableOf): Operation[] {
  const wanted = targetsOf(context, plan, tableOf);
  const checks = new Map((plan.spec.checks ?? []).map((check) => [context.own(check.name), check.sql]));
  const references = now.references.filter((one) => !isRight(one, wanted));
  const broken = now.checks.filter(
    ({ name, sql: text }) => name.startsWith(context.own("kith_check_")) && checks.get(name) !== text,
  );
  return [...references, ...broken].map(({ name }) => dropConstraint(context, plan.table, name as string));
}

function dropConstraint(context: SqlContext, table: string, name: string): Operation {
  return operation(context, sql`alter table ${sql.table(table)} drop constraint if exists ${sql.id(name)}`);
}

function targetsOf(context: SqlContext, { spec }: TablePlan, tableOf: TableOf): ReadonlyMap<string, string> {
  return new Map(
    spec.columns.flatMap(({ name, references }) =>
      references === undefined ? [] : [[name, context.table({ table: tableOf(references) })] as const],
    ),
  );
}

function isRight(one: DbTable["references"][number], wanted: ReadonlyMap<string, string>): boolean {
  return wanted.get(one.column) === one.table && one.to === "id" && one.onDelete === "no action";
}

/** Indexes of Kith's that are not as one that is asked for. */
function dropIndexes(context: SqlContext, plan: TablePlan, now: DbTable): Operation[] {
  const kept = new Set(keptIndexes(context, plan, now).values());
  return now.indexes
    .filter((index) => isOwn(context, index.name) && !kept.has(index))
    .map(({ name }) => operation(context, sql`drop index ${sql.id(name)}`));
}

/** For the indexes that are asked for, those that are there, under whatever name. */
function keptIndexes(
  context: SqlContext,
  { spec }: TablePlan,
  now: DbTable,
): Map<IndexSpec, DbTable["indexes"][number]> {
  const free = new Set(now.indexes.filter(({ name }) => isOwn(context, name)));
  const kept = new Map<IndexSpec, DbTable["indexes"][number]>();
  for (const index of spec.indexes) {
    const found = [...free].find((one) => sameIndex(context, one, index, spec));
    if (!found) continue;
    free.delete(found);
    kept.set(index, found);
  }
  return kept;
}

function addIndexes(context: SqlContext, plan: TablePlan, now: DbTable): Operation[] {
  const kept = keptIndexes(context, plan, now);
  return plan.spec.indexes.flatMap((index) => {
    const there = kept.get(index);
    const name = context.own(index.name);
    if (!there) return [createIndex(context, plan.table, index, plan.spec)];
    return there.name === name
      ? []
      : [operation(context, sql`alter index ${sql.id(there.name)} rename to ${sql.id(name)}`)];
  });
}

function alterColumns(context: SqlContext, plan: TablePlan, now: DbTable): Operation[] {
  const alter = sql`alter table ${sql.table(plan.table)}`;
  const from = new Map(plan.fields.flatMap(({ columns }) => columns.map((one) => [one.spec.name, one.from] as const)));
  const there = new Map(now.columns.map((column) => [column.name, column]));
  const operations = [...goneColumns(now, plan)].map((name) =>
    operation(context, sql`${alter} drop column ${sql.ref(name)}`),
  );
  for (const [name, source] of from) {
    if (name !== source)
      operations.push(operation(context, sql`${alter} rename column ${sql.ref(source)} to ${sql.ref(name)}`));
  }
  const columns = [
    ...plan.spec.columns.map((spec) => ({
      name: spec.name,
      type: context.dialect.columns[spec.type].sqlType,
      notNull: spec.name === "id" || spec.required,
      default: undefined as string | undefined,
    })),
    ...plan.kept.map((column) => ({ ...column, default: column.default })),
  ];
  for (const { name, type, notNull, default: fallback } of columns) {
    const before = there.get(from.get(name) ?? name);
    if (!before) continue;
    const column = sql`${alter} alter column ${sql.ref(name)}`;
    if (before.type !== type || before.collation !== undefined) {
      const plain = sql.raw(type.replace(/ collate .*/, ""));
      operations.push(operation(context, sql`${column} type ${sql.raw(type)} using ${sql.ref(name)}::${plain}`));
    }
    if (before.default !== undefined && fallback === undefined)
      operations.push(operation(context, sql`${column} drop default`));
    if (before.notNull !== notNull)
      operations.push(operation(context, notNull ? sql`${column} set not null` : sql`${column} drop not null`));
  }
  if (now.key.join() !== "id") operations.push(operation(context, sql`${alter} add primary key (${sql.ref("id")})`));
  return operations;
}

function addConstraints(context: SqlContext, plan: TablePlan, now: DbTable, tableOf: TableOf) {
  const wanted = targetsOf(context, plan, tableOf);
  return [...wanted].flatMap(([column, target]) => {
    const name = context.own(foreignKeyName(plan.spec.table, column));
    const there = now.references.find((one) => one.column === column && isRight(one, wanted));
    if (!there) return [addForeignKey(name, column, target)];
    if (!there.valid) return [sql`validate constraint ${sql.id(there.name as string)}`];
    return there.name === name ? [] : [sql`rename constraint ${sql.id(there.name as string)} to ${sql.id(name)}`];
  });
}

function addChecks(context: SqlContext, plan: TablePlan, now: DbTable): Operation[] {
  const there = new Map(now.checks.map((check) => [check.name, check.sql]));
  const ahead = new Map(
    now.checks
      .filter(({ name, valid }) => valid && name.startsWith(context.own(stagedPrefix)))
      .map((check) => [check.sql, check.name]),
  );
  const wanted = (plan.spec.checks ?? []).filter(({ name, sql: text }) => there.get(context.own(name)) !== text);
  const alter = sql`alter table ${sql.table(plan.table)}`;
  const added = wanted.flatMap((check) => {
    const made = ahead.get(check.sql);
    if (made === undefined) return addCheck(context, plan.table, check);
    ahead.delete(check.sql);
    return [operation(context, sql`${alter} rename constraint ${sql.id(made)} to ${sql.id(context.own(check.name))}`)];
  });
  // What said that columns are not null, which they now say themselves.
  return [...added, ...[...ahead.values()].map((name) => dropConstraint(context, plan.table, name))];
}

/** A former entity's table keeps its rows, and nothing that other tables would notice. */
function free(context: SqlContext, table: DbTable): Operation[] {
  return table.references.map(({ name }) => dropConstraint(context, table.name, name as string));
}

/** What names its records must let go of them first. The application's own tables are asked, not made to. */
function drop(context: SqlContext, table: string, db: DbState): Operation[] {
  const holders = [...db.values()].flatMap((one) =>
    one.references
      .filter(({ table: to, name }) => to === table && String(name).startsWith(context.own("kith_")))
      .map(({ name }) => dropConstraint(context, one.name, name as string)),
  );
  return [...holders, operation(context, sql`drop table ${sql.table(table)}`)];
}
