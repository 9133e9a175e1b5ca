/** Random changes of models under one database after another. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyChanges, createXrm, findDrift, type Model, planChanges, type Storage } from "@kith/core";
import { fold } from "@kith/schema";
import { sqlite } from "@kith/sqlite";
import { postgresWith } from "../../packages/postgres/src/postgres-storage.ts";
import { type Dice, diceOf, mutate, randomField, randomValue } from "./change-mutate.ts";
import { expected, type FieldSpec, modelOf, type Rec, type Records, type World } from "./change-world.ts";
import { startPostgres } from "./postgres.ts";

/** What came of it. */
export interface ChangeFigures {
  readonly done: number;
  readonly refused: number;
  /** Changes after which something waited for a yes to be dropped. */
  readonly retired: number;
  /** What went wrong, with the seed to see it again. */
  readonly problem?: string;
}

/** Changes that one database goes through before the next one begins. */
const perDatabase = 25;

/** Runs so many changes on databases of a kind. */
export async function changeFuzz(db: string, changes: number, seed: number): Promise<ChangeFigures> {
  const { storageOf, stop } = await place(db);
  const figures = { done: 0, refused: 0, retired: 0 };
  try {
    for (let i = 0; figures.done + figures.refused < changes; i++) {
      try {
        await oneDatabase(storageOf(i), diceOf(seed * 1_000 + i), figures, changes);
      } catch (error) {
        return {
          ...figures,
          problem: `seed ${seed}, database ${i}: ${error instanceof Error ? error.stack : String(error)}`,
        };
      }
    }
    return figures;
  } finally {
    await stop();
  }
}

async function place(db: string): Promise<{ storageOf: (i: number) => Storage; stop: () => Promise<void> }> {
  if (db === "postgres") {
    const given = process.env["KITH_TEST_POSTGRES_URL"];
    const server = given === undefined ? await startPostgres() : { url: given, stop: async () => undefined };
    const mark = `${process.pid}_${Date.now().toString(36)}`;
    return {
      // Every second database in phases, as large ones are changed.
      storageOf: (i) =>
        postgresWith(
          { url: server.url, schema: `change_${mark}_${i}`, connections: 2 },
          i % 2 === 1 ? { phasesFrom: 0 } : {},
        ),
      stop: async () => void (await server.stop()),
    };
  }
  const folder = mkdtempSync(join(tmpdir(), "kith-change-"));
  const stop = async () => rmSync(folder, { recursive: true, force: true });
  return { storageOf: (i) => sqlite({ file: join(folder, `${i}.db`), synchronous: "normal" }), stop };
}

async function oneDatabase(
  storage: Storage,
  dice: Dice,
  figures: { done: number; refused: number; retired: number },
  most: number,
): Promise<void> {
  let world: World = new Map();
  for (const name of ["alpha", "beta"]) world = new Map([...world, [name, { fields: new Map() }]]);
  world = new Map(
    [...world].map(([name, spec]) => [
      name,
      { ...spec, fields: new Map([0, 1, 2].map((n) => [`g${n}`, randomField(dice, world)])) },
    ]),
  );
  let held: Records = new Map([...world.keys()].map((name) => [name, []]));
  const removed = new Map<string, Map<string, FieldSpec>>();
  held = await write(storage, modelOf(world, 1), world, held, dice, 8);
  for (let round = 2; round < perDatabase + 2 && figures.done + figures.refused < most; round++) {
    const undone = new Map([...removed].map(([name, fields]) => [name, new Map(fields)]));
    let next = world;
    for (let n = 0; n <= dice(2); n++) next = mutate(next, dice, removed);
    // `was` of an earlier round stays, as it does in declarations, but only the latest is looked for here.
    const model = modelOf(next, round);
    const should = expected(world, held, next, fold);
    const plan = await planChanges({ model, storage });
    const refused = plan.steps.filter((step) => step.class === "refused");
    if (should.offenders.size > 0 || refused.length > 0) {
      const told = new Map<string, Set<string>>();
      for (const step of refused)
        for (const { id } of step.offenders ?? []) told.set(step.entity, (told.get(step.entity) ?? new Set()).add(id));
      const plainly = (all: ReadonlyMap<string, ReadonlySet<string>>) =>
        [...all].map(([name, ids]) => [name, [...ids].sort()]).sort();
      // A step lists the first of its offenders only.
      const all = refused.every((step) => (step.offenders?.length ?? 0) === (step.offenderCount ?? 0));
      const wanted = all ? should.offenders : withinOf(should.offenders, told);
      assert.deepEqual(
        plainly(told),
        plainly(wanted),
        `${shown(world)} became ${shown(next)}; refused: ${JSON.stringify(refused)}`,
      );
      await assert.rejects(applyChanges({ model, storage, plan, confirm: confirmable(plan.steps) }), {
        code: "MODEL_CHANGED",
      });
      await same(storage, modelOf(world, round - 1), world, held);
      removed.clear();
      for (const [name, fields] of undone) removed.set(name, fields);
      figures.refused++;
      continue;
    }
    const report = await applyChanges({ model, storage, plan, confirm: confirmable(plan.steps) });
    if (report.left.length > 0) figures.retired++;
    world = next;
    held = should.records;
    await same(storage, model, world, held);
    held = await write(storage, model, world, held, dice, 1 + dice(2));
    assert.deepEqual(await findDrift({ model, storage }), [], "drift");
    figures.done++;
  }
}

const shown = (world: World) =>
  JSON.stringify(
    Object.fromEntries([...world].map(([name, spec]) => [name, { ...spec, fields: Object.fromEntries(spec.fields) }])),
  );

/** What both have. */
function withinOf(wanted: ReadonlyMap<string, ReadonlySet<string>>, told: ReadonlyMap<string, ReadonlySet<string>>) {
  return new Map([...wanted].map(([name, ids]) => [name, new Set([...ids].filter((id) => told.get(name)?.has(id)))]));
}

const confirmable = (steps: readonly { readonly id: string; readonly class: string }[]) =>
  steps.filter((step) => step.class === "confirm").map(({ id }) => id);

/** Compares what a database holds with what it should. */
async function same(storage: Storage, model: Model<any>, world: World, held: Records): Promise<void> {
  const xrm = await createXrm<any>({ model, storage });
  try {
    for (const [name, { fields }] of world) {
      const rows = await xrm.entity(name).findMany();
      const plain = rows.map((row) => ({
        id: row["id"],
        ...Object.fromEntries([...fields.keys()].map((key) => [key, row[key]])),
      }));
      const wanted = (held.get(name) ?? []).map(({ id, values }) => ({
        id,
        ...Object.fromEntries([...fields.keys()].map((key) => [key, values[key] ?? null])),
      }));
      const order = (a: { id: unknown }, b: { id: unknown }) => (String(a.id) < String(b.id) ? -1 : 1);
      assert.deepEqual(plain.sort(order), wanted.sort(order), `records of ${name}`);
    }
  } finally {
    await xrm.close();
  }
}

/** Writes some records through the system; what is refused for good reasons is left out. */
async function write(
  storage: Storage,
  model: Model<any>,
  world: World,
  held: Records,
  dice: Dice,
  count: number,
): Promise<Records> {
  const xrm = await createXrm<any>({ model, storage });
  const after = new Map(held);
  try {
    for (const [name, { fields }] of world) {
      const rows: Rec[] = [...(after.get(name) ?? [])];
      for (let n = 0; n < count; n++) {
        const values: Record<string, unknown> = {};
        for (const [key, spec] of fields) {
          const idsOf = (entity: string) => (after.get(entity) ?? []).map(({ id }) => id);
          if (spec.required || dice(4) > 0) values[key] = randomValue(spec, dice, idsOf);
        }
        try {
          const made = await xrm.entity(name).create(values);
          rows.push({
            id: String(made["id"]),
            values: Object.fromEntries([...fields.keys()].map((key) => [key, made[key]])),
          });
        } catch (error) {
          const { code } = error as { code?: string };
          if (code !== "INVALID_RECORD" && code !== "UNIQUE") throw error;
        }
      }
      after.set(name, rows);
    }
    return after;
  } finally {
    await xrm.close();
  }
}
