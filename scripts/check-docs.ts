/**
 * Keeps the documentation true: every `ts` block of the Markdown files type-checks, every `npm run` in a shell block names a script, and every
 * relative link leads to a file (and a heading) that exists. A block is a module of its own; one that goes on from the blocks before it in the
 * same file is marked `ts continue`.
 *
 *   npm run check:docs
 */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { type Block, type Markdown, readMarkdown } from "./lib/markdown.ts";
import { type Problem, report } from "./lib/report.ts";
import { tsc } from "./lib/run.ts";
import { filesOf, type Manifest, readJson, root } from "./lib/workspace.ts";

/** The Markdown that people read: not what is generated, and not what belongs to tools. */
const pages = ["*.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md"];

export function checkDocs(at: string): Problem[] {
  const files = filesOf(at, ...pages).filter((file) => !file.startsWith("docs/api/"));
  const docs = new Map(files.map((file) => [file, readMarkdown(readFileSync(join(at, file), "utf8"))]));
  const scripts = readJson<Manifest>(join(at, "package.json")).scripts ?? {};
  const problems = [...docs].flatMap(([file, doc]) => [
    ...checkLinks(at, file, doc, docs),
    ...doc.blocks.flatMap((block) => checkShell(file, block, scripts)),
  ]);
  const { modules, problems: wrongWords } = modulesOf(docs);
  return [...problems, ...wrongWords, ...(modules.length > 0 ? typeCheck(at, modules) : [])];
}

function checkLinks(at: string, file: string, doc: Markdown, docs: ReadonlyMap<string, Markdown>): Problem[] {
  return doc.links.flatMap(({ target, line }) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
    const [path = "", anchor] = decodeURI(target).split("#");
    const to = path === "" ? file : posix.normalize(posix.join(posix.dirname(file), path));
    if (to.startsWith("../") || !existsSync(join(at, to)))
      return [{ file, line, message: `the link to ${target} leads nowhere` }];
    if (anchor && docs.get(to)?.anchors.has(anchor) === false)
      return [{ file, line, message: `${to} has no heading for #${anchor}` }];
    return [];
  });
}

function checkShell(file: string, block: Block, scripts: Readonly<Record<string, string>>): Problem[] {
  if (!["sh", "bash", "shell", "console"].includes(block.words[0] ?? "")) return [];
  return block.lines.flatMap((text, index) =>
    [...text.matchAll(/\bnpm run (?:-\S+ )*([\w:.-]+)/g)]
      .filter(([, name]) => name !== undefined && !Object.hasOwn(scripts, name))
      .map(([, name]) => ({ file, line: block.line + index, message: `package.json has no script "${name}"` })),
  );
}

/** A module made of one block, or of one and those that it continues. */
interface Module {
  readonly text: string;
  readonly file: string;
  /** For each of its lines, the line in the Markdown. */
  readonly lines: readonly number[];
}

function modulesOf(docs: ReadonlyMap<string, Markdown>): { modules: Module[]; problems: Problem[] } {
  const modules: Module[] = [];
  const problems: Problem[] = [];
  for (const [file, { blocks }] of docs) {
    let text: string[] = [];
    let lines: number[] = [];
    for (const block of blocks) {
      const [language = "", ...words] = block.words;
      if (language !== "ts" && language !== "typescript") continue;
      for (const word of words.filter((w) => w !== "continue"))
        problems.push({
          file,
          line: block.line - 1,
          message: `a ts block takes "continue" and nothing else, not "${word}"`,
        });
      const goesOn = words.includes("continue");
      text = goesOn ? [...text, ...block.lines] : [...block.lines];
      const own = block.lines.map((_, index) => block.line + index);
      lines = goesOn ? [...lines, ...own] : own;
      modules.push({ text: `${text.join("\n")}\nexport {};\n`, file, lines });
    }
  }
  return { modules, problems };
}

/** One program over all modules, with errors placed where they stand in the Markdown. */
function typeCheck(at: string, modules: readonly Module[]): Problem[] {
  mkdirSync(join(at, ".scratch"), { recursive: true });
  const folder = mkdtempSync(join(at, ".scratch/docs-"));
  try {
    for (const [index, { text }] of modules.entries()) writeFileSync(join(folder, `${index}.ts`), text);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
    const { ok, out } = tsc(["-p", folder, "--pretty", "false"], "tsc", { cwd: at });
    const problems = out.split(/\n(?! )/).flatMap((text) => {
      const found = /^(.+?)\((\d+),\d+\): error (TS\d+: [\s\S]*)$/.exec(text.trimEnd());
      if (!found) return [];
      const [, path = "", line, message = ""] = found;
      const name = relative(folder, join(at, path)).split(sep).join("/");
      const module = /^\d+\.ts$/.test(name) ? modules[Number.parseInt(name, 10)] : undefined;
      const last = module?.lines.at(-1) ?? 1;
      return module
        ? [{ file: module.file, line: module.lines[Number(line) - 1] ?? last, message }]
        : [{ file: path, line: Number(line), message }];
    });
    if (!ok && problems.length === 0) return [{ file: "docs", message: `the compiler failed: ${out.trim()}` }];
    // A block that others continue is in their modules too.
    return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tsconfig = {
  extends: "../../tsconfig.base.json",
  compilerOptions: {
    noEmit: true,
    composite: false,
    emitDeclarationOnly: false,
    declaration: false,
    declarationMap: false,
  },
  include: ["*.ts"],
};

if (import.meta.main) report("check-docs", checkDocs(root));
