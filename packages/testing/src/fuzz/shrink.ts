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

/** How long a case is cut down: whichever ends first. */
export interface ShrinkBounds {
  /** In milliseconds. */
  readonly ms: number;
  /** Smaller cases that are tried. */
  readonly attempts: number;
}

/** The smallest failing case that is found within the bounds. */
export async function shrink(
  kase: Case,
  contestants: readonly Contestant[],
  { ms, attempts }: ShrinkBounds,
): Promise<{ kase: Case; finding: Finding } | undefined> {
  const until = Date.now() + ms;
  let left = attempts;
  const goesOn = () => left > 0 && Date.now() <= until;
  const first = await tried(kase, contestants);
  if (!first) return undefined;
  let best = { kase, finding: first };
  const code = codeOf(first);
  const attempt = async (candidate: Case): Promise<boolean> => {
    if (!goesOn()) return false;
    left--;
    const finding = await tried(candidate, contestants);
    if (!finding || codeOf(finding) !== code) return false;
    best = { kase: candidate, finding };
    return true;
  };
  for (let smaller = true; smaller && goesOn(); ) {
    smaller = false;
    const now = () => best.kase;
    // Entities first: the fewer there are, the sooner each attempt is over.
    if (await inTurn(fewerEntities, now, attempt)) smaller = true;
    for (const list of lists) if (await shorten(list, now, attempt)) smaller = true;
    for (const pass of [smallerQuestion, fewerFields, fewerValues, smallerPast])
      if (await inTurn(pass, now, attempt)) smaller = true;
  }
  return best;
}

type Attempt = (candidate: Case) => Promise<boolean>;

/** Tries what a pass proposes; after a success it goes on where it was, since what failed before it mostly fails again. */
async function inTurn(pass: (kase: Case) => Iterable<Case>, best: () => Case, attempt: Attempt): Promise<boolean> {
  let any = false;
  for (let from = 0, again = true; again; ) {
    again = false;
    let at = 0;
    for (const candidate of pass(best())) {
      if (at++ < from || !(await attempt(candidate))) continue;
      from = at - 1;
      any = again = true;
      break;
    }
  }
  return any;
}

interface List {
  readonly of: (kase: Case) => readonly unknown[];
  readonly with: (kase: Case, list: readonly never[]) => Case;
}

const lists: readonly List[] = [
  {
    of: ({ before = [] }) => before,
    with: ({ before: _, ...rest }, before) => (before.length > 0 ? { ...rest, before } : rest),
  },
  { of: ({ data }) => data.records, with: (kase, records) => ({ ...kase, data: { ...kase.data, records } }) },
  { of: ({ data }) => data.ties, with: (kase, ties) => ({ ...kase, data: { ...kase.data, ties } }) },
];

/** Takes stretches out of a list: first halves of it, last single elements. */
async function shorten(list: List, best: () => Case, attempt: Attempt): Promise<boolean> {
  const length = () => list.of(best()).length;
  const before = length();
  for (let size = length(); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < length(); ) {
      const all = list.of(best());
      const rest = [...all.slice(0, from), ...all.slice(from + size)];
      if (!(await attempt(list.with(best(), rest as never[])))) from += size;
    }
  }
  return length() < before;
}

/** Unexpected errors stay the same error while a case shrinks, so that it does not end in another defect. */
function codeOf({ difference }: Finding): string {
  const { actual } = difference;
  if (difference.expected !== "an answer") return "differs";
  const { code, message } = actual as { code: string; message: string };
  return `${code} ${message.split("\n")[0]?.replace(/'[^']*'|[0-9]+/g, "")}`;
}

/** Smaller questions in the past, when there are few. */
function* smallerPast({ before = [], ...rest }: Case): Iterable<Case> {
  if (before.length > 10) return;
  for (const [i, question] of before.entries())
    for (const smaller of smallerJson(question)) yield { ...rest, before: before.with(i, smaller as Question) };
}

function* smallerQuestion(kase: Case): Iterable<Case> {
  const { question } = kase;
  for (const smaller of smallerJson(question)) yield { ...kase, question: smaller as Question };
  if (question.call === "transaction") for (const step of question.steps) yield { ...kase, question: step };
  if (question.call === "walk") for (const write of question.writes) yield { ...kase, question: write };
}

function* fewerEntities(kase: Case): Iterable<Case> {
  const { plan, data } = kase;
  for (const entity of plan) {
    // With what leads there, since a model with a loose end is none.
    const gone = (def: FieldDef) => [def["to"], def["through"]].flat().includes(entity.name);
    const rest = plan.filter((one) => one !== entity);
    const loose = rest.flatMap(({ name, fields }) =>
      Object.keys(fields)
        .filter((field) => gone(fields[field] as FieldDef))
        .map((field) => ({ name, field })),
    );
    const dropped = loose.reduce<Case>((smaller, { name, field }) => withoutField(smaller, name, field), {
      ...kase,
      plan: rest,
      data: without(data, (record) => record.entity !== entity.name),
    });
    yield dropped;
  }
}

/** Without a field, and what comes back through it. */
function withoutField(kase: Case, entity: string, name: string): Case {
  const clean = (sets: readonly (readonly string[])[]) => sets.filter((set) => !set.includes(name));
  const plan = kase.plan.map((one) => {
    const through = Object.entries(one.fields).filter(([, def]) => def["to"] === entity && def["via"] === name);
    const fields = through.reduce<typeof one.fields>((rest, [field]) => omit(rest, field), one.fields);
    if (one.name !== entity) return { ...one, fields };
    return { ...one, fields: omit(fields, name), unique: clean(one.unique), indexes: clean(one.indexes) };
  });
  return { ...kase, plan, data: dropValue(kase.data, entity, name) };
}

function* fewerFields(kase: Case): Iterable<Case> {
  const { plan } = kase;
  for (const entity of plan) {
    for (const name of Object.keys(entity.fields)) {
      yield withoutField(kase, entity.name, name);
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
