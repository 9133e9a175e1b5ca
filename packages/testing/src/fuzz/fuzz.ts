/** The differential fuzzer: random models, data and questions, asked of several storages, whose answers must be equal. */

import { type DataPlan, randomData } from "../random/data.ts";
import { isReference } from "../random/lookups.ts";
import { type ModelPlan, randomModel } from "../random/model.ts";
import { Random } from "../random/random.ts";
import { Asker } from "./asker.ts";
import { Coverage } from "./coverage.ts";
import { isFilled, isRead, type Question } from "./question.ts";
import { type Case, shrink } from "./shrink.ts";
import { type Contestant, type Finding, World } from "./world.ts";

/** What a run is given. */
export interface FuzzOptions {
  /** The storages to compare with the oracle. */
  readonly storages: readonly Contestant[];
  /** The storage that is taken to be right: `@kith/memory`, which is made for it. */
  readonly oracle: Contestant;
  /** How many questions to ask; 1,000 unless given. */
  readonly queries?: number;
  /** Equal seeds give equal runs; 1 unless given. */
  readonly seed?: number;
  /** Questions for each model; 200 unless given. */
  readonly perModel?: number;
  /** Stops after so many differences; 1 unless given. */
  readonly findings?: number;
  /** Time to cut each difference down, in milliseconds; 20,000 unless given, 0 to leave it as it is. */
  readonly shrinkMs?: number;
  /** How many smaller cases are tried for each difference, whatever the time: equal runs then end in equal cases. No bound unless given. */
  readonly shrinkAttempts?: number;
  /** Is told after each model how far the run is. */
  readonly onModel?: (asked: number) => void;
  /** Is told of each difference when it is found. */
  readonly onFinding?: (finding: FuzzFinding) => void;
}

/** A difference that was found, and the smallest case that shows it. */
export interface FuzzFinding extends Finding {
  /** Reproduces it: `fuzz({ …, modelSeed })`. */
  readonly modelSeed: number;
  /** Which question of its model it was, counted from 1; 0 while loading. */
  readonly number: number;
  /** The question number over the whole run. */
  readonly asked: number;
  /** The smallest failing case that was found in the time; with what was asked before, if the difference does not show on newly loaded records. */
  readonly smallest: Case | undefined;
}

/** What a run found. */
export interface FuzzReport {
  /** How many questions were asked. */
  readonly asked: number;
  /** Of how many models. */
  readonly models: number;
  readonly findings: readonly FuzzFinding[];
  /** Which operators met which field types, and the share of answers that were not empty. */
  readonly coverage: Coverage;
  /** How often each error code came back. */
  readonly codes: ReadonlyMap<string, number>;
}

/** The seed of the n-th model of a run. */
export function modelSeed(seed: number, n: number): number {
  return (Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) + Math.imul(n + 1, 0xc2b2_ae35)) >>> 0;
}

/**
 * Compares storages on random models, records and questions: reads of every kind, and writes, whose error codes must be equal too.
 *
 * @example
 * const oracle = { name: 'memory', create: () => memory() }
 * const report = await fuzz({ oracle, storages: [{ name: 'mine', create: () => mine({ file: ':memory:' }) }], queries: 10_000, seed: 7 })
 * assert.equal(report.findings.length, 0)
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { queries = 1_000, seed = 1, perModel = 200, findings: most = 1 } = options;
  const run = new Run(options);
  let models = 0;
  while (run.asked < queries && run.findings.length < most) {
    await run.model(modelSeed(seed, models++), Math.min(perModel, queries - run.asked));
    options.onModel?.(run.asked);
  }
  return { asked: run.asked, models, findings: run.findings, coverage: run.coverage, codes: run.codes };
}

/** Runs the questions of one model again, by the seed that a finding names. */
export async function fuzzModel(options: FuzzOptions, seed: number): Promise<FuzzReport> {
  const run = new Run(options);
  await run.model(seed, options.perModel ?? 200);
  return { asked: run.asked, models: 1, findings: run.findings, coverage: run.coverage, codes: run.codes };
}

class Run {
  asked = 0;
  readonly findings: FuzzFinding[] = [];
  readonly coverage = new Coverage();
  readonly codes = new Map<string, number>();
  readonly #options: FuzzOptions;
  readonly #contestants: readonly Contestant[];

  constructor(options: FuzzOptions) {
    this.#options = options;
    this.#contestants = [options.oracle, ...options.storages];
  }

  /** One model with its data and questions; ends at the first difference. */
  async model(seed: number, questions: number): Promise<void> {
    const random = new Random(seed);
    const plan = randomModel(random);
    const world = await World.open(plan, this.#contestants);
    // Counts of its own: the questions of a model must not depend on the models before it.
    const coverage = new Coverage();
    try {
      const data = randomData(random, world.model);
      const broken = await world.load(data);
      if (broken) return await this.#found(broken, { seed, number: 0, plan, data });
      coverage.expect(world.model);
      const asker = new Asker(random, world, coverage);
      const past: Question[] = [];
      for (let number = 1; number <= questions; number++) {
        const question = world.pinned(await asker.next());
        const before = isRead(question) ? undefined : await snapshot(world);
        const { answer, finding } = await world.ask(question);
        this.asked++;
        coverage.answered(isFilled(answer));
        if ("code" in answer) this.codes.set(answer.code, (this.codes.get(answer.code) ?? 0) + 1);
        if (finding) {
          const now = before ?? (await snapshot(world));
          return await this.#found(finding, { seed, number, plan, data: now, planted: data, past });
        }
        past.push(question);
      }
    } finally {
      this.coverage.add(coverage);
      await world.close().catch(() => undefined);
    }
  }

  async #found(
    finding: Finding,
    at: {
      seed: number;
      number: number;
      plan: ModelPlan;
      /** The records as they were when the question was asked. */
      data: DataPlan;
      /** The records as they were made, and what was asked of them. */
      planted?: DataPlan;
      past?: readonly Question[];
    },
  ): Promise<void> {
    const { shrinkMs = 20_000, shrinkAttempts = Infinity } = this.#options;
    const bounds = { ms: shrinkMs, attempts: shrinkAttempts };
    const { plan, data, planted, past } = at;
    const opponents = this.#contestants.filter(({ name }, i) => i === 0 || name === finding.storage);
    const { question } = finding;
    const smallest =
      shrinkMs === 0
        ? undefined
        : ((await shrink({ plan, data, question }, opponents, bounds)) ??
          (planted && past && (await shrink({ plan, data: planted, before: past, question }, opponents, bounds))));
    const found = {
      ...(smallest?.finding ?? finding),
      modelSeed: at.seed,
      number: at.number,
      asked: this.asked,
      smallest: smallest?.kase,
    };
    this.findings.push(found);
    this.#options.onFinding?.(found);
  }
}

/** The records of a world as a plan that makes them again. */
async function snapshot(world: World): Promise<DataPlan> {
  const records: DataPlan["records"][number][] = [];
  const ties: DataPlan["ties"][number][] = [];
  const all = [...(await world.records())].flatMap(([entity, rows]) => rows.map((row) => ({ entity, row })));
  for (const { entity, row } of all) {
    const values: Record<string, unknown> = { id: row["id"] };
    const later: Record<string, unknown> = {};
    for (const field of entity.stored) {
      if (field.system || field.writable === "never") continue;
      const late = isReference(field) && !field.required;
      (late ? later : values)[field.name] = row[field.name];
    }
    records.push({ entity: entity.name, values, actor: row["createdBy"] as string | null });
    if (Object.values(later).some((id) => id !== null))
      ties.push({ entity: entity.name, id: String(row["id"]), values: later });
  }
  // Required lookups lead to what was made before: ids of a run count up.
  records.sort((a, b) => (String(a.values["id"]) < String(b.values["id"]) ? -1 : 1));
  return { records, ties };
}
