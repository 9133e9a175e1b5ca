/** The questions of one model: mostly reads, some writes, a few with something wrong in them. */

import type { EntityModel, FieldModel } from "@kith/core";
import { randomAggregate } from "../random/aggregate.ts";
import { edgeZones } from "../random/edges.ts";
import { addSearch, randomOrder, randomQuery } from "../random/query.ts";
import type { Random } from "../random/random.ts";
import { randomSearch } from "../random/search.ts";
import { spoil } from "../random/spoil.ts";
import { type QuerySource, randomWhere } from "../random/where.ts";
import { randomWrite } from "../random/writes.ts";
import type { Coverage } from "./coverage.ts";
import type { Question, Reader } from "./question.ts";
import type { World } from "./world.ts";

/** Makes the questions of one model. */
export class Asker {
  readonly #random: Random;
  readonly #world: World;
  readonly #coverage: Coverage;
  #values = new Map<FieldModel, unknown[]>();
  #stale = true;
  #fresh = 5_000;

  constructor(random: Random, world: World, coverage: Coverage) {
    this.#random = random;
    this.#world = world;
    this.#coverage = coverage;
  }

  /** The next question. */
  async next(): Promise<Question> {
    if (this.#stale) this.#values = await this.#world.values();
    this.#stale = false;
    const random = this.#random;
    const source: QuerySource = {
      random,
      own: {},
      coverage: this.#coverage,
      values: (field) => this.#values.get(field) ?? [],
    };
    const kind = random.weighted({ read: 87, write: 8, walk: 1, spoiled: 4 });
    if (kind === "read") return { ...this.#read(source), ...this.#reader() } as Question;
    if (kind === "spoiled" && random.chance(0.6)) return spoil(random, this.#read(source));
    this.#stale = true;
    const ids = (name: string) => this.#ids(name);
    const fresh = () => this.#fresh++;
    const read = () => lockedNow(random, this.#read({ ...source, exact: true }));
    const write = randomWrite({ ...source, model: this.#world.model, ids, fresh, read });
    if (kind === "walk") {
      const entity = random.pick([...this.#world.model.entities.values()]);
      const query = { ...ordered(source, entity), limit: random.int(1, 5) };
      const more = () => randomWrite({ ...source, model: this.#world.model, ids, fresh, read });
      return { call: "walk", entity: entity.name, query, writes: [write, ...random.times(random.int(0, 4), more)] };
    }
    return kind === "spoiled" ? spoil(random, write) : write;
  }

  #read(source: QuerySource): Question {
    const question = this.#plainRead(source);
    return source.random.chance(0.25) ? ({ ...question, bounded: true } as Question) : question;
  }

  #plainRead(source: QuerySource): Question {
    const { random } = source;
    const entity = random.pick([...this.#world.model.entities.values()]);
    const call = random.weighted({
      findMany: 44,
      findPage: 11,
      stream: 4,
      findOne: 3,
      get: 4,
      count: 10,
      exists: 5,
      aggregate: 19,
      search: 1.5,
    });
    switch (call) {
      case "search":
        return this.#search(source) ?? { call: "count", entity: entity.name, query: this.#filter(source, entity) };
      case "get": {
        const { select, include } = randomQuery(source, entity);
        const ids = this.#ids(entity.name);
        const id = ids.length > 0 ? random.pick(ids) : random.id(0);
        return {
          call,
          entity: entity.name,
          id,
          query: { ...(select ? { select } : {}), ...(include ? { include } : {}) },
        };
      }
      case "count":
      case "exists":
        return { call, entity: entity.name, query: this.#filter(source, entity) };
      case "aggregate":
        return { call, entity: entity.name, query: randomAggregate(source, entity) };
      case "findOne": {
        const { limit: _, ...query } = randomQuery(source, entity);
        return { call, entity: entity.name, query };
      }
      case "findPage": {
        const total = random.pick([undefined, undefined, true, { upTo: random.int(1, 20) }]);
        return {
          call,
          entity: entity.name,
          query: {
            ...ordered(source, entity),
            limit: random.int(1, 9),
            ...(total === undefined ? {} : { total }),
          },
        };
      }
      case "stream":
        return {
          call,
          entity: entity.name,
          query: { ...ordered(source, entity), batch: random.int(1, 12) },
        };
      case "findMany":
        return { call, entity: entity.name, query: randomQuery(source, entity) };
    }
  }

  /** A search across entities; undefined when none has anything that is searched. */
  #search(source: QuerySource): Question | undefined {
    const { random } = source;
    const searched = [...this.#world.model.entities.values()].filter(({ search }) => search);
    const text = searched.length > 0 ? randomSearch(source, random.pick(searched)) : undefined;
    if (text === undefined) return undefined;
    const entities = random.some(searched, random.int(1, searched.length)).map(({ name }) => name);
    const options = {
      ...(random.chance(0.4) ? { entities } : {}),
      ...(random.chance(0.6) ? { limit: random.pick([1, 2, 3, 10, 1_000]) } : {}),
    };
    return { call: "search", text, options };
  }

  #filter(source: QuerySource, entity: EntityModel): Record<string, unknown> {
    const query: Record<string, unknown> = { where: randomWhere(source, entity) };
    if (source.random.chance(0.15)) addSearch(source, entity, query);
    return query;
  }

  /** Mostly nobody: the system's zone is UTC. */
  #reader(): { readonly as?: Reader } {
    const random = this.#random;
    if (random.chance(0.4)) return {};
    // Often near what there is: the borders of days are where zones show.
    const moments = [...this.#values].flatMap(([field, values]) => (field.type.kind === "datetime" ? values : []));
    const near =
      moments.length > 0 && random.chance(0.7) ? Date.parse(String(random.pick(moments))) : Date.UTC(2024, 6, 1);
    const within = near > Date.UTC(1, 1, 1) && near < Date.UTC(9999, 10, 1) ? near : Date.UTC(2024, 6, 1);
    const at = within + random.int(-30, 30) * 3_600_000;
    return { as: { timeZone: random.pick(edgeZones), fiscalYearStart: random.pick([1, 2, 4, 7, 10, 12]), at } };
  }

  #ids(name: string): string[] {
    const id = this.#world.model.entities.get(name)?.byName.get("id") as FieldModel;
    return (this.#values.get(id) ?? []) as string[];
  }
}

/** Inside a transaction a record can be locked. */
function lockedNow(random: Random, question: Question): Question {
  return question.call === "get" && random.chance(0.5)
    ? { ...question, query: { ...question.query, lock: true } }
    : question;
}

/** A random query whose pages can follow each other: one that searches needs an order. */
function ordered(source: QuerySource, entity: EntityModel): Record<string, unknown> {
  const query = randomQuery(source, entity);
  return query["search"] === undefined || query["orderBy"] !== undefined
    ? query
    : { ...query, orderBy: randomOrder(source, entity) };
}
