/** Working out what it takes to bring a database to a model. Nothing is written. */

import { createHash } from "node:crypto";
import { type ChangeAction, type ChangePlan, type ChangeRequest, type Model, XrmError } from "@kith/core";
import { canonicalText, didYouMean, type Json, printable } from "@kith/schema";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { journalTable, metaFormat, metaTable, searchTable, sequenceTable } from "../names.ts";
import { brokenReferences } from "./broken.ts";
import { addForeignKeys, createOwnTables, createTable } from "./ddl.ts";
import { desiredTables, type TableSpec } from "./desired.ts";
import { explainTable } from "./explain.ts";
import { type DbState, type DbTable, introspect } from "./introspect.ts";
import { withoutPrepared } from "./journal.ts";
import { type EntityMatch, matchModel } from "./match.ts";
import { Numbers } from "./numbers.ts";
import { countRows } from "./offenders.ts";
import { type Operation, shown } from "./operations.ts";
import { rowsOf } from "./query.ts";
import { renameCounters, renamedTable, renameTables } from "./renames.ts";
import {
  type KeptEntity,
  keptEntities,
  notKith,
  type Retired,
  readState,
  refuseOlder,
  type StoredState,
} from "./state.ts";
import { Steps } from "./steps.ts";
import { changesOf } from "./table-changes.ts";
import { planTable, retiredOf, type TablePlan } from "./table-plan.ts";
import type { Task } from "./task.ts";
import { dropFormer, planTextIndex, type TextIndexChange } from "./text-index.ts";

/** A plan and what carries it out. */
export interface Work {
  readonly plan: ChangePlan;
  readonly operations: readonly Operation[];
  readonly tables: readonly TablePlan[];
  readonly retired: Retired;
  /** The same in two parts, where the first can be done while others write; undefined for an empty database. */
  readonly parts?: WorkInParts;
}

/** See {@link Work.parts}. */
export interface WorkInParts {
  /** The plans of the tables, with what is made in columns of its own. */
  readonly tables: readonly TablePlan[];
  /** The table of one of the model's entities as it is called now. */
  readonly tableNow: (entity: string) => string | undefined;
  /** What remains to be done to a database that is prepared. */
  readonly rest: (db: DbState) => readonly Operation[];
}

/** The names that are taken in the database, in lower case. */
export function* takenNames(context: SqlContext, session: SqlSession): Task<ReadonlySet<string>> {
  const rows = yield* rowsOf(context, session, context.dialect.takenNames);
  return new Set(rows.map((row) => String(row[0])));
}

/** Plans. */
export function* planWork(
  context: SqlContext,
  session: SqlSession,
  model: Model,
  request: ChangeRequest,
  now: string,
): Task<Work> {
  const names = yield* takenNames(context, session);
  const state = yield* readState(context, session, names);
  const wanted = desiredTables(context, model);
  const numbers = new Numbers(context, session, now);
  const steps = new Steps();
  if (!state) return firstWork(context, model, wanted, names, steps, request);
  refuseOlder(state, model);
  const db = withoutPrepared(context, yield* introspect(context, session));
  const kept = keptEntities(state, model.fieldTypes);
  const matches = matchModel(context, model, kept, db);
  const taken = takenTables(context, matches.entities, wanted, names, new Set(matches.gone.map(context.table)));
  const specs = new Map(wanted.map((spec) => [spec.entity, spec]));
  const matched = new Map(matches.entities.map((match) => [match.entity.name, match]));
  const tableOf = (entity: string) => (specs.get(entity) as TableSpec).table;
  const scope = {
    context,
    session,
    db,
    steps,
    tableNow: (entity: string) => matched.get(entity)?.db?.name,
    broken: yield* brokenReferences(context, session, (table) => db.has(table)),
    number: numbers.next.bind(numbers),
  };
  const tables: TablePlan[] = [];
  const textIndexes: TextIndexChange[] = [];
  for (const match of matches.entities) {
    const spec = specs.get(match.entity.name) as TableSpec;
    if (!match.db) {
      explainNew(steps, match);
      continue;
    }
    explainEntity(steps, match);
    const rows = yield* countRows(context, session, match.db.name);
    const plan = planTable(context, state, match, spec, request, rows, now);
    tables.push(plan);
    if (plan.fills.length > 0) yield* numbers.begin(plan);
    yield* explainTable(scope, plan);
    textIndexes.push(yield* planTextIndex(context, session, state, db, plan, steps));
  }
  const dropped: KeptEntity[] = [];
  for (const entity of matches.gone) {
    const table = db.get(context.table(entity));
    if (!table) continue;
    const drop = request.confirm.has(`entity.drop:${entity.name}`);
    if (drop) dropped.push(entity);
    const rows = yield* countRows(context, session, table.name);
    if (!entity.retired && !drop)
      steps.add({
        action: "entity.retire",
        entity: entity.name,
        summary: `${entity.name} is no longer in the model; its records stay where they are`,
      });
    const blocks = !drop && taken.has(table.name);
    steps.add({
      action: "entity.drop",
      entity: entity.name,
      class: blocks ? "refused" : "destructive",
      summary: `${entity.name} and all its records are thrown away`,
      rows,
      advice: blocks
        ? `confirm 'entity.drop:${entity.name}', since its table is in the way of a new one, or give the new entity another name`
        : undefined,
    });
  }
  const retiredEntities = matches.gone.filter((entity) => !dropped.includes(entity));
  const operationsOn = (tables: readonly TablePlan[], db: DbState): Operation[] => [
    ...createOwnTables(context).filter(
      (_, i) => !names.has(context.own([metaTable, sequenceTable, journalTable][i] as string).toLowerCase()),
    ),
    ...textIndexes.flatMap(({ before }) => before),
    ...matches.gone.flatMap((entity) => dropFormer(context, db, entity)),
    ...dropped.flatMap((entity) => changesOf(context).drop(context, context.table(entity), db)),
    ...renameTables(context, tables),
    ...renameCounters(context, tables),
    ...matches.entities
      .filter((match) => !match.db)
      .flatMap(({ entity }) => createTable(context, specs.get(entity.name) as TableSpec, tableOf)),
    ...matches.entities
      .filter((match) => !match.db)
      .flatMap(({ entity }) => addForeignKeys(context, specs.get(entity.name) as TableSpec, tableOf)),
    ...tables.flatMap((plan) => changesOf(context).prepare(context, plan, tableOf)),
    ...tables.filter(({ fills }) => fills.length > 0).map((table): Operation => ({ kind: "fill", table })),
    ...tables.flatMap((plan) =>
      changesOf(context).finish(context, plan, renamedTable(db.get(plan.db.name) ?? plan.db, tables), tableOf),
    ),
    ...retiredEntities.flatMap((entity) => freeTable(context, db.get(context.table(entity)))),
    ...textIndexes.flatMap(({ after }) => after),
  ];
  const operations = operationsOn(tables, db);
  repairs(steps, operations, request);
  const retired: Retired = {
    entities: Object.fromEntries(retiredEntities.map((entity) => [entity.name, retiredEntity(entity)])),
    fields: {
      ...Object.fromEntries(
        tables
          .map((plan) => [plan.entity.name, retiredOf(state, plan)] as const)
          .filter(([, fields]) => Object.keys(fields).length > 0),
      ),
      // What an entity had retired before it was retired itself.
      ...Object.fromEntries(
        retiredEntities.flatMap(({ name }) => (state.retired.fields[name] ? [[name, state.retired.fields[name]]] : [])),
      ),
    },
  };
  checkConfirmed(request, steps);
  const plan = planOf(context, model, state, db, steps, operations, [...kept.values()]);
  const staged = tables.map((one) => planTable(context, state, one.match, one.spec, request, one.rows, now, true));
  const parts: WorkInParts = {
    tables: staged,
    tableNow: scope.tableNow,
    rest: (prepared) =>
      operationsOn(
        staged.map((one) => ({ ...one, adds: [] })),
        prepared,
      ),
  };
  return { plan, operations, tables, retired, parts };
}

/** The tables that are there and that a plan changes, by the names that they have. */
export function changedTables(context: SqlContext, { tables }: Pick<Work, "tables">): TablePlan[] {
  const { prepare, finish } = changesOf(context);
  const names = new Map(tables.map(({ entity, spec }) => [entity.name, spec.table]));
  const tableOf = (entity: string) => names.get(entity) ?? entity;
  return tables.filter(
    (plan) =>
      plan.db.name !== plan.table ||
      plan.fills.length > 0 ||
      prepare(context, plan, tableOf).length > 0 ||
      finish(context, plan, renamedTable(plan.db, tables), tableOf).length > 0,
  );
}

function firstWork(
  context: SqlContext,
  model: Model,
  wanted: readonly TableSpec[],
  names: ReadonlySet<string>,
  steps: Steps,
  request: ChangeRequest,
): Work {
  const own = [metaTable, sequenceTable, journalTable].map(context.own);
  const needed = [
    ...own,
    ...wanted.flatMap((table) => [
      context.table(table),
      ...table.indexes.map(({ name }) => context.own(name)),
      ...(table.search ? [context.own(searchTable(table.table))] : []),
    ]),
  ];
  const taken = needed.filter((name) => names.has(name.toLowerCase()));
  if (taken.length > 0) throw notKith(taken);
  for (const { entity } of wanted) steps.add({ action: "entity.add", entity, summary: `${entity} is new` });
  const tables = new Map(wanted.map(({ entity, table }) => [entity, table]));
  const tableOf = (entity: string) => tables.get(entity) as string;
  const operations = [
    ...createOwnTables(context),
    ...wanted.flatMap((spec) => createTable(context, spec, tableOf)),
    ...wanted.flatMap((spec) => addForeignKeys(context, spec, tableOf)),
  ];
  checkConfirmed(request, steps);
  const plan = planOf(context, model, undefined, new Map(), steps, operations, []);
  return { plan, operations, tables: [], retired: { entities: {}, fields: {} } };
}

function explainNew(steps: Steps, { entity, old }: EntityMatch): void {
  if (old) {
    const summary = `${entity.name}: its table '${old.table}' is gone; it is made anew, empty`;
    steps.add({
      action: "storage.repair",
      entity: entity.name,
      class: "destructive",
      summary,
      advice: "restore the database from a backup, or confirm this step",
    });
  } else steps.add({ action: "entity.add", entity: entity.name, summary: `${entity.name} is new` });
}

function explainEntity(steps: Steps, { entity, old }: EntityMatch): void {
  if (!old) return;
  if (old.name !== entity.name)
    steps.add({ action: "entity.rename", entity: entity.name, summary: `${old.name} is now called ${entity.name}` });
  if (old.retired)
    steps.add({
      action: "entity.restore",
      entity: entity.name,
      summary: `${entity.name} is taken up again, with the records that it had`,
    });
}

/** What has to be done although no step says why: the database is not as Kith made it, or an older Kith made it. */
function repairs(steps: Steps, operations: readonly Operation[], { confirm }: ChangeRequest): void {
  if (confirm.size > 0 || steps.all.some(({ class: kind }) => kind !== "destructive") || operations.length === 0)
    return;
  steps.add({
    action: "storage.repair",
    entity: "",
    summary: "tables are brought into the form that the model asks for",
  });
}

function checkConfirmed({ confirm }: ChangeRequest, steps: Steps): void {
  const ids = steps.all.map(({ id }) => id);
  for (const id of confirm) {
    if (ids.includes(id)) continue;
    throw new XrmError(
      "INVALID_OPTIONS",
      `The plan has no step '${printable(id)}' to confirm.${didYouMean(id, ids)}${ids.length === 0 ? " There is nothing to change." : ""}`,
      { params: { option: "confirm", step: id } },
    );
  }
}

function retiredEntity({ table, options, fields }: KeptEntity): Retired["entities"][string] {
  const own = [...fields.values()].filter(({ model }) => model?.system !== true);
  if (own.length === 0 && Object.keys(options).length === 0) return { table };
  return {
    table,
    declared: {
      ...options,
      fields: own.map((field) => ({ name: field.name, plugin: field.model?.plugin ?? "", ...field.def })),
    },
  };
}

/** What keeps the table of a former entity from standing in the way: its foreign keys would keep records from being deleted. */
function freeTable(context: SqlContext, table: DbTable | undefined): Operation[] {
  return table && table.references.length > 0 ? changesOf(context).free(context, table) : [];
}

/** The tables of former entities whose names new ones need. */
function takenTables(
  context: SqlContext,
  matches: readonly EntityMatch[],
  wanted: readonly TableSpec[],
  names: ReadonlySet<string>,
  former: ReadonlySet<string>,
): ReadonlySet<string> {
  const own = new Set(matches.flatMap(({ db }) => (db ? [db.name] : [])));
  const taken = wanted.map(context.table).filter((name) => names.has(name.toLowerCase()) && !own.has(name));
  const foreign = taken.filter((name) => !former.has(name));
  if (foreign.length > 0) throw notKith(foreign);
  return new Set(taken);
}

const depending: ReadonlySet<ChangeAction> = new Set(["field.retire", "entity.retire", "storage.repair"]);

function planOf(
  context: SqlContext,
  model: Model,
  state: StoredState | undefined,
  db: DbState,
  steps: Steps,
  operations: readonly Operation[],
  kept: readonly KeptEntity[],
): ChangePlan {
  const { version, hash } = model;
  const from = state ? { version: state.version, hash: state.hash } : null;
  const tables = kept.map((entity) => db.get(context.table(entity)) ?? null);
  const seen = {
    format: metaFormat,
    from,
    to: { version, hash },
    tables: JSON.parse(JSON.stringify(tables)) as Json,
    // What was confirmed decides about what is done, not about what there is to do.
    steps: steps.all.filter(({ action }) => !depending.has(action)).map(({ id }) => id),
  };
  return {
    hash: createHash("sha256")
      .update(canonicalText(seen as unknown as Json))
      .digest("hex"),
    storage: context.dialect.name,
    from,
    to: { version, hash },
    steps: steps.all,
    statements: operations.map(shown),
  };
}
