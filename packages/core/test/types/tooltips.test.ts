/** What an editor shows must stay short enough to read: the type text of the usual expressions, printed and held. */

import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The type text of each exported name of a program over the fixture. */
function typeTexts(source: string): Record<string, string> {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${root}/tsconfig.test.json`,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const file = `${root}/test/types/tooltips-program.ts`;
  const host = ts.createCompilerHost(config?.options ?? {});
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, source, version) : getSourceFile(name, version);
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? source : readFile(name));
  const program = ts.createProgram(
    [file],
    {
      ...config?.options,
      noEmit: true,
      composite: false,
      incremental: false,
      emitDeclarationOnly: false,
      declaration: false,
      declarationMap: false,
    },
    host,
  );
  const checker = program.getTypeChecker();
  const module = program.getSourceFile(file);
  const symbol = module && checker.getSymbolAtLocation(module);
  if (!module || !symbol) throw new Error("the program did not load");
  return Object.fromEntries(
    checker
      .getExportsOfModule(symbol)
      .map((one) => [
        one.name,
        checker.typeToString(
          checker.getTypeOfSymbolAtLocation(one, module),
          undefined,
          ts.TypeFormatFlags.NoTruncation,
        ),
      ]),
  );
}

test("tooltips are short", { timeout: 60_000 }, () => {
  const texts = typeTexts(`
    import { me } from "./fixture.ts";
    export const repository = me.opportunity;
    export const handle = me;
    export const create = me.contact.create;
    export const deal = (await me.opportunity.findMany({ select: { topic: true }, include: { account: { select: { name: true } } } }))[0]!;
    export const contact = await me.contact.get("1");
    export const groups = await me.opportunity.aggregate({ groupBy: { stage: true }, measures: { won: { sum: "amount" } } });
  `);
  expect(texts).toEqual({
    handle: "Xrm<Entities>",
    repository: 'Repository<Entities, "opportunity">',
    create:
      "(values: { id?: string; email: string; account?: string | null; tags?: readonly string[] | null; profile?: { theme: string; } | null; }) => " +
      "Promise<{ id: string; version: number; createdAt: string; createdBy: string | null; updatedAt: string; updatedBy: string | null; account: string | null; email: string; tags: readonly string[] | null; profile: { theme: string; } | null; }>",
    deal: "{ topic: string; account: { name: string; } | null; }",
    contact:
      "{ id: string; version: number; createdAt: string; createdBy: string | null; updatedAt: string; updatedBy: string | null; account: string | null; email: string; tags: readonly string[] | null; profile: { theme: string; } | null; }",
    groups: '{ stage: "qualify" | "propose" | "won" | "lost"; won: string | null; }[]',
  });
});
