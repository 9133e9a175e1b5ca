/** What an import tells while it runs, and at its end. */

import type { Issue } from "@kith/schema";

/** A row that was not written, or not all of it, and why. */
export interface RejectedRow {
  /** Where the row begins in the source: its line, from 1. For objects, their number, from 1. */
  readonly line: number;
  /** The first problem's code: one of `rejectCodes`, one of the engine's, or a plugin's. */
  readonly code: string;
  /** The fields in question, separated by commas; empty when none alone is to blame. */
  readonly field: string;
  /** Every problem, in a sentence each. */
  readonly reason: string;
  readonly issues: readonly Issue[];
}

/** How far an import is. Told after each batch. */
export interface ImportProgress {
  /** What is being done: rows are written, or lookups to the entity itself are set. */
  readonly phase: "rows" | "lookups";
  /** Rows read and dealt with so far. */
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Bytes of the source read so far; 0 for objects. */
  readonly bytes: number;
  /** Bytes of the source in all; undefined unless it is a file. */
  readonly totalBytes: number | undefined;
}

/** What became of the lookups to the entity itself, which are set when all rows are in. */
export interface SecondPass {
  /** Rows that name a record of the same entity. */
  readonly rows: number;
  /** Records whose lookup was set or changed. */
  readonly updated: number;
  readonly unchanged: number;
  /** Rows whose record is written, but without the lookup. They count among `rejected` too. */
  readonly rejected: number;
}

/** What an import did; with `dryRun`, what it would have done. */
export interface ImportResult {
  readonly entity: string;
  /** Rows read. Blank lines are no rows. */
  readonly rows: number;
  /** Records made. */
  readonly created: number;
  /** Records that were there and changed, each counted once for every row that changed it. */
  readonly updated: number;
  /** Rows whose record was there and had these values already, or was to be left alone (`onMatch: 'skip'`). */
  readonly unchanged: number;
  /** Rows that were not written, or whose lookup to the entity itself could not be set. */
  readonly rejected: number;
  readonly secondPass: SecondPass;
  /** Stopped by its signal: rows that come later in the source were not read. Run it again to go on. */
  readonly aborted: boolean;
  readonly dryRun: boolean;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** The first 20 rejected rows. All of them go to the `rejects` file. */
  readonly rejects: readonly RejectedRow[];
}
