/** The second pass: lookups to the entity itself are set when all rows are in, since a parent may stand later in the source. */

import type { EntityModel, FieldModel, Xrm } from "@kith/core";
import type { Draft, Sought, Wanted } from "../draft/draft.ts";
import type { RowProblem } from "../errors.ts";
import type { Lookups, Resolved } from "../lookup/lookups.ts";
import type { Plan } from "../mapping/plan.ts";
import type { PlannedLookup } from "../mapping/planned.ts";
import { isSame } from "../match.ts";
import { inBatch } from "./in-batch.ts";
import type { Outcome } from "./row-writer.ts";
import { Spool } from "./spool.ts";

/** A record whose lookups wait. */
export interface Waiting {
  readonly line: number;
  readonly id: string;
  /** What the first pass did. */
  readonly was: string;
  /** The row as it came, in case it is rejected. */
  readonly original: readonly unknown[];
  readonly wants: readonly { readonly field: string; readonly sought: readonly WaitingKey[] }[];
}

/** What a record is looked for by, as plain JSON. */
interface WaitingKey {
  readonly target: string;
  readonly key: readonly unknown[];
  readonly byId: boolean;
}

/** What became of a record's lookups. */
export type LookupOutcome =
  | { readonly kind: "updated" | "unchanged" }
  | { readonly kind: "rejected"; readonly problems: readonly RowProblem[] };

/** Keeps the lookups that wait, and sets them. */
export class SelfLookups {
  private readonly spool = new Spool<Waiting>();
  private readonly entity: EntityModel;
  private readonly plan: Plan;
  private readonly lookups: Lookups;

  constructor(entity: EntityModel, plan: Plan, lookups: Lookups) {
    this.entity = entity;
    this.plan = plan;
    this.lookups = lookups;
  }

  get size(): number {
    return this.spool.size;
  }

  /** Notes the lookups of a row that was written. */
  note({ row, later }: Draft, outcome: Outcome): void {
    if (later.length === 0 || outcome.kind === "rejected" || outcome.kind === "skipped") return;
    const wants = later.map(({ field, sought }) => ({
      field: field.name,
      sought: sought.map(({ lookup, key, byId }) => ({ target: lookup.target.name, key, byId })),
    }));
    this.spool.add({ line: row.line, id: outcome.id, was: outcome.kind, original: row.original, wants });
  }

  waiting(): AsyncIterable<Waiting> {
    return this.spool;
  }

  dispose(): void {
    this.spool.dispose();
  }

  /** Sets the lookups of a batch; says what became of each. */
  async set(xrm: Xrm<any>, batch: readonly Waiting[]): Promise<LookupOutcome[]> {
    return inBatch<Waiting, LookupOutcome>(xrm, batch, {
      attempt: (tx, some) => this.attempt(tx, some),
      refuse: (_, problems) => ({ kind: "rejected", problems }),
    });
  }

  private async attempt(tx: Xrm<any>, batch: readonly Waiting[]): Promise<LookupOutcome[]> {
    const lookups = new Map(
      this.plan.columns.flatMap(({ lookups }) => lookups.map((one) => [`${one.field.name} ${one.target.name}`, one])),
    );
    const wants = batch.map(({ wants }) =>
      wants.map(({ field, sought }): Wanted => {
        const keys = sought.map(
          ({ target, key, byId }): Sought => ({
            lookup: lookups.get(`${field} ${target}`) as PlannedLookup,
            key,
            byId,
          }),
        );
        return { field: this.entity.byName.get(field) as FieldModel, sought: keys };
      }),
    );
    const resolved = await this.lookups.resolve((name) => tx.entity(name), wants.flat());
    const repository = tx.entity(this.entity.name);
    const names = [...new Set(batch.flatMap((one) => one.wants.map(({ field }) => field)))];
    const select = Object.fromEntries(["id", "version", ...names].map((name) => [name, true]));
    const rows = await repository.findMany({ where: { id: { in: batch.map(({ id }) => id) } }, select });
    const current = new Map(rows.map((row) => [row["id"], row]));
    const outcomes: LookupOutcome[] = [];
    for (const [i, { id }] of batch.entries()) {
      const record = current.get(id);
      const results = (wants[i] as Wanted[]).map((want) => ({
        field: want.field,
        result: resolved.get(want) as Resolved,
      }));
      const problems = results.flatMap(({ result }) => ("issue" in result ? [result.issue] : []));
      const changes = Object.fromEntries(
        results.flatMap(({ field, result }) =>
          "value" in result && !isSame(field, result.value, record?.[field.name]) ? [[field.name, result.value]] : [],
        ),
      );
      if (problems.length > 0) outcomes.push({ kind: "rejected", problems });
      else if (Object.keys(changes).length === 0) outcomes.push({ kind: "unchanged" });
      else {
        const row = await repository.update(id, changes);
        current.set(id, row);
        outcomes.push({ kind: row["version"] === record?.["version"] ? "unchanged" : "updated" });
      }
    }
    return outcomes;
  }
}
