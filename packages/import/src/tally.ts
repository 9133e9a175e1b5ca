/** The figures of a running import. */

import type { Reject, Rejects } from "./rejects.ts";
import type { ImportProgress, ImportResult } from "./result.ts";
import type { SourceRow } from "./source/source.ts";
import type { Outcome } from "./write/row-writer.ts";
import type { LookupOutcome, Waiting } from "./write/self-lookups.ts";

/** Counts what became of rows. */
export class Tally {
  rows = 0;
  created = 0;
  updated = 0;
  unchanged = 0;
  readonly second = { rows: 0, updated: 0, unchanged: 0, rejected: 0 };
  private readonly rejects: Pick<Rejects, "count" | "first" | "add">;
  private readonly begun = performance.now();

  constructor(rejects: Pick<Rejects, "count" | "first" | "add">) {
    this.rejects = rejects;
  }

  /** Counts a batch of the first pass. */
  async first(rows: readonly SourceRow[], outcomes: readonly Outcome[]): Promise<void> {
    const rejected: Reject[] = [];
    for (const [i, row] of rows.entries()) {
      const outcome = outcomes[i] as Outcome;
      this.rows++;
      if (outcome.kind === "rejected")
        rejected.push({ line: row.line, original: row.original, problems: outcome.problems });
      else if (outcome.kind === "skipped") this.unchanged++;
      else this[outcome.kind]++;
    }
    await this.rejects.add(rejected);
  }

  /** Counts a batch of the second pass. A record that was there and now got its parent is one that was updated. */
  async later(batch: readonly Waiting[], outcomes: readonly LookupOutcome[]): Promise<void> {
    const rejected: Reject[] = [];
    for (const [i, { line, original, was }] of batch.entries()) {
      const outcome = outcomes[i] as LookupOutcome;
      this.second.rows++;
      this.second[outcome.kind]++;
      if (outcome.kind === "rejected") rejected.push({ line, original, problems: outcome.problems });
      if (outcome.kind === "updated" && was === "unchanged") {
        this.unchanged--;
        this.updated++;
      }
    }
    await this.rejects.add(rejected);
  }

  progress(phase: ImportProgress["phase"], bytes: number, totalBytes: number | undefined): ImportProgress {
    const { rows, created, updated, unchanged } = this;
    return { phase, rows, created, updated, unchanged, rejected: this.rejects.count, bytes, totalBytes };
  }

  result(entity: string, aborted: boolean, dryRun: boolean): ImportResult {
    const { rows, created, updated, unchanged } = this;
    const seconds = (performance.now() - this.begun) / 1000;
    return {
      entity,
      rows,
      created,
      updated,
      unchanged,
      rejected: this.rejects.count,
      secondPass: { ...this.second },
      aborted,
      dryRun,
      seconds: Math.round(seconds * 1000) / 1000,
      rowsPerSecond: Math.round(rows / Math.max(seconds, 0.001)),
      rejects: this.rejects.first,
    };
  }
}

/** The result of an import that was stopped before its source answered. */
export function nothingRead(entity: string, dryRun: boolean): ImportResult {
  return new Tally({ count: 0, first: [], add: async () => undefined }).result(entity, true, dryRun);
}
