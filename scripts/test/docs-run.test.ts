// Runs the code of the documentation: every `ts` block of the README and the guide, each with those that it continues. Where a line prints and ends
// in a comment, what it prints must be what the comment says.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorCodes } from "@kith/core";
import { commonOptions, fieldTypes } from "@kith/schema";
import { describe, expect, test } from "vitest";
import { readMarkdown } from "../lib/markdown.ts";
import { filesOf, root } from "../lib/workspace.ts";

/** These need a test runner of their own; check-docs type-checks them like the others. */
const notRun = new Set(["docs/testing.md"]);
/** So do programs that read files. */
const readsFile = /"[\w-]+\.(?:csv|jsonl)"/;
const pages = filesOf(root, "README.md", "docs/*.md", "packages/{schema,core}/README.md").filter(
  (page) => !notRun.has(page),
);

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
  return programs.filter(({ text }) => !readsFile.test(text));
}

/** What the comments say is printed. */
function expectedOf({ text }: Program): string[] {
  return text.split("\n").flatMap((line) => /^\s*console\.log\(.*\); \/\/ (.*)$/.exec(line)?.[1] ?? []);
}

/** Runs a program from source, in an empty folder of its own. */
async function run({ text }: Program): Promise<{ status: number | null; out: string; errors: string }> {
  mkdirSync(join(root, ".scratch"), { recursive: true });
  const folder = mkdtempSync(join(root, ".scratch/docs-run-"));
  const cwd = mkdtempSync(join(tmpdir(), "kith-docs-"));
  try {
    writeFileSync(join(folder, "page.ts"), `${text}\nexport {};\n`);
    return await started(["--conditions=@kith/source", join(folder, "page.ts")], cwd);
  } finally {
    for (const one of [folder, cwd]) rmSync(one, { recursive: true, force: true });
  }
}

function started(args: string[], cwd: string): Promise<{ status: number | null; out: string; errors: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, DATABASE_URL: process.env["KITH_TEST_POSTGRES_URL"] };
    const child = spawn(process.execPath, args, { cwd, env });
    let [out, errors] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
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
      .filter((line) => /^\| `[^`]+`(?:, `[^`]+`)* \|/.test(line))
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim().replaceAll("`", "")),
      );

  test("docs/errors.md lists every code with its meaning, in the order of the code", () => {
    const codes = Object.entries(errorCodes as Record<string, { meaning: string; retryable?: true }>);
    const rows = rowsOf("docs/errors.md").filter(([code]) => code && Object.hasOwn(errorCodes, code));
    const wanted = codes.map(([code, { meaning, retryable }]) => [
      code,
      meaning.replaceAll("`", ""),
      retryable ? "yes" : "",
    ]);
    expect(rows).toEqual(wanted);
  });

  test("docs/errors.md names every code of an issue, and none that is not there", () => {
    const listed = new Set(
      [...readFileSync(join(root, "docs/errors.md"), "utf8").matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, code]) => code),
    );
    const sources = filesOf(root, "packages/{schema,core}/src/**/*.ts").map((file) =>
      readFileSync(join(root, file), "utf8"),
    );
    const made = sources.flatMap((text) => [
      ...[...text.matchAll(/(?:new Invalid\(|\bcode: (?:coming \? "NOT_YET" : )?)\s*"([A-Z_]+)"/g)].map(
        ([, code]) => code,
      ),
    ]);
    expect(made.filter((code) => !listed.has(code))).toEqual([]);
    const gone = [...listed].filter(
      (code) => code && !sources.some((text) => text.includes(`"${code}"`) || text.includes(`${code}:`)),
    );
    expect(gone).toEqual([]);
  });

  test("docs/fields.md lists every kind with its options and operators", () => {
    const families: Record<string, readonly string[]> = {
      equality: ["eq", "ne", "in", "notIn"],
      order: ["gt", "gte", "lt", "lte", "between"],
      matching: ["contains", "startsWith", "endsWith"],
      moments: ["within"],
      list: ["eq", "ne", "contains", "hasSome", "hasEvery"],
      place: ["eq", "ne", "near"],
    };
    const rows = rowsOf("docs/fields.md").filter((row) => row.length === 5);
    const documented = rows.map(([kind, , , options = "", operators = ""]) => ({
      kind,
      options: options
        .replace(/\([^)]*\)/g, "")
        .split(/\s+/)
        .filter(Boolean),
      operators: operators
        .split(", ")
        .filter(Boolean)
        .flatMap((word) => families[word] ?? [`no family: ${word}`]),
    }));
    const declared = fieldTypes.map((type) => ({
      kind: type.kind,
      options: Object.keys(type.options),
      operators: Object.keys(type.operators({ kind: type.kind, values: [] })),
    }));
    const sorted = <T extends { options: string[]; operators: string[]; kind: string | undefined }>(
      list: readonly T[],
    ) =>
      list
        .map((one) => ({ ...one, options: one.options.sort(), operators: one.operators.sort() }))
        .sort((a, b) => ((a.kind ?? "") < (b.kind ?? "") ? -1 : 1));
    expect(sorted(documented)).toEqual(sorted(declared));
  });

  test("docs/fields.md lists the common options that kinds do not take", () => {
    const rows = rowsOf("docs/fields.md").filter((row) => row.length === 4);
    const refused = new Map(
      rows.flatMap(([kinds = "", options = ""]) =>
        kinds.split(", ").map(
          (kind) =>
            [
              kind,
              options
                .replace(/\([^)]*\)/g, "")
                .split(/\s+/)
                .filter(Boolean),
            ] as const,
        ),
      ),
    );
    for (const type of fieldTypes) {
      if (type.kind === "autonumber" || type.columns({ kind: type.kind }).length === 0) continue;
      const missing = commonOptions.filter((option) => !(type.common ?? commonOptions).includes(option));
      expect([...(refused.get(type.kind) ?? [])].sort(), type.kind).toEqual(missing.sort());
    }
  });
});
