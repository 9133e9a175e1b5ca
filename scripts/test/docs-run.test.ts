// Runs the code of the documentation: every `ts` block of the README and the guide, each with those that it continues. Where a line prints and ends
// in a comment, what it prints must be what the comment says.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorCodes } from "@kith/core";
import { fieldTypes } from "@kith/schema";
import { describe, expect, onTestFinished, test } from "vitest";
import { readMarkdown } from "../lib/markdown.ts";
import { filesOf, root } from "../lib/workspace.ts";

const pages = filesOf(root, "README.md", "docs/*.md", "packages/{schema,core}/README.md");

interface Program {
  readonly line: number;
  readonly text: string;
}

/** The programs of a page: a block that others continue is run with them, not alone. */
function programsOf(markdown: string): Program[] {
  const programs: Program[] = [];
  for (const { words, lines, line } of readMarkdown(markdown).blocks) {
    if (words[0] !== "ts") continue;
    const before = words.includes("continue") ? programs.pop() : undefined;
    programs.push({ line: before?.line ?? line, text: [...(before ? [before.text] : []), ...lines].join("\n") });
  }
  return programs;
}

/** What the comments say is printed. */
function expectedOf({ text }: Program): string[] {
  return text.split("\n").flatMap((line) => /^\s*console\.log\(.*\); \/\/ (.*)$/.exec(line)?.[1] ?? []);
}

/** Runs a program from source, in an empty folder of its own. */
function run({ text }: Program): Promise<{ status: number | null; out: string; errors: string }> {
  mkdirSync(join(root, ".scratch"), { recursive: true });
  const folder = mkdtempSync(join(root, ".scratch/docs-run-"));
  const cwd = mkdtempSync(join(tmpdir(), "kith-docs-"));
  onTestFinished(() => {
    for (const one of [folder, cwd]) rmSync(one, { recursive: true, force: true });
  });
  writeFileSync(join(folder, "page.ts"), `${text}\nexport {};\n`);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--conditions=@kith/source", join(folder, "page.ts")], { cwd });
    let [out, errors] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("close", (status) => resolve({ status, out, errors }));
  });
}

describe.each(pages)("%s", (page) => {
  const programs = programsOf(readFileSync(join(root, page), "utf8"));
  if (programs.length === 0) test.skip("has no code", () => undefined);
  else {
    test.concurrent.each(programs)("the code at line $line runs, and prints what it says", async (program) => {
      const { status, out, errors } = await run(program);
      expect(errors).toBe("");
      expect(status).toBe(0);
      const expected = expectedOf(program);
      const printed = out.split("\n").slice(0, -1);
      expect(printed).toEqual(expected);
    });
  }
});

describe("tables", () => {
  /** The cells of the rows of a page that begin with a name in code. */
  const rowsOf = (page: string): string[][] =>
    readFileSync(join(root, page), "utf8")
      .split("\n")
      .filter((line) => /^\| `[^`]+` \|/.test(line))
      .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", "")));

  test("docs/errors.md lists every code with its meaning, in the order of the code", () => {
    const codes = Object.entries(errorCodes as Record<string, { meaning: string; retryable?: true }>);
    const rows = rowsOf("docs/errors.md").filter(([code]) => code && Object.hasOwn(errorCodes, code));
    const wanted = codes.map(([code, { meaning, retryable }]) => [code, meaning.replaceAll("`", ""), retryable ? "yes" : ""]);
    expect(rows).toEqual(wanted);
  });

  test("docs/fields.md lists every kind with its options", () => {
    const documented = new Map(rowsOf("docs/fields.md").map((row) => [row[0], row]));
    for (const type of fieldTypes) {
      const row = documented.get(type.kind);
      expect(row, type.kind).toBeDefined();
      for (const option of Object.keys(type.options)) {
        expect(row?.join(" "), `${type.kind} names its option ${option}`).toContain(option);
      }
    }
  });
});
