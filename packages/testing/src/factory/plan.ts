/** What a factory makes: values of one record after another, required lookups before what needs them. */

import { type EntityModel, type FieldModel, lookupsOf, type Model, type UniqueModel, wholeField } from "@kith/core";
import { canonicalText, encodeValue, Invalid } from "@kith/schema";
import { Random } from "../random/random.ts";
import { randomValue, type ValueMaker } from "../random/values.ts";
import { plainMakers } from "./plain.ts";

type Values = Record<string, unknown>;

/** What a factory may be told. */
export interface FactoryOptions {
  /** Equal seeds make equal records; 1 unless given. */
  readonly seed?: number;
  /** The share of optional fields that get a value, 0 to 1; 0.7 unless given. Optional lookups stay empty unless they are given. */
  readonly fill?: number;
  /** How values of a kind are made, for kinds of plugins and for taste. What a maker gives is checked like any input. */
  readonly makers?: Readonly<Record<string, ValueMaker>>;
}

/** One record to be created. */
export interface PlannedRecord {
  readonly entity: string;
  readonly values: Values;
}

/** Plans records: values only, no storage. */
export class Planner {
  readonly #model: Model;
  readonly #random: Random;
  readonly #fill: number;
  readonly #makers: Readonly<Record<string, ValueMaker>>;
  readonly #taken = new Set<string>();
  #count = 0;

  constructor(model: Model, { seed = 1, fill = 0.7, makers = {} }: FactoryOptions = {}) {
    this.#model = model;
    this.#random = new Random(seed);
    this.#fill = fill;
    this.#makers = { ...plainMakers, ...makers };
  }

  /** The records that make one of an entity possible, itself last. */
  plan(name: string, overrides: Values = {}): PlannedRecord[] {
    const before: PlannedRecord[] = [];
    const values = this.#record(this.#entity(name), overrides, before, []);
    return [...before, { entity: name, values }];
  }

  #entity(name: string): EntityModel {
    const entity = this.#model.entities.get(name);
    if (!entity)
      throw new RangeError(`The model has no entity '${name}'; it has ${[...this.#model.entities.keys()].join(", ")}.`);
    return entity;
  }

  #record(entity: EntityModel, overrides: Values, before: PlannedRecord[], trail: readonly string[]): Values {
    const circle = trail.includes(entity.name) ? [...trail.slice(trail.indexOf(entity.name)), entity.name] : undefined;
    if (circle)
      throw new RangeError(`Required lookups lead in a circle (${circle.join(" → ")}): give one of them an id.`);
    for (const given of Object.keys(overrides)) {
      if (!entity.byName.has(given)) throw new RangeError(`'${given}' is no field of '${entity.name}'.`);
    }
    for (let attempt = 0; attempt < 60; attempt++) {
      // When values run out, optional unique fields stay empty.
      const needed: PlannedRecord[] = [];
      const values = this.#attempt(entity, overrides, needed, [...trail, entity.name], attempt < 30);
      const keys = entity.uniques.map((unique) => uniqueKey(entity, unique, values)).filter((key) => key !== undefined);
      if (keys.some((key) => this.#taken.has(key)) && attempt < 59) continue;
      for (const key of keys) this.#taken.add(key);
      before.push(...needed);
      return values;
    }
    throw new RangeError(`There are no more values for the unique fields of '${entity.name}'; give them.`);
  }

  #attempt(
    entity: EntityModel,
    overrides: Values,
    needed: PlannedRecord[],
    trail: readonly string[],
    uniques: boolean,
  ): Values {
    const values: Values = { id: overrides["id"] ?? this.#random.id(this.#count++ % 0x1_0000) };
    for (const field of entity.stored) {
      if (field.system || field.writable === "never") continue;
      const given = overrides[field.name];
      if (given !== undefined) values[field.name] = this.#given(field, given, needed);
      else {
        const made =
          uniques || field.required || !isUnique(entity, field) ? this.#made(entity, field, needed, trail) : undefined;
        if (made !== undefined) values[field.name] = made;
      }
    }
    return values;
  }

  /** A given value; for a lookup also the overrides of a record to make. */
  #given(field: FieldModel, given: unknown, needed: PlannedRecord[]): unknown {
    const target = field.relation?.type === "one" ? field.relation.target : undefined;
    const reference = given as { entity?: unknown; id?: unknown } | null;
    const part = typeof reference?.entity === "string" ? field.parts?.get(reference.entity) : undefined;
    if (part?.relation?.type === "one" && reference?.id === undefined) {
      const { entity, ...overrides } = given as Values;
      return { entity, id: this.#related(part.relation.target, overrides, needed, []) };
    }
    if (!target || given === null || typeof given !== "object") return given;
    // Whoever asks for a record asks for no circle.
    return this.#related(target, given as Values, needed, []);
  }

  #made(entity: EntityModel, field: FieldModel, needed: PlannedRecord[], trail: readonly string[]): unknown {
    const mustHave = field.required && field.def["default"] === undefined;
    if (field.relation?.type === "one")
      return mustHave ? this.#related(field.relation.target, {}, needed, trail) : undefined;
    const first = lookupsOf({ fields: [field] })[0];
    if (first?.relation?.type === "one")
      return mustHave ? { entity: first.name, id: this.#related(first.relation.target, {}, needed, trail) } : undefined;
    if (!mustHave && !this.#random.chance(this.#fill)) return undefined;
    const value = this.#value(field);
    if (value === undefined && mustHave) {
      throw new RangeError(
        `No value was found for ${entity.name}.${field.name} (${field.type.kind}); give one, or a maker for its kind.`,
      );
    }
    return value;
  }

  #related(target: EntityModel, overrides: Values, needed: PlannedRecord[], trail: readonly string[]): unknown {
    const values = this.#record(target, overrides, needed, trail);
    needed.push({ entity: target.name, values });
    return values["id"];
  }

  #value(field: FieldModel): unknown {
    const { type, def } = field;
    const value = randomValue(this.#random, type, def, this.#makers);
    // Unique text gets a number at its end, so that it does not run out.
    if (def["unique"] !== true || typeof value !== "string") return value;
    const longer = type.read(`${value} ${this.#count}`, def);
    return longer instanceof Invalid || type.limit?.(longer, def) ? value : longer;
  }
}

function isUnique(entity: EntityModel, field: FieldModel): boolean {
  return entity.uniques.some((unique) => unique.fields.some((one) => wholeField(one) === field));
}

/** What a unique constraint compares of a record, with the constraint's own name. */
function uniqueKey(entity: EntityModel, unique: UniqueModel, values: Values): string | undefined {
  const compared: unknown[] = [];
  for (const { name, type, def } of unique.fields) {
    const given = values[name];
    if (given === undefined || given === null) return undefined;
    const value = type.read(given, def);
    if (value instanceof Invalid) return undefined;
    const columns = encodeValue(type, value, def);
    compared.push((type.uniqueBy?.(def) ?? [0]).map((index) => columns[index]));
  }
  return `${entity.name} ${unique.fields.map((field) => field.name).join()} ${canonicalText(compared)}`;
}
