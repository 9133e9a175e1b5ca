/** What becomes of one table: its columns, with where their values come from, and what stays although the model no longer has it. */

import { type Backfill, conversionOf, type EntityModel, type StoredField } from "@kith/core";
import { Invalid } from "@kith/schema";
import { fieldBinder } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import type { ColumnSpec, TableSpec } from "./desired.ts";
import { type FieldPlan, planFields } from "./fields.ts";
import type { DbColumn, DbTable } from "./introspect.ts";
import type { EntityMatch } from "./match.ts";
import { keptColumns, type Retired, type StoredState } from "./state.ts";

/** The plan of a table that is there. */
export interface TablePlan {
  readonly match: EntityMatch;
  readonly entity: EntityModel;
  readonly spec: TableSpec;
  readonly db: DbTable;
  /** Its full name when everything is done. */
  readonly table: string;
  readonly rows: number;
  readonly fields: readonly FieldPlan[];
  /** The fields whose values are made. */
  readonly fills: readonly FieldPlan[];
  /** Names of columns that change before anything else, old and new. */
  readonly renames: ReadonlyMap<string, string>;
  /** Columns to add before values are made. */
  readonly adds: readonly ColumnSpec[];
  /** Added columns that one value is given to for all records, by the column's default; the others are filled. */
  readonly given: ReadonlyMap<string, unknown>;
  /** Columns that stay although no field has them, by the name that they will have. */
  readonly kept: readonly DbColumn[];
  /** What is kept of fields that the model no longer has, and of those that somebody agreed to drop. */
  readonly retired: readonly StoredField[];
  readonly dropped: readonly StoredField[];
  /** Columns in the way of new ones, which nobody agreed to drop. */
  readonly inTheWay: readonly string[];
}

/** Plans a table. */
export function planTable(
  context: SqlContext,
  state: StoredState,
  match: EntityMatch,
  spec: TableSpec,
  request: { readonly confirm: ReadonlySet<string>; readonly backfill: Backfill },
  rows: number,
  now: string,
  staged = false,
): TablePlan {
  const { entity, db } = match;
  if (!db) throw new TypeError(`Entity '${entity.name}' has no table.`);
  const fields = planFields(context, match, db, request.backfill, now, staged);
  const dropped = match.gone.filter(({ name }) => request.confirm.has(`field.drop:${entity.name}.${name}`));
  const retired = match.gone.filter((field) => !dropped.includes(field));
  const oldName = match.old?.name ?? entity.name;
  const columnsOfGone = (list: readonly StoredField[]) =>
    new Set(list.flatMap((field) => keptColumns(state, oldName, field)));
  const goes = columnsOfGone(dropped);
  const stays = columnsOfGone(retired);
  const replaced = new Set(fields.flatMap((plan) => (plan.mode === "fill" ? keptColumnsOf(state, oldName, plan) : [])));
  const copied = new Set(fields.flatMap(({ columns }) => columns.map(({ now: name }) => name)));
  const kept = db.columns
    .filter(
      ({ name }) =>
        !copied.has(name) && !goes.has(name) && !replaced.has(name) && name !== context.dialect.rowKey?.name,
    )
    // What no field fills any more must not stand in the way of a new record.
    .map((column) => (stays.has(column.name) ? { ...column, notNull: false } : column));
  const wanted = new Set(spec.columns.map(({ name }) => name));
  const inTheWay = kept.filter(({ name }) => wanted.has(name)).map(({ name }) => name);
  const renames = new Map<string, string>();
  // Out of the way of new columns of the same name, until the table is put in order.
  for (const name of goes) if (wanted.has(name)) renames.set(name, `kith_old_${name}`);
  for (const plan of fields) {
    for (const { now: name, spec: column } of plan.columns)
      if (name !== undefined && name !== column.name) renames.set(name, column.name);
  }
  const adds = fields.flatMap(({ columns }) =>
    columns.filter((one) => one.now === undefined).map(({ spec: column, from }) => ({ ...column, name: from })),
  );
  const given = new Map(staged ? fields.filter(isFilled).flatMap((one) => constants(context, one)) : []);
  const isGiven = ({ columns }: FieldPlan) => columns.some(({ from }) => given.has(from));
  const fills = rows === 0 ? [] : fields.filter((one) => isFilled(one) && !isGiven(one));
  return {
    match,
    entity,
    spec,
    db,
    table: context.table(spec),
    rows,
    fields,
    fills,
    renames,
    adds,
    given,
    kept,
    retired,
    dropped,
    inTheWay,
  };
}

/** What the columns of a new field hold when all records get one value. */
function constants(
  { dialect }: SqlContext,
  { field, mode, filler, columns }: FieldPlan,
): (readonly [string, unknown])[] {
  if (mode !== "add" || filler?.kind !== "value") return [];
  const value = conversionOf(field, field).convert(filler.value);
  if (value === null || value === undefined || value instanceof Invalid) return [];
  const values: unknown[] = new Array(columns.length).fill(null);
  fieldBinder(dialect, field)(values, 0, value);
  return columns.flatMap(({ from }, i) =>
    values[i] === null || values[i] === undefined ? [] : [[from, values[i]] as const],
  );
}

function keptColumnsOf(state: StoredState, entity: string, { old }: FieldPlan): readonly string[] {
  return old ? keptColumns(state, entity, old) : [];
}

function isFilled({ mode, lacking, filler, field }: FieldPlan): boolean {
  if (mode === "fill") return true;
  if (mode === "add") return field.type.derive !== undefined || (lacking && filler !== undefined);
  return lacking && filler !== undefined;
}

/** What the database keeps of a table's former fields when the plan is carried out. */
export function retiredOf(state: StoredState, { match, retired }: TablePlan): Retired["fields"][string] {
  const oldName = match.old?.name ?? match.entity.name;
  return Object.fromEntries(
    retired.map((field) => [
      field.name,
      {
        def: { plugin: field.model?.plugin ?? "", ...field.def },
        columns: keptColumns(state, oldName, field),
      },
    ]),
  );
}
