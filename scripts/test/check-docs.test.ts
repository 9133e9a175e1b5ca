import { describe, expect, it } from "vitest";
import { checkDocs } from "../check-docs.ts";
import { formatProblem } from "../lib/report.ts";
import { fixture } from "./fixture.ts";

const fence = "```";
const tsconfig = { compilerOptions: { strict: true, module: "NodeNext", types: [], lib: ["ES2023"] } };

function problems(files: Record<string, string>): string[] {
  const base = { "package.json": { type: "module", scripts: { demo: "" } }, "tsconfig.base.json": tsconfig };
  return checkDocs(fixture({ ...base, ...files })).map(formatProblem);
}

it("passes a repository without a page", () => {
  expect(problems({})).toEqual([]);
});

describe("ts blocks", () => {
  const block = (words: string, code: string) => `${fence}${words}\n${code}\n${fence}\n`;

  it("are modules that type-check, each by itself", () => {
    const page = `${block("ts", "const a = 1;")}\n${block("ts", "const a = await Promise.resolve('x');")}`;
    expect(problems({ "README.md": page, "docs/deep/page.md": page, "packages/core/README.md": page })).toEqual([]);
  });

  it("give an error at the line of the page", () => {
    const page = `# Title\n\n${block("ts", "const a = 1;\nconst b: string = a;")}`;
    expect(problems({ "docs/page.md": page })).toEqual([
      "docs/page.md:5: TS2322: Type 'number' is not assignable to type 'string'.",
    ]);
  });

  it("may stand in a list", () => {
    const page = `1. first:\n\n   ${fence}ts\n   const b: string = 1;\n   ${fence}\n`;
    expect(problems({ "README.md": page })).toEqual([
      "README.md:4: TS2322: Type 'number' is not assignable to type 'string'.",
    ]);
  });

  it("go on from the ones before when they say so, and each error is told once", () => {
    const first = block("ts", "const a: string = 1;");
    expect(
      problems({ "README.md": `${first}${block("ts continue", "a.length;")}${block("ts continue", "a.size;")}` }),
    ).toEqual([
      "README.md:2: TS2322: Type 'number' is not assignable to type 'string'.",
      expect.stringContaining("README.md:8: TS2339: Property 'size' does not exist"),
    ]);
    expect(problems({ "README.md": `${block("ts", "const a = 1;")}${block("ts", "a;")}` })).toEqual([
      "README.md:5: TS2304: Cannot find name 'a'.",
    ]);
  });

  it("take no other word", () => {
    expect(problems({ "README.md": block("ts nocheck", "1;") })).toEqual([
      `README.md:1: a ts block takes "continue" and nothing else, not "nocheck"`,
    ]);
  });

  it("are not looked for in what is generated", () => {
    expect(problems({ "docs/api/page.md": block("ts", "a;"), "node_modules/x/README.md": block("ts", "a;") })).toEqual(
      [],
    );
  });
});

it("wants the scripts that shell blocks name", () => {
  const page = `${fence}sh\nnpm run demo\nnpm run -s demo -- --x && npm run missing\n${fence}\n`;
  expect(problems({ "README.md": page })).toEqual([`README.md:3: package.json has no script "missing"`]);
});

describe("links", () => {
  it("may lead to files, folders, headings and the web", () => {
    const page =
      '[a](docs/a.md) [b](docs) ![c](docs/a.md#the-second-one "t") [d](https://x.test/y) [e](#top)\n\n# Top\n\n[f]: docs/a.md\n';
    expect(problems({ "README.md": page, "docs/a.md": "## The *second* `one`!\n[up](../README.md#top)" })).toEqual([]);
  });

  it("must lead somewhere", () => {
    const page = "# Top\n[a](docs/b.md)\n[b](#bottom)\n[c](../outside.md)\n[d]: gone.md\n";
    expect(problems({ "README.md": page })).toEqual([
      "README.md:2: the link to docs/b.md leads nowhere",
      "README.md:3: README.md has no heading for #bottom",
      "README.md:4: the link to ../outside.md leads nowhere",
      "README.md:5: the link to gone.md leads nowhere",
    ]);
  });

  it("are not looked for in code", () => {
    expect(problems({ "README.md": `\`[a](b.md)\`\n${fence}\n[a](b.md)\n${fence}\n` })).toEqual([]);
  });
});
