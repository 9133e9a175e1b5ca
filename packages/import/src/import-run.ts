/** One import, from the open source to the result. */

import { type Xrm, XrmError } from "@kith/core";
import type { Issue } from "@kith/schema";
import { askedForFromHere, batchesOf } from "./batches.ts";
import { readRow } from "./draft/read-row.ts";
import { invalidOptions } from "./errors.ts";
import { Lookups } from "./lookup/lookups.ts";
import { Plan } from "./mapping/plan.ts";
import { Matcher, matchFields } from "./match.ts";
import type { ImportSettings } from "./read-options.ts";
import { Rejects } from "./rejects.ts";
import type { ImportProgress, ImportResult } from "./result.ts";
import type { RowSource, SourceRow } from "./source/source.ts";
import { Tally } from "./tally.ts";
import { untilAborted } from "./until-aborted.ts";
import { RowWriter } from "./write/row-writer.ts";
import { SelfLookups } from "./write/self-lookups.ts";

/** Characters in a batch: few rows when they are large. */
const batchWeight = 1 << 23;

/** An import under way. */
export class ImportRun {
  private readonly settings: ImportSettings;
  private readonly source: RowSource;
  private readonly plan: Plan;
  private readonly rejects: Rejects;
  private readonly tally: Tally;
  private readonly later: SelfLookups;
  private readonly lookups = new Lookups();
  private readonly batches: AsyncIterable<SourceRow[]>;
  private writer: RowWriter | undefined;

  /** @throws {XrmError} INVALID_OPTIONS, import.REJECTS */
  constructor(settings: ImportSettings, source: RowSource) {
    this.settings = settings;
    this.source = source;
    this.plan = new Plan(settings.model, settings);
    this.rejects = new Rejects(this.plan, source, settings.rejects);
    this.tally = new Tally(this.rejects);
    this.later = new SelfLookups(settings.model, this.plan, this.lookups);
    const { batchSize } = settings;
    this.batches = askedForFromHere(batchesOf(source.rows, batchSize, (row) => row.size, batchWeight));
    if (source.fixed) this.begin();
  }

  /** Writes everything; gives the result. */
  async run(xrm: Xrm<any>): Promise<ImportResult> {
    const { settings, tally, rejects, later } = this;
    try {
      await this.firstPass(xrm);
      await this.secondPass(xrm);
      // A source of no objects comes here without a plan; a file of an earlier run must go all the same.
      rejects.open();
      await rejects.end();
      return tally.result(settings.entity, this.aborted, settings.dryRun);
    } catch (error) {
      await rejects.end().catch(() => undefined);
      throw this.stopped(error);
    } finally {
      later.dispose();
    }
  }

  private get aborted(): boolean {
    return this.settings.signal?.aborted === true;
  }

  /** Plans the columns that are known by now. */
  private begin(): RowWriter {
    const { model, match, onMatch } = this.settings;
    const issues: Issue[] = this.plan.begin(this.source.columns, this.source.fixed);
    const fields = matchFields(model, match, issues.length === 0 ? this.plan : undefined, (issue) =>
      issues.push(issue),
    );
    if (issues.length > 0) throw invalidOptions(model, issues);
    const matcher = fields.length === 0 ? undefined : new Matcher(model, fields, this.plan);
    this.rejects.open();
    this.writer = new RowWriter(model, this.plan, this.lookups, matcher, onMatch === "skip");
    return this.writer;
  }

  private async firstPass(xrm: Xrm<any>): Promise<void> {
    const { columns } = this.source;
    for await (const batch of untilAborted(this.batches, this.settings.signal)) {
      // What columns objects have, the first of them tell.
      const writer = this.writer ?? this.begin();
      this.plan.extend(columns);
      const drafts = batch.map((row) => readRow(this.plan, row));
      const outcomes = await writer.write(xrm, drafts);
      for (const [i, draft] of drafts.entries()) this.later.note(draft, outcomes[i] as (typeof outcomes)[number]);
      await this.tally.first(batch, outcomes);
      this.tell("rows");
    }
  }

  private async secondPass(xrm: Xrm<any>): Promise<void> {
    if (this.later.size === 0) return;
    const batches = batchesOf(this.later.waiting(), this.settings.batchSize);
    for await (const batch of untilAborted(batches, this.settings.signal)) {
      await this.tally.later(batch, await this.later.set(xrm, batch));
      this.tell("lookups");
    }
  }

  private tell(phase: ImportProgress["phase"]): void {
    this.settings.onProgress?.(this.tally.progress(phase, this.source.bytes(), this.source.totalBytes));
  }

  /** An error that ends the import says how far it had come. */
  private stopped(error: unknown): unknown {
    const { rows, created, updated } = this.tally;
    if (!(error instanceof XrmError) || (rows === 0 && error.code !== "TX_TIMEOUT")) return error;
    const kept = this.settings.dryRun
      ? "nothing was kept"
      : `${created} records were created and ${updated} updated, and stay so`;
    const hint = error.code === "TX_TIMEOUT" ? " A smaller batchSize makes shorter transactions." : "";
    return new XrmError(error.code, `${error.message}${hint} The import stopped after ${rows} rows: ${kept}.`, {
      entity: error.entity,
      field: error.field,
      plugin: error.plugin,
      issues: error.issues,
      params: { ...error.params, rows, created, updated },
      retryable: error.retryable,
      cause: error,
    });
  }
}
