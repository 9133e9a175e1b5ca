/** What an import reads: rows of cells under named columns, whatever the format. */

import type { RejectCode } from "../errors.ts";

/** Why a row cannot be read. */
export interface UnreadableRow {
  readonly code: RejectCode;
  readonly message: string;
}

/** A row as it came. */
export interface SourceRow {
  /** Where it begins: its line, from 1; for objects their number. */
  readonly line: number;
  /** Its cells, in the order of the source's columns; undefined where it has none. */
  readonly cells: readonly unknown[];
  /** How it stands in the file of rejected rows. */
  readonly original: readonly unknown[];
  /** About how many characters it holds, so that batches of large rows stay small. */
  readonly size: number;
  /** Present when it cannot be read; it is rejected. */
  readonly problem: UnreadableRow | undefined;
}

/** An open source. */
export interface RowSource {
  /** Its columns. Objects may bring further ones, which are added at the end. */
  readonly columns: readonly string[];
  /** No further columns will come. */
  readonly fixed: boolean;
  /** The columns of the file of rejected rows, before those that say why. */
  readonly originalColumns: readonly string[];
  /** What separates cells, for a file that looks the same. */
  readonly delimiter: string;
  /** The rows. To be read once. */
  readonly rows: AsyncIterable<SourceRow>;
  /** Bytes read so far. */
  readonly bytes: () => number;
  readonly totalBytes: number | undefined;
  /** Lets go of the file or stream, read to its end or not. */
  readonly close: () => void;
}
