/** Random records for a model: what to create, then which lookups to set. */

import { type EntityModel, type FieldModel, lookupsOf, type Model } from "@kith/core";
import { isReference, referenceTo, requiredTargets, targetOf } from "./lookups.ts";
import { randomRates, ratesEntity } from "./money.ts";
import type { Random } from "./random.ts";
import { randomValue, type ValueMaker } from "./values.ts";

/** One record to be made. */
export interface Planting {
  readonly entity: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly actor: string | null;
}

/** A lookup to be set once every record is there. */
export interface Tie {
  readonly entity: string;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The records of a model, in an order in which they can be made. */
export interface DataPlan {
  readonly records: readonly Planting[];
  readonly ties: readonly Tie[];
}

const actors = [null, "u1", "U1", "ana", "João"];

/** Random records: values at the edges, many of them alike, a fifth missing. */
export function randomData(random: Random, model: Model, own: Readonly<Record<string, ValueMaker>> = {}): DataPlan {
  const records: Planting[] = [];
  const ties: Tie[] = [];
  const ids = new Map<string, string[]>();
  for (const entity of inOrder(model)) {
    const made: string[] = [];
    ids.set(entity.name, made);
    if (entity.name === ratesEntity) {
      const rates = randomRates(random, () => random.id(records.length + made.length + 3_000));
      records.push(...rates);
      made.push(...rates.map(({ values }) => String(values["id"])));
      continue;
    }
    const size = random.weighted({ none: 3, few: 15, some: 70, many: 12 });
    const count = { none: 0, few: random.int(1, 4), some: random.int(8, 30), many: random.int(40, 70) }[size];
    const known = new Map<FieldModel, unknown[]>();
    for (let i = 0; i < count; i++) {
      const id = random.id(records.length);
      const values = randomRecord(random, entity, { known, own, idsOf: (name) => ids.get(name) ?? [] });
      if (!values) continue;
      records.push({ entity: entity.name, values: { id, ...values }, actor: random.pick(actors) });
      made.push(id);
    }
  }
  for (const entity of model.entities.values()) {
    const lookups = entity.stored.filter(
      (field) => isReference(field) && !field.required && field.writable === "always",
    );
    for (const id of ids.get(entity.name) ?? []) {
      for (const lookup of lookups) {
        const reference = random.chance(0.6)
          ? randomReference(random, lookup, (name) => ids.get(name) ?? [])
          : undefined;
        if (reference !== undefined) ties.push({ entity: entity.name, id, values: { [lookup.name]: reference } });
      }
    }
  }
  return { records, ties };
}

/** What random records are made from. */
export interface RecordSource {
  /** Values that earlier records have, to be used again. */
  readonly known: Map<FieldModel, unknown[]>;
  readonly own?: Readonly<Record<string, ValueMaker>>;
  /** Ids of records that lookups can name. */
  readonly idsOf: (entity: string) => readonly string[];
}

/** Values of a new record; undefined when a required one cannot be had. */
export function randomRecord(
  random: Random,
  entity: EntityModel,
  source: RecordSource,
): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  for (const field of entity.stored) {
    if (field.system || field.writable === "never") continue;
    const needed = field.required && field.def["default"] === undefined;
    if (!needed && random.chance(0.2)) {
      if (!field.required && random.chance(0.5)) values[field.name] = null;
      continue;
    }
    const value = fieldValue(random, field, source);
    if (value !== undefined) values[field.name] = value;
    else if (needed) return undefined;
  }
  return values;
}

/** A value of a field: one that is known already, or a new one. */
export function fieldValue(random: Random, field: FieldModel, source: RecordSource): unknown {
  if (isReference(field)) return randomReference(random, field, source.idsOf);
  const known = source.known.get(field) ?? [];
  if (known.length > 0 && random.chance(field.def["unique"] === true ? 0.05 : 0.35)) return random.pick(known);
  const value = randomValue(random, field.type, field.def, source.own);
  if (value !== undefined) source.known.set(field, [...known.slice(-20), value]);
  return value;
}

/** A reference to a record that there is, if any. */
function randomReference(random: Random, field: FieldModel, idsOf: RecordSource["idsOf"]): unknown {
  const known = lookupsOf({ fields: [field] }).filter((lookup) => idsOf(targetOf(lookup).name).length > 0);
  if (known.length === 0) return undefined;
  const lookup = random.pick(known);
  return referenceTo(lookup, random.pick(idsOf(targetOf(lookup).name)));
}

/** Entities in an order in which required lookups find their targets. */
export function inOrder(model: Model): EntityModel[] {
  const ordered: EntityModel[] = [];
  const seen = new Set<EntityModel>();
  const visit = (entity: EntityModel): void => {
    if (seen.has(entity)) return;
    seen.add(entity);
    for (const target of requiredTargets(entity)) visit(target);
    ordered.push(entity);
  };
  for (const entity of model.entities.values()) visit(entity);
  return ordered;
}
