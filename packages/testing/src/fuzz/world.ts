/** One model with its data, opened on several storages at once. */

import { createXrm, type EntityModel, type FieldModel, type Model, type Storage, type Xrm } from "@kith/core";
import { partsOf } from "@kith/schema";
import type { DataPlan } from "../random/data.ts";
import { computesFloats } from "../random/measure.ts";
import { buildModel, type ModelPlan } from "../random/model.ts";
import { ask } from "./ask.ts";
import { type Difference, difference, type Tolerance } from "./compare.ts";
import { type Answer, isExpected, isRead, type Question } from "./question.ts";

/** A storage that takes part: the first one is the oracle. */
export interface Contestant {
  readonly name: string;
  /** A new, empty storage; called once for each model. */
  readonly create: () => Storage | Promise<Storage>;
}

/** A question that two storages answer differently. */
export interface Finding {
  readonly question: Question;
  readonly storage: string;
  readonly difference: Difference;
}

interface System {
  readonly name: string;
  readonly xrm: Xrm<any>;
  /** Another system on the same open database, which has prepared nothing yet. */
  readonly cold: () => Promise<Xrm<any>>;
}

/** Every so many reads are asked of a cold system too: what was prepared for one query must not serve another. */
const usualCold = 8;

/** Systems on the same model with the same records and the same clock. */
export class World {
  readonly model: Model;
  readonly #systems: readonly System[];
  readonly #clock: { now: number };
  readonly #coldEvery: number;
  #reads = 0;

  private constructor(model: Model, systems: readonly System[], clock: { now: number }, coldEvery: number) {
    this.model = model;
    this.#systems = systems;
    this.#clock = clock;
    this.#coldEvery = coldEvery;
  }

  /** Opens the model on each storage. */
  static async open(plan: ModelPlan, contestants: readonly Contestant[], coldEvery = usualCold): Promise<World> {
    const model = buildModel(plan);
    const clock = { now: Date.UTC(2024, 1, 28, 22) };
    const systems: System[] = [];
    for (const { name, create } of contestants) {
      // Ids that no values give must be the same everywhere.
      let made = 0;
      const newId = () => `018f4e3a-ffff-7000-8000-${(++made).toString(16).padStart(12, "0")}`;
      const open = (storage: Storage) => createXrm<any>({ model, storage, clock: () => clock.now, newId });
      let connection: ReturnType<Storage["open"]> | undefined;
      const storage = await create();
      const kept: Storage = {
        name: storage.name,
        capabilities: { ...storage.capabilities },
        open: (...given) => {
          connection ??= storage.open(...given);
          return connection;
        },
      };
      systems.push({ name, xrm: await open(kept), cold: () => open(kept) });
    }
    return new World(model, systems, clock, coldEvery);
  }

  /** The system that is taken to be right. */
  get oracle(): Xrm<any> {
    return (this.#systems[0] as System).xrm;
  }

  /** The question with the time at which it would be asked now, so that it can be asked again. */
  pinned(question: Question): Question {
    return question.at === undefined
      ? { ...question, at: ("as" in question && question.as?.at) || this.#next }
      : question;
  }

  get #next(): number {
    return this.#clock.now + 37_000_123;
  }

  /** Asks all systems; gives the oracle's answer and the first difference from it. An error that no such call may give is a difference too. */
  async ask(question: Question): Promise<{ readonly answer: Answer; readonly finding: Finding | undefined }> {
    const now = this.#next;
    // A question that says when it is asked means the same in a case by itself.
    this.#clock.now = question.at ?? (("as" in question && question.as?.at) || now);
    try {
      return await this.#askAll(question);
    } finally {
      this.#clock.now = now;
    }
  }

  async #askAll(question: Question): Promise<{ readonly answer: Answer; readonly finding: Finding | undefined }> {
    const [first, ...others] = this.#systems as [System, ...System[]];
    const answer = await ask(first.xrm, question);
    if (!isExpected(question, answer)) {
      return {
        answer,
        finding: { question, storage: first.name, difference: { path: "", expected: "an answer", actual: answer } },
      };
    }
    if (isRead(question) && ++this.#reads % this.#coldEvery === 0) {
      const found = difference(answer, await ask(await first.cold(), question));
      if (found) return { answer, finding: { question, storage: `${first.name}, opened anew`, difference: found } };
    }
    for (const { name, xrm } of others) {
      const actual = await ask(xrm, question);
      if (!difference(answer, actual)) continue;
      const found = difference(answer, actual, await this.#tolerance(question));
      if (found) return { answer, finding: { question, storage: name, difference: found } };
    }
    return { answer, finding: undefined };
  }

  /** Makes the records of a plan; what one storage refuses, all must refuse. */
  async load(data: DataPlan): Promise<Finding | undefined> {
    for (const { entity, values, actor } of data.records) {
      const { finding } = await this.ask({ call: "create", entity, values, actor });
      if (finding) return finding;
    }
    for (const { entity, id, values } of data.ties) {
      const { finding } = await this.ask({ call: "update", entity, id, values });
      if (finding) return finding;
    }
    return undefined;
  }

  /** Every record, as the oracle has it. */
  async records(): Promise<Map<EntityModel, Record<string, unknown>[]>> {
    const all = new Map<EntityModel, Record<string, unknown>[]>();
    for (const entity of this.model.entities.values())
      all.set(entity, await this.oracle.entity(entity.name).findMany({}));
    return all;
  }

  /** The values that records have, by field. */
  async values(): Promise<Map<FieldModel, unknown[]>> {
    const byField = new Map<FieldModel, unknown[]>();
    for (const [entity, rows] of await this.records()) {
      for (const field of entity.stored) {
        const values = rows.map((row) => row[field.name]).filter((value) => value !== null);
        byField.set(field, values);
        for (const part of field.parts?.values() ?? []) {
          const inside = values.map((value) => partsOf(field.type, value, field.def)[part.name] ?? null);
          byField.set(
            part,
            inside.filter((value) => value !== null),
          );
        }
      }
    }
    return byField;
  }

  /** Ends the systems. */
  async close(): Promise<void> {
    for (const { xrm } of this.#systems) await xrm.close();
  }

  /** Computed floats may differ by a rounding of the sum of what was added. */
  async #tolerance(question: Question): Promise<Tolerance> {
    const entity = question.call === "aggregate" ? this.model.entities.get(question.entity) : undefined;
    if (!entity || question.call !== "aggregate") return () => 0;
    const allowed = new Map<string, number>();
    for (const [name, measure] of Object.entries((question.query["measures"] ?? {}) as Record<string, unknown>)) {
      if (!computesFloats(entity, measure)) continue;
      const field = Object.values(measure as Record<string, string>)[0] as string;
      const rows = await this.oracle.entity(entity.name).findMany({ select: { [field]: true } });
      const size = rows.reduce((sum, row) => sum + Math.abs(Number(row[field] ?? 0)), 0);
      allowed.set(name, Math.max(Number.MIN_VALUE, 1e-12 * size));
    }
    return (name) => allowed.get(name) ?? 0;
  }
}
