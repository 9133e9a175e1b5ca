/** Applying a batch of writes to a state. */

import {
  type EntityModel,
  type FieldModel,
  uniqueError,
  type Write,
  type WriteBatch,
  type WriteResult,
} from "@kith/core";
import { copyJson } from "@kith/schema";
import { checkDelete, checkRow } from "./constraints.ts";
import { type Rec, same } from "./copy.ts";
import type { State } from "./state.ts";

/** The entities of the model, to find who looks up to whom. */
export type Entities = ReadonlyMap<string, EntityModel>;

/** Applies a batch to a state: all of it, or nothing when it throws. */
export function applyBatch(state: State, batch: WriteBatch, entities: Entities): WriteResult[] {
  const trial = state.over();
  const results = batch.map((write) => apply(trial, write, entities));
  trial.merge();
  return results;
}

function apply(state: State, write: Write, entities: Entities): WriteResult {
  const { entity } = write;
  if (write.type === "insert") {
    for (const row of write.rows) insert(state, entity, row);
    return undefined;
  }
  const before = state.row(entity, write.id);
  const missed = !before || (write.ifVersion !== undefined && before["version"] !== write.ifVersion);
  if (write.type === "delete") {
    if (missed) return false;
    checkDelete(state, entity, write.id, entities);
    state.put(entity, before, undefined);
    return true;
  }
  if (missed || Object.keys(write.set).every((name) => same(before[name], write.set[name]))) return null;
  const version = (before["version"] as number) + 1;
  const after = copyJson({ ...before, ...write.set, ...write.stamps, id: write.id, version });
  checkRow(state, entity, after, write.set);
  state.put(entity, before, after);
  return copyJson(after);
}

function insert(state: State, entity: EntityModel, given: Rec): void {
  const row = Object.fromEntries(entity.stored.map((field) => [field.name, copyJson(given[field.name] ?? null)]));
  if (state.row(entity, String(row["id"]))) {
    throw uniqueError(entity, [entity.byName.get("id") as FieldModel], row, String(row["id"]));
  }
  checkRow(state, entity, row);
  state.put(entity, undefined, row);
}
