/** What a run found, as text. */

import { inspect } from "node:util";
import { pathWords } from "@kith/schema";
import type { FuzzFinding, FuzzReport } from "./fuzz.ts";

const words = [...pathWords, "isNull"];

/** A table of how often each operator met each field type. */
export function coverageTable({ coverage }: FuzzReport): string {
  const table = coverage.table();
  const others = new Set([...table.values()].flatMap((row) => [...row.keys()]).filter((word) => !words.includes(word)));
  const columns = [...words, ...others];
  const lines = [
    ["", ...columns],
    ...[...table].sort().map(([kind, row]) => [kind, ...columns.map((word) => String(row.get(word) ?? "·"))]),
  ];
  return lines
    .map(
      ([kind = "", ...cells]) =>
        kind.padEnd(12) + cells.map((cell, i) => cell.padStart(Math.max(7, (columns[i]?.length ?? 0) + 1))).join(""),
    )
    .join("\n");
}

/** A finding with everything that reproduces it. */
export function describeFinding(finding: FuzzFinding): string {
  const { smallest, difference } = finding;
  const show = (value: unknown) =>
    inspect(value, { depth: 20, maxArrayLength: 8, maxStringLength: 300, breakLength: 140 });
  return [
    `'${finding.storage}' answers differently: model seed ${finding.modelSeed}, question ${finding.number}`,
    `  at        ${difference.path || "(the whole answer)"}`,
    `  expected  ${show(difference.expected)}`,
    `  actual    ${show(difference.actual)}`,
    smallest
      ? "  the smallest case, for scripts/fuzz-seeds.json:"
      : "  It does not show again by itself; run the model seed again. The question:",
    smallest && !smallest.question.spoiled ? JSON.stringify(smallest) : show(smallest ?? finding.question),
  ].join("\n");
}
