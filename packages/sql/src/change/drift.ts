/** How a database differs from what Kith made of it. */

import { type Drift, type MaybePromise, type Model, modelHash } from "@kith/core";
import { canonicalText, type Json } from "@kith/schema";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { journalTable, metaTable, searchFormat, searchTable, sequenceTable } from "../names.ts";
import { searchPlace } from "../search.ts";
import { brokenReferences } from "./broken.ts";
import type { StoreAccess } from "./carry.ts";
import { compareTable } from "./compare.ts";
import { desiredTables, type TableSpec } from "./desired.ts";
import { type DbState, type DbTable, introspect } from "./introspect.ts";
import { unfinished } from "./journal.ts";
import { readState, type StoredState } from "./state.ts";
import { runTask, type Task } from "./task.ts";
import { countStrays } from "./text-index.ts";

/** Finds all differences. */
export function findDrift(context: SqlContext, model: Model, access: StoreAccess): MaybePromise<Drift[]> {
  return runTask(driftTask(context, access.session, model));
}

function* driftTask(context: SqlContext, session: SqlSession, model: Model): Task<Drift[]> {
  const db = yield* introspect(context, session);
  const meta = context.own(metaTable);
  if (!db.has(meta)) {
    return [
      {
        kind: "meta.missing",
        table: meta,
        message: `the table '${meta}' is not there: the database is empty, or not Kith's`,
      },
    ];
  }
  const state = (yield* readState(context, session, new Set([meta.toLowerCase()]))) as StoredState;
  const tables = new Map(state.tables.map(({ entity, table }) => [entity, table]));
  const drift: Drift[] = [...ownDrift(context, db), ...editedMeta(context, model, state)];
  for (const name of yield* unfinished(context, session, new Set([...db.keys()].map((table) => table.toLowerCase())))) {
    drift.push({
      kind: "apply.unfinished",
      table: context.own(journalTable),
      name,
      message: `a change that began at ${name.split(" ")[0]} has not come to its end; it is under way, or the next start undoes it`,
    });
  }
  const known = new Set([metaTable, sequenceTable, journalTable].map(context.own));
  for (const spec of state.tables) {
    const name = context.table(spec);
    known.add(name);
    const table = db.get(name);
    drift.push(...tableDrift(context, table, spec, state, (entity) => tables.get(entity) ?? entity));
    // An older form of text index is made anew when the database is opened.
    if (table && spec.search && state.format >= searchFormat)
      drift.push(...(yield* searchDrift(context, session, db, spec, spec.search)));
  }
  const search = state.tables.flatMap((spec) => (spec.search ? [context.own(searchTable(spec.table))] : []));
  for (const { table } of Object.values(state.retired.entities)) known.add(context.table({ table }));
  for (const name of db.keys()) {
    // A text index brings tables of its own along.
    if (search.some((index) => name === index || name.startsWith(`${index}_`))) continue;
    if (!known.has(name) && name.startsWith(context.own("kith_")))
      drift.push({
        kind: "table.extra",
        table: name,
        message: `the table '${name}' has a name of Kith's, and is not one that it keeps`,
      });
  }
  const broken = yield* brokenReferences(context, session, (table) => known.has(table));
  for (const [table, count] of counted(broken.map((one) => `${one.table} to ${one.parent}`))) {
    drift.push({
      kind: "reference.broken",
      table: table.split(" to ")[0] as string,
      message: `${count} ${count === 1 ? "foreign key" : "foreign keys"} from ${table} ${count === 1 ? "leads" : "lead"} nowhere`,
    });
  }
  return drift;
}

function ownDrift(context: SqlContext, db: DbState): Drift[] {
  return [sequenceTable, journalTable]
    .map(context.own)
    .filter((name) => !db.has(name))
    .map((table) => ({ kind: "table.missing" as const, table, message: `the table '${table}' is not there` }));
}

/** What Kith wrote of the model must agree with itself: the tables follow from the model, and the model has a hash. */
function editedMeta(context: SqlContext, model: Model, state: StoredState): Drift[] {
  const tell = (name: string): Drift => ({
    kind: "meta.edited",
    table: context.own(metaTable),
    name,
    message: `'${name}' in '${context.own(metaTable)}' is not what Kith wrote`,
  });
  if (state.hash !== modelHash(state.model)) return [tell("model")];
  if (state.hash !== model.hash) return [];
  const plain = (tables: readonly TableSpec[]) => canonicalText(JSON.parse(JSON.stringify(tables)) as Json);
  return plain(state.tables) === plain(desiredTables(context, model)) ? [] : [tell("tables")];
}

function tableDrift(
  context: SqlContext,
  db: DbTable | undefined,
  spec: TableSpec,
  state: StoredState,
  tableOf: (entity: string) => string,
): Drift[] {
  const place = { entity: spec.entity, table: context.table(spec) };
  if (!db)
    return [{ kind: "table.missing", ...place, message: `the table '${place.table}' of ${spec.entity} is not there` }];
  const retired = new Set(Object.values(state.retired.fields[spec.entity] ?? {}).flatMap(({ columns }) => columns));
  const kept = db.columns.filter(({ name }) => retired.has(name)).map((column) => ({ ...column, notNull: false }));
  return compareTable(context, db, spec, kept, tableOf).map(({ kind, name, message }) => ({
    kind,
    ...place,
    name,
    message: `${place.table}: ${message}`,
  }));
}

/** A text index must be there, and have an entry for each record and for nothing else. */
function* searchDrift(
  context: SqlContext,
  session: SqlSession,
  db: DbState,
  { entity, table }: TableSpec,
  search: NonNullable<TableSpec["search"]>,
): Task<Drift[]> {
  const place = searchPlace(context, table, search);
  const about = { entity, table: context.table({ table }), name: place.index };
  if (!db.has(place.index))
    return [{ kind: "search.missing", ...about, message: `the text index '${place.index}' is not there` }];
  const count = yield* countStrays(context, session, table, search);
  if (count === 0) return [];
  return [
    {
      kind: "search.stale",
      ...about,
      message: `the text index '${place.index}' and its table differ in ${count} records`,
    },
  ];
}

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
