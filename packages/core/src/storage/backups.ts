/** What making and restoring backups takes and gives. */

import type { RunControl } from "./storage.ts";

/** How a backup is made. */
export interface BackupOptions {
  readonly control: RunControl | undefined;
  /** Told the share that is done, from 0 to 1. */
  readonly onProgress: ((share: number) => void) | undefined;
}

/** A backup that is made. */
export interface BackupResult {
  /** The full path. */
  readonly file: string;
  readonly bytes: number;
}

/** A backup that stands in its place. */
export interface RestoreResult extends BackupResult {
  /** It was made with this very model; otherwise the next start brings it up to date. */
  readonly sameModel: boolean;
}
