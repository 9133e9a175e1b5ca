import { expect, it } from "vitest";
import { checkFileSize } from "../check-file-size.ts";
import { formatProblem } from "../lib/report.ts";
import { fixture } from "./fixture.ts";

const lines = (n: number) => "// a line\n".repeat(n);
const file = "packages/core/src/a.ts";
const allow = "scripts/file-size-allow.json";

function check(files: Record<string, string | object>) {
  const { problems, notes } = checkFileSize(fixture(files));
  return { problems: problems.map(formatProblem), notes: notes.map(formatProblem) };
}

it("says nothing of a file with 250 lines", () => {
  expect(check({ [file]: lines(250) })).toEqual({ problems: [], notes: [] });
});

it("notes a file above 250 lines and refuses one above 400", () => {
  expect(check({ [file]: lines(400) })).toEqual({ problems: [], notes: [`${file}: 400 lines (over 250)`] });
  expect(check({ [file]: lines(401) }).problems).toEqual([
    `${file}: 401 lines (over 400): split it, or give the reason in ${allow}`,
  ]);
});

it("accepts a reason, and only a reason", () => {
  const reason = "One table of facts, which reads best in one piece.";
  expect(check({ [file]: lines(401), [allow]: { [file]: reason } }).problems).toEqual([]);
  expect(check({ [file]: lines(401), [allow]: { [file]: "" } }).problems).toEqual([
    `${allow}: ${file} needs a reason, in a sentence`,
  ]);
});

it.each([
  ["shrank", { [file]: lines(399) }],
  ["is gone", {}],
])("refuses an entry for a file that %s", (_, files) => {
  expect(check({ ...files, [allow]: { [file]: "One table of facts." } }).problems).toEqual([
    `${allow}: ${file} no longer needs its entry: remove it`,
  ]);
});

it("does not look at tests", () => {
  expect(check({ "packages/core/test/a.test.ts": lines(900) })).toEqual({ problems: [], notes: [] });
});
