/** Keeps measured tables in docs/performance.md, each between two marks. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../lib/workspace.ts";

/** Puts text between `<!-- measured: NAME -->` and `<!-- end -->`. */
export function record(name: string, text: string): void {
  const file = join(root, "docs/performance.md");
  const before = readFileSync(file, "utf8");
  const start = `<!-- measured: ${name} -->`;
  const at = before.indexOf(start);
  const end = before.indexOf("<!-- end -->", at);
  if (at < 0 || end < 0) throw new Error(`docs/performance.md has no place for '${name}': ${start} … <!-- end -->`);
  writeFileSync(file, `${before.slice(0, at + start.length)}\n\n${text.trim()}\n\n${before.slice(end)}`);
}
