/** What a database says of itself in `kith_meta`: which model it was made for, and what it keeps of earlier ones. */

import { type Model, readStoredModel, type StoredEntity, type StoredField, storedField, XrmError } from "@kith/core";
import { canonicalText, type FieldDef, type FieldType } from "@kith/schema";
import { sql } from "kysely";
import { columnsOf } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { metaFormat, metaTable } from "../names.ts";
import { desiredTables, type TableSpec } from "./desired.ts";
import { rowsOf, runSql } from "./query.ts";
import type { Task } from "./task.ts";

/** What the model no longer has, and the database still keeps. */
export interface Retired {
  /** Entities by name. */
  readonly entities: Readonly<Record<string, RetiredEntity>>;
  /** Fields by entity and name. */
  readonly fields: Readonly<Record<string, Readonly<Record<string, RetiredField>>>>;
}

/** An entity that the model no longer has. */
export interface RetiredEntity {
  /** Its table, without the storage's prefix. */
  readonly table: string;
  /** As the model's JSON had it; unknown for what an older format left behind. */
  readonly declared?: Readonly<Record<string, unknown>>;
}

/** A field that the model no longer has. */
export interface RetiredField {
  readonly def: Readonly<Record<string, unknown>>;
  readonly columns: readonly string[];
}

/** The state of a database that Kith made. */
export interface StoredState {
  readonly format: number;
  readonly version: number;
  readonly hash: string;
  /** The model's canonical JSON. */
  readonly model: unknown;
  readonly tables: readonly TableSpec[];
  readonly retired: Retired;
}

/** An entity with its table, as the database has it. */
export interface KeptEntity extends StoredEntity {
  readonly table: string;
  /** The model no longer has it. */
  readonly retired: boolean;
  /** Its fields that the model no longer has. */
  readonly retiredFields: ReadonlySet<string>;
}

const nothing: Retired = { entities: {}, fields: {} };

/** Reads `kith_meta`; undefined when the table is not there. */
export function* readState(
  context: SqlContext,
  session: SqlSession,
  names: ReadonlySet<string>,
): Task<StoredState | undefined> {
  const table = context.own(metaTable);
  if (!names.has(table.toLowerCase())) return undefined;
  const columns = yield* rowsOf(context, session, context.dialect.columnNames(table));
  const found = new Set(columns.map((row) => String(row[0])));
  if (!found.has("key") || !found.has("value")) throw notKith([table]);
  const rows = yield* rowsOf(context, session, sql`select "key", "value" from ${sql.table(table)}`);
  return parseState(new Map(rows.map((row) => [String(row[0]), String(row[1])])));
}

function parseState(meta: ReadonlyMap<string, string>): StoredState {
  const format = Number(meta.get("format"));
  const version = Number(meta.get("version"));
  const tables = parsed(meta.get("tables"));
  if (Number.isInteger(format) && format > metaFormat) {
    throw new XrmError(
      "MODEL_OLDER",
      `The database was written by a newer version of Kith (format ${format}, this one knows ${metaFormat}); update the @kith packages.`,
      { params: { format, known: metaFormat } },
    );
  }
  const model = parsed(meta.get("model"));
  // Of what was taken out of the model nothing need be known; what is known must be legible, or it would be forgotten.
  const retired = meta.has("retired") ? (parsed(meta.get("retired")) as Retired | undefined) : nothing;
  const good = Number.isInteger(format) && format >= 1 && Number.isInteger(version) && Array.isArray(tables);
  if (!good || model === undefined || !retired) {
    throw new XrmError(
      "NOT_KITH",
      `The table '${metaTable}' in the database does not hold what Kith keeps there; use another database, or restore it.`,
    );
  }
  return { format, version, hash: meta.get("hash") ?? "", model, tables: tables as TableSpec[], retired };
}

/** What a text of JSON holds; undefined when it is none. */
export function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Refuses a model that is older than the one that the database was changed to. */
export function refuseOlder(state: Pick<StoredState, "version">, model: Model): void {
  if (state.version <= model.version) return;
  throw new XrmError(
    "MODEL_OLDER",
    `The database was written by version ${state.version} of the model, this is version ${model.version}; run the newer program.`,
    { params: { stored: state.version, given: model.version } },
  );
}

/** The entities that the database has, those that the model no longer has among them. */
export function keptEntities(state: StoredState, types: ReadonlyMap<string, FieldType>): Map<string, KeptEntity> {
  const tables = new Map(state.tables.map(({ entity, table }) => [entity, table]));
  const kept = new Map<string, KeptEntity>();
  const add = (entity: StoredEntity, table: string, retired: boolean) => {
    const fields = new Map(entity.fields);
    const gone = state.retired.fields[entity.name] ?? {};
    for (const [name, { def }] of Object.entries(gone)) {
      const { plugin, ...rest } = def;
      fields.set(name, storedField(entity.name, name, String(plugin), rest as unknown as FieldDef, types));
    }
    const retiredFields = new Set(Object.keys(gone));
    kept.set(entity.name, { ...entity, fields, table, retired, retiredFields });
  };
  const live = readStoredModel(state.model, types);
  for (const entity of live.values()) {
    const table = tables.get(entity.name);
    if (table !== undefined) add(entity, table, false);
  }
  for (const [name, { table, declared }] of Object.entries(state.retired.entities)) {
    const entity = readStoredModel({ entities: { [name]: declared ?? {} } }, types).get(name);
    if (entity && !kept.has(name)) add(entity, table, true);
  }
  // Format 1 kept the tables of entities that the model no longer had, and nothing else about them.
  for (const { entity: name, table } of state.tables) {
    if (!kept.has(name)) add({ name, options: {}, fields: new Map() }, table, true);
  }
  return kept;
}

/** Writes what the database is now made for. */
export function* writeState(
  context: SqlContext,
  session: SqlSession,
  model: Model,
  retired: Retired,
  now: string,
): Task<void> {
  const meta = {
    format: `${metaFormat}`,
    version: `${model.version}`,
    hash: model.hash,
    model: canonicalText(model.toJSON() as never),
    tables: JSON.stringify(desiredTables(context, model)),
    retired: JSON.stringify(retired),
    applied_at: now,
  };
  const table = sql.table(context.own(metaTable));
  for (const [key, value] of Object.entries(meta)) {
    yield* runSql(
      context,
      session,
      sql`insert into ${table} ("key", "value") values (${key}, ${value})
        on conflict ("key") do update set "value" = excluded."value"`,
    );
  }
}

/** The stored names of a kept field's columns. */
export function keptColumns(state: StoredState, entity: string, field: StoredField): readonly string[] {
  const retired = state.retired.fields[entity]?.[field.name];
  return retired ? retired.columns : field.model ? columnsOf(field.model).map(({ name }) => name) : [];
}
/** The error of names that something else has. */
export function notKith(names: readonly string[]): XrmError {
  return new XrmError(
    "NOT_KITH",
    `The database already holds ${names.map((name) => `'${name}'`).join(", ")}, which Kith did not make; use another database or other entity names.`,
    { params: { names } },
  );
}
