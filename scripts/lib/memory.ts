/** What a process holds in memory: measured after a collection, since garbage depends on when V8 last ran one. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
/** Collects garbage now. */
export const collect = runInNewContext("gc") as () => void;

/** The resident memory in bytes, after a collection. */
export function resident(): number {
  collect();
  return process.memoryUsage().rss;
}

/** Bytes as whole megabytes, for people. */
export function megabytes(bytes: number): string {
  return (bytes / (1 << 20)).toFixed(0);
}
