/** Which entity and field of a database is which of the model: by name, or by a name that it had before. */

import {
  type EntityModel,
  type FieldModel,
  formerNames,
  type Model,
  type RenamedEntities,
  type StoredField,
} from "@kith/core";
import { columnsOf } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import { columnsByName, type DbState, type DbTable } from "./introspect.ts";
import type { KeptEntity } from "./state.ts";

/** An entity of the model and what the database has of it. */
export interface EntityMatch {
  readonly entity: EntityModel;
  /** What it declares, fields aside. */
  readonly declared: Readonly<Record<string, unknown>>;
  /** Undefined when it is new. */
  readonly old: KeptEntity | undefined;
  /** Its table as it is; undefined when it is new, or gone. */
  readonly db: DbTable | undefined;
  /** The stored fields of the model's entity. */
  readonly fields: readonly FieldMatch[];
  /** What the database has and the model does not. */
  readonly gone: readonly StoredField[];
  /** The entities that have another name now; lookups to several name them in their values. */
  readonly renamed: RenamedEntities;
}

/** A field of the model and what the database has of it. */
export interface FieldMatch {
  readonly field: FieldModel;
  /** Undefined when it is new. */
  readonly old: StoredField | undefined;
  /** The model before did not have it, the database still does. */
  readonly restored: boolean;
}

/** What the database has and the model does not, besides fields. */
export interface Matches {
  readonly entities: readonly EntityMatch[];
  readonly gone: readonly KeptEntity[];
}

/** Finds for all entities what the database has of them. */
export function matchModel(
  context: SqlContext,
  model: Model,
  kept: ReadonlyMap<string, KeptEntity>,
  db: DbState,
): Matches {
  const taken = new Set<KeptEntity>();
  const declared = (model.toJSON() as { entities: Record<string, Record<string, unknown>> }).entities;
  const renamed = new Map<string, string>();
  const found = [...model.entities.values()].map((entity) => {
    const old = find(
      entity.name,
      formerNames(declared[entity.name] ?? {}),
      kept,
      (name) => model.entities.has(name),
      (one) => one.retired,
    );
    if (old) taken.add(old);
    if (old && old.name !== entity.name) renamed.set(old.name, entity.name);
    return { entity, old };
  });
  const entities = found.map(({ entity, old }) =>
    matchEntity(entity, declared[entity.name] ?? {}, old, old && db.get(context.table(old)), renamed),
  );
  return { entities, gone: [...kept.values()].filter((entity) => !taken.has(entity)) };
}

/** What has this name, else what has one of the former names that nothing in the model has. What is retired comes last. */
function find<T>(
  name: string,
  former: readonly string[],
  kept: ReadonlyMap<string, T>,
  present: (name: string) => boolean,
  retired: (one: T) => boolean,
): T | undefined {
  const same = kept.get(name);
  if (same && !retired(same)) return same;
  const was = former.filter((old) => kept.has(old) && !present(old)).map((old) => kept.get(old) as T);
  return was.find((one) => !retired(one)) ?? same ?? was[0];
}

function matchEntity(
  entity: EntityModel,
  declared: EntityMatch["declared"],
  old: KeptEntity | undefined,
  db: DbTable | undefined,
  renamed: RenamedEntities,
): EntityMatch {
  const kept = old && old.fields.size === 0 && db ? assumed(entity, db) : (old?.fields ?? new Map());
  const taken = new Set<StoredField>();
  const isRetired = ({ name }: StoredField) => old?.retiredFields.has(name) === true;
  const fields = entity.stored.map((field) => {
    const found = find(field.name, formerNames(field.def), kept, (name) => entity.byName.has(name), isRetired);
    if (found) taken.add(found);
    return { field, old: found, restored: found !== undefined && isRetired(found) };
  });
  return { entity, declared, old, db, fields, gone: [...kept.values()].filter((field) => !taken.has(field)), renamed };
}

/** Of a table about which nothing else is known: the fields whose columns it has. */
function assumed(entity: EntityModel, db: DbTable): ReadonlyMap<string, StoredField> {
  const columns = columnsByName(db);
  const there = entity.stored.filter((field) => columnsOf(field).every(({ name }) => columns.has(name)));
  return new Map(there.map((field) => [field.name, { name: field.name, def: field.def, model: field }]));
}
