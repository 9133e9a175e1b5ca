/** Random writes: many that succeed, some that must be refused. */

import { type EntityModel, type FieldModel, lookupsOf, type Model, valueIn, wholeField } from "@kith/core";
import type { Question } from "../fuzz/question.ts";
import { fieldValue, randomRecord } from "./data.ts";
import { referenceTo } from "./lookups.ts";
import { type QuerySource, randomWhere } from "./where.ts";

type Values = Record<string, unknown>;

/** What writes are made from. */
export interface WriteSource extends QuerySource {
  readonly model: Model;
  /** Ids that records have (or had). */
  readonly ids: (entity: string) => readonly string[];
  /** A random read, for transactions that look at what they wrote. */
  readonly read: () => Question;
  /** A number that no record of the run has had. */
  readonly fresh: () => number;
}

/** A random write on one entity, or a transaction of several. */
export function randomWrite(source: WriteSource, depth = 0): Question {
  const { random } = source;
  const entity = random.pick([...source.model.entities.values()]);
  const kind = random.weighted({
    create: 4,
    createMany: 1,
    update: 8,
    updateMany: 1,
    upsert: 3,
    delete: 2,
    deleteMany: 0.7,
    transaction: depth < 2 ? 2 : 0,
  });
  switch (kind) {
    case "create":
      return {
        call: "create",
        entity: entity.name,
        values: newRecord(source, entity),
        actor: random.pick([null, "u1"]),
      };
    case "createMany":
      return {
        call: "createMany",
        entity: entity.name,
        list: random.times(random.int(0, 4), () => newRecord(source, entity)),
      };
    case "update":
      return {
        call: "update",
        entity: entity.name,
        id: someId(source, entity),
        values: changes(source, entity),
        ...version(source),
      };
    case "updateMany":
      return { call: "updateMany", entity: entity.name, where: few(source, entity), values: changes(source, entity) };
    case "upsert":
      return upsert(source, entity);
    case "delete":
      return { call: "delete", entity: entity.name, id: someId(source, entity), ...version(source) };
    case "deleteMany":
      return { call: "deleteMany", entity: entity.name, where: few(source, entity) };
    case "transaction":
      return {
        call: "transaction",
        steps: random.times(random.int(1, 5), () =>
          random.chance(0.35) ? source.read() : randomWrite(source, depth + 1),
        ),
        end: random.pick(["commit", "abort"]),
      };
  }
}

function recordSource({ values, own, ids, model }: WriteSource) {
  const known = new Map<FieldModel, unknown[]>();
  for (const entity of model.entities.values())
    for (const field of entity.stored) known.set(field, [...values(field)].slice(0, 40));
  return { known, own, idsOf: ids };
}

function newRecord(source: WriteSource, entity: EntityModel): Values {
  const { random } = source;
  const values = randomRecord(random, entity, recordSource(source)) ?? {};
  // Now and then an id that is taken, and a lookup that leads nowhere.
  if (random.chance(0.8)) values["id"] = random.chance(0.1) ? someId(source, entity) : random.id(source.fresh());
  else values["id"] = random.id(source.fresh());
  return astray(source, entity, values);
}

function changes(source: WriteSource, entity: EntityModel): Values {
  const { random } = source;
  const from = recordSource(source);
  const fields = entity.stored.filter((field) => field.writable === "always");
  const values: Values = {};
  for (const field of random.some(fields, random.int(0, 3))) {
    const value = !field.required && random.chance(0.2) ? null : fieldValue(random, field, from);
    if (value !== undefined) values[field.name] = value;
  }
  return astray(source, entity, values);
}

function astray({ random }: WriteSource, entity: EntityModel, values: Values): Values {
  const lookups = lookupsOf(entity).filter((lookup) => wholeField(lookup).writable === "always");
  if (lookups.length === 0 || !random.chance(0.05)) return values;
  const lookup = random.pick(lookups);
  values[wholeField(lookup).name] = referenceTo(lookup, random.id(9_999));
  return values;
}

function upsert(source: WriteSource, entity: EntityModel): Question {
  const values = newRecord(source, entity);
  const uniques = entity.uniques.filter((unique) => unique.fields.every((field) => valueIn(values, field) !== null));
  if (uniques.length === 0) return { call: "create", entity: entity.name, values };
  const by = source.random.pick(uniques).fields.map((field) => wholeField(field).name);
  return { call: "upsert", entity: entity.name, values, by: by.length === 1 ? (by[0] as string) : by };
}

/** A filter that few records meet, so that the data lasts. */
function few(source: WriteSource, entity: EntityModel): Values {
  const { random } = source;
  if (random.chance(0.7)) return { id: { in: random.times(random.int(0, 3), () => someId(source, entity)) } };
  return { and: [{ id: { in: random.times(8, () => someId(source, entity)) } }, randomWhere(source, entity, 1)] };
}

function someId({ random, ids }: WriteSource, entity: EntityModel): string {
  const known = ids(entity.name);
  return known.length > 0 && random.chance(0.95) ? random.pick(known) : random.id(9_998);
}

function version({ random }: WriteSource): { ifVersion?: number } {
  return random.chance(0.15) ? { ifVersion: random.int(1, 3) } : {};
}
