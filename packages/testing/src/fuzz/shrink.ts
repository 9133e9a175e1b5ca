/** Cuts a failing case down: the question, the records, the fields, as long as it still fails. */

import type { FieldDef } from "@kith/schema";
import type { DataPlan, Planting } from "../random/data.ts";
import type { ModelPlan } from "../random/model.ts";
import type { Question } from "./question.ts";
import { type Contestant, type Finding, World } from "./world.ts";

/** A failing case, complete: it needs no seed. */
export interface Case {
  readonly plan: ModelPlan;
  readonly data: DataPlan;
  /** What was asked of these records before, where that matters: a record's past shows in its version and its times. */
  readonly before?: readonly Question[];
  readonly question: Question;
}

/**
 * Runs a case on new storages: the finding, if it fails.
 *
 * @throws when it is no case: its model is not right, or a storage cannot be opened
 */
export async function runCase(kase: Case, contestants: readonly Contestant[]): Promise<Finding | undefined> {
  const world = await World.open(kase.plan, contestants, 1);
  try {
    const broken = await world.load(kase.data);
    if (broken) return broken;
    for (const question of [...(kase.before ?? []), kase.question]) {
      const { finding } = await world.ask(question);
      if (finding) return finding;
    }
    return undefined;
  } finally {
    await world.close().catch(() => undefined);
  }
}

/** What is no case does not fail. */
async function tried(kase: Case, contestants: readonly Contestant[]): Promise<Finding | undefined> {
  return runCase(kase, contestants).catch(() => undefined);
}

/** The smallest failing case that is found within the time. */
export async function shrink(
  kase: Case,
  contestants: readonly Contestant[],
  milliseconds = 20_000,
): Promise<{ kase: Case; finding: Finding } | undefined> {
  const until = Date.now() + milliseconds;
  const first = await tried(kase, contestants);
  if (!first) return undefined;
  let best = { kase, finding: first };
  const code = codeOf(first);
  for (let smaller = true; smaller && Date.now() < until; ) {
    smaller = false;
    for (const pass of [shorterPast, fewerRecords, smallerQuestion, fewerFields, fewerValues]) {
      for (let again = true; again && Date.now() < until; ) {
        again = false;
        for (const candidate of pass(best.kase)) {
          if (Date.now() > until) break;
          const finding = await tried(candidate, contestants);
          if (!finding || codeOf(finding) !== code) continue;
          best = { kase: candidate, finding };
          smaller = again = true;
          break;
        }
      }
    }
  }
  return best;
}

/** Unexpected errors stay the same error while a case shrinks, so that it does not end in another defect. */
function codeOf({ difference }: Finding): string {
  const { actual } = difference;
  if (difference.expected !== "an answer") return "differs";
  const { code, message } = actual as { code: string; message: string };
  return `${code} ${message.split("\n")[0]?.replace(/'[^']*'|[0-9]+/g, "")}`;
}

/** The list without some of its elements, first without half of them, last without one. */
function* fewer<T>(list: readonly T[]): Iterable<readonly T[]> {
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < list.length; from += size) yield [...list.slice(0, from), ...list.slice(from + size)];
}

function* shorterPast({ before, ...rest }: Case): Iterable<Case> {
  if (!before) return;
  if (before.length === 0) yield rest;
  for (const shorter of fewer(before)) yield { ...rest, before: shorter };
  if (before.length > 10) return;
  for (const [i, question] of before.entries())
    for (const smaller of smallerJson(question)) yield { ...rest, before: before.with(i, smaller as Question) };
}

function* fewerRecords(kase: Case): Iterable<Case> {
  const { data } = kase;
  for (const records of fewer(data.records)) yield { ...kase, data: { ...data, records } };
  for (const ties of fewer(data.ties)) yield { ...kase, data: { ...data, ties } };
}

function* smallerQuestion(kase: Case): Iterable<Case> {
  const { question } = kase;
  for (const smaller of smallerJson(question)) yield { ...kase, question: smaller as Question };
  if (question.call === "transaction") for (const step of question.steps) yield { ...kase, question: step };
  if (question.call === "walk") for (const write of question.writes) yield { ...kase, question: write };
}

function* fewerFields(kase: Case): Iterable<Case> {
  const { plan, data } = kase;
  for (const entity of plan) {
    yield {
      ...kase,
      plan: plan.filter((one) => one !== entity),
      data: without(data, (record) => record.entity !== entity.name),
    };
    for (const name of Object.keys(entity.fields)) {
      const fields = omit(entity.fields, name);
      const clean = (lists: readonly (readonly string[])[]) => lists.filter((list) => !list.includes(name));
      const smaller = { ...entity, fields, unique: clean(entity.unique), indexes: clean(entity.indexes) };
      yield {
        ...kase,
        plan: plan.map((one) => (one === entity ? smaller : one)),
        data: dropValue(data, entity.name, name),
      };
    }
    for (const key of ["unique", "indexes"] as const)
      if (entity[key].length > 0)
        yield { ...kase, plan: plan.map((one) => (one === entity ? { ...entity, [key]: [] } : one)) };
    for (const [name, def] of Object.entries(entity.fields)) {
      for (const option of [
        "unique",
        "required",
        "indexed",
        "immutable",
        "default",
        "fold",
        "start",
        "min",
        "max",
        "searchable",
      ]) {
        if (!(option in def)) continue;
        const fields = { ...entity.fields, [name]: omit(def, option) as FieldDef };
        yield { ...kase, plan: plan.map((one) => (one === entity ? { ...entity, fields } : one)) };
      }
    }
  }
}

function* fewerValues(kase: Case): Iterable<Case> {
  const { data } = kase;
  for (const [i, record] of data.records.entries()) {
    for (const name of Object.keys(record.values)) {
      if (name === "id") continue;
      const records = data.records.with(i, { ...record, values: omit(record.values, name) });
      yield { ...kase, data: { ...data, records } };
    }
  }
}

function without(data: DataPlan, keep: (record: { readonly entity: string }) => boolean): DataPlan {
  return { records: data.records.filter(keep), ties: data.ties.filter(keep) };
}

function dropValue(data: DataPlan, entity: string, name: string): DataPlan {
  const drop = <T extends Pick<Planting, "entity" | "values">>(record: T): T =>
    record.entity === entity ? { ...record, values: omit(record.values, name) } : record;
  return {
    records: data.records.map(drop),
    ties: data.ties.map(drop).filter((tie) => Object.keys(tie.values).length > 0),
  };
}

function omit<T extends object>(from: T, name: string): Omit<T, string> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key !== name)) as Omit<T, string>;
}

/** The same JSON with one thing less: a key, an element, or a level. What was spoilt may hold itself, so that there is a depth. */
function* smallerJson(value: unknown, depth = 0): Iterable<unknown> {
  if (depth > 20) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) yield value.toSpliced(i, 1);
    for (const [i, item] of value.entries())
      for (const smaller of smallerJson(item, depth + 1)) yield value.with(i, smaller);
  } else if (value !== null && typeof value === "object") {
    for (const key of Object.keys(value)) if (key !== "call" && key !== "entity") yield omit(value, key);
    for (const [key, item] of Object.entries(value)) {
      if (item !== null && typeof item === "object" && !Array.isArray(item)) yield item;
      if (Array.isArray(item) && item.length === 1) yield item[0];
      for (const smaller of smallerJson(item, depth + 1)) yield { ...value, [key]: smaller };
    }
  } else if (typeof value === "string" && value.length > 1) yield value.slice(0, Math.ceil(value.length / 2));
}
