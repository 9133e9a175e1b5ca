/**
 * Keeps source files small enough to read: a note above 250 lines, a failure above 400. A file that has a good reason to be longer is listed
 * with it in scripts/file-size-allow.json; an entry that is no longer needed fails.
 *
 *   npm run check:file-size
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Problem, report } from "./lib/report.ts";
import { filesOf, readJson, root } from "./lib/workspace.ts";

const noteAbove = 250;
const failAbove = 400;
const allowFile = "scripts/file-size-allow.json";

export function checkFileSize(at: string): { problems: Problem[]; notes: Problem[] } {
  const allowed = existsSync(join(at, allowFile)) ? readJson<Record<string, string>>(join(at, allowFile)) : {};
  const problems: Problem[] = [];
  const notes: Problem[] = [];
  const excused = new Set<string>();
  for (const file of filesOf(at, "packages/*/src/**/*.{ts,tsx}")) {
    const lines = countLines(readFileSync(join(at, file), "utf8"));
    if (lines <= noteAbove) continue;
    const reason = allowed[file];
    if (lines <= failAbove) notes.push({ file, message: `${lines} lines (over ${noteAbove})` });
    else if (reason === undefined)
      problems.push({
        file,
        message: `${lines} lines (over ${failAbove}): split it, or give the reason in ${allowFile}`,
      });
    else {
      excused.add(file);
      notes.push({ file, message: `${lines} lines, allowed: ${reason}` });
    }
  }
  for (const [file, reason] of Object.entries(allowed)) {
    if (!excused.has(file)) problems.push({ file: allowFile, message: `${file} no longer needs its entry: remove it` });
    else if (typeof reason !== "string" || reason.trim().length < 20)
      problems.push({ file: allowFile, message: `${file} needs a reason, in a sentence` });
  }
  return { problems, notes };
}

function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

if (import.meta.main) {
  const { problems, notes } = checkFileSize(root);
  report("check-file-size", problems, notes);
}
