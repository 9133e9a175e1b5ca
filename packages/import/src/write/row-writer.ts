/** Writes rows: those that match a record change it, the others make one. Every row goes through the write path. */

import type { DynamicRepository, EntityModel, Xrm } from "@kith/core";
import type { Draft } from "../draft/draft.ts";
import { newValues } from "../draft/values.ts";
import { type RowProblem, rowProblem } from "../errors.ts";
import { allProblems } from "../further-problems.ts";
import type { Found } from "../lookup/key-finder.ts";
import type { Lookups } from "../lookup/lookups.ts";
import type { Plan } from "../mapping/plan.ts";
import { changesOf, type Matcher, type Matches } from "../match.ts";
import { inBatch } from "./in-batch.ts";

/** What became of a row. */
export type Outcome =
  | { readonly kind: "created" | "updated" | "unchanged" | "skipped"; readonly id: string }
  | { readonly kind: "rejected"; readonly problems: readonly RowProblem[] };

/** Writes the rows of one import. */
export class RowWriter {
  private readonly entity: EntityModel;
  private readonly lookups: Lookups;
  private readonly matcher: Matcher | undefined;
  private readonly skip: boolean;
  private readonly plan: Plan;

  constructor(entity: EntityModel, plan: Plan, lookups: Lookups, matcher: Matcher | undefined, skip: boolean) {
    this.entity = entity;
    this.plan = plan;
    this.lookups = lookups;
    this.matcher = matcher;
    this.skip = skip;
  }

  /** Writes a batch; says what became of each row. */
  async write(xrm: Xrm<any>, drafts: readonly Draft[]): Promise<Outcome[]> {
    if (drafts.every(({ issues }) => issues.length > 0)) return drafts.map((draft) => this.refused(draft));
    return inBatch<Draft, Outcome>(xrm, drafts, {
      attempt: (tx, some, alone) => this.attempt(tx, some, alone),
      refuse: (_, problems) => ({ kind: "rejected", problems }),
      oneByOne: this.plan.columns.some(({ lookups }) => lookups.some(({ when }) => when === "inTurn")),
    });
  }

  private async attempt(tx: Xrm<any>, drafts: readonly Draft[], alone: boolean): Promise<Outcome[]> {
    await this.resolve(tx, drafts);
    const repository = tx.entity(this.entity.name);
    const matches = await this.matcher?.find(repository, drafts, alone);
    const outcomes = new Array<Outcome>(drafts.length);
    const fresh = new Fresh(repository, outcomes, matches);
    for (const [place, draft] of drafts.entries()) {
      const key = matches?.key(draft);
      if (key !== undefined && fresh.has(key)) await fresh.create();
      const records = key === undefined ? [] : (matches?.records(key) ?? []);
      const [record] = records;
      if (draft.issues.length > 0) outcomes[place] = this.refused(draft);
      else if (!record) this.make(fresh, draft, place, key, outcomes);
      else if (records.length > 1) outcomes[place] = { kind: "rejected", problems: [this.ambiguous(records.length)] };
      else outcomes[place] = await this.change(repository, draft, record, (row) => matches?.set(key as string, row));
    }
    await fresh.create();
    return outcomes;
  }

  private make(fresh: Fresh, draft: Draft, place: number, key: string | undefined, outcomes: Outcome[]): void {
    const issues: RowProblem[] = [];
    const values = newValues(draft, issues);
    if (issues.length > 0) outcomes[place] = this.refused({ ...draft, issues });
    else fresh.add(values, place, key);
  }

  private async resolve(tx: Xrm<any>, drafts: readonly Draft[]): Promise<void> {
    const wanted = drafts.flatMap((draft) => draft.wanted);
    if (wanted.length === 0) return;
    const resolved = await this.lookups.resolve((name) => tx.entity(name), wanted);
    for (const { values, wanted: own, issues } of drafts) {
      for (const want of own) {
        const result = resolved.get(want);
        const { name } = want.field;
        if (result && "value" in result) values[name] = result.value;
        // A row that is tried again knows already.
        else if (result && !issues.some(({ code, path }) => code === result.issue.code && path[0] === name))
          issues.push(result.issue);
      }
    }
  }

  /** Writes what the row changes; nothing when the record has it all. */
  private async change(
    repository: DynamicRepository,
    draft: Draft,
    record: Found,
    note: (row: Found) => void,
  ): Promise<Outcome> {
    const id = record["id"] as string;
    if (this.skip) return { kind: "skipped", id };
    const incomplete: RowProblem[] = [];
    const changes = changesOf(draft, record, this.entity, incomplete);
    if (incomplete.length > 0) return { kind: "rejected", problems: incomplete };
    if (Object.keys(changes).length === 0) return { kind: "unchanged", id };
    const row = await repository.update(id, changes);
    note(row);
    return { kind: row["version"] === record["version"] ? "unchanged" : "updated", id };
  }

  private refused(draft: Draft): Outcome {
    return { kind: "rejected", problems: allProblems(draft, this.entity, this.matcher === undefined) };
  }

  private ambiguous(count: number): RowProblem {
    const records = count > 2 ? "several records" : "two records or more";
    return rowProblem(
      "MATCH_AMBIGUOUS",
      undefined,
      `the row matches ${records} of '${this.entity.name}'; match by more fields, or merge them`,
    );
  }
}

/** Rows without a record, made together. */
class Fresh {
  private rows: {
    readonly values: Record<string, unknown>;
    readonly place: number;
    readonly key: string | undefined;
  }[] = [];
  private readonly keys = new Set<string>();
  private readonly repository: DynamicRepository;
  private readonly outcomes: Outcome[];
  private readonly matches: Matches | undefined;

  constructor(repository: DynamicRepository, outcomes: Outcome[], matches: Matches | undefined) {
    this.repository = repository;
    this.outcomes = outcomes;
    this.matches = matches;
  }

  /** A row that comes earlier and is not made yet has this key. */
  has(key: string): boolean {
    return this.keys.has(key);
  }

  add(values: Record<string, unknown>, place: number, key: string | undefined): void {
    this.rows.push({ values, place, key });
    if (key !== undefined) this.keys.add(key);
  }

  async create(): Promise<void> {
    const { rows } = this;
    if (rows.length === 0) return;
    this.rows = [];
    this.keys.clear();
    const records = await this.repository.createMany(rows.map(({ values }) => values));
    for (const [i, { place, key }] of rows.entries()) {
      const record = records[i] as Found;
      this.outcomes[place] = { kind: "created", id: record["id"] as string };
      if (key !== undefined) this.matches?.set(key, record);
    }
  }
}
