// The demo as a newcomer sees it. With the real files, where they are, its figures are those that are known of them.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createXrm, type Xrm } from "@kith/core";
import { importRecords } from "@kith/import";
import { sqlite } from "@kith/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Entities } from "../src/declarations.ts";
import { files } from "../src/real-data.ts";
import { model } from "../src/rules.ts";

const example = join(import.meta.dirname, "..");
const data = process.env["KITH_DATA"] ?? join(example, "../../../shared/data/crm-sales");

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "kith-demo-test-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function demo(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const done = spawnSync(process.execPath, ["--conditions=@kith/source", "src/main.ts", ...args], {
    cwd: example,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], LANG: "C.UTF-8", ...env },
  });
  return { status: done.status, out: done.stdout, errors: done.stderr };
}

describe("made-up records", () => {
  const { status, out, errors } = demo();

  test("fills, asks and refuses", () => {
    expect(errors).toBe("");
    expect(status).toBe(0);
    for (const code of ["INVALID_RECORD", "INVALID_QUERY", "rules.REOPENED"]) expect(out).toContain(`✗ ${code}: `);
    expect(out).toContain("Nothing was written");
  });
  test("fits 80 columns, without colour when it is not a terminal", () => {
    expect(out.split("\n").filter((line) => [...line].length > 80 && !line.includes(tmpdir()))).toEqual([]);
    expect(out).not.toContain("\u001b");
  });
  test("is the same on every run, but for the time and the file", () => {
    const steady = (text: string) => text.split("\n").filter((line) => !/ s\.$|SQLite/.test(line));
    expect(steady(demo().out)).toEqual(steady(out));
  });
  test("speaks Portuguese when asked to, or when the environment does", () => {
    const portuguese = demo(["--locale", "pt-BR"]);
    expect(portuguese.out).toContain("O funil por etapa");
    expect(portuguese.out).toContain("Negociação");
    expect(demo([], { LANG: "pt_BR.UTF-8" }).out).toContain("Receita ganha por gerente");
  });
  test("keeps a file that is named, and does not fill it twice", () => {
    const file = join(folder(), "mine.db");
    expect(demo(["--file", file]).status).toBe(0);
    expect(demo(["--file", file]).out).toContain("nothing was added");
  });
});

describe("what is wrong is said in a line", () => {
  const broken = (args: readonly string[]) => {
    const { status, errors } = demo(args);
    expect(status).toBe(1);
    expect(errors).not.toMatch(/\n\s+at /);
    return errors;
  };
  test("no such folder", () => expect(broken(["--data", "/nowhere"])).toContain("There is no folder '/nowhere'."));
  test("a folder without the files", () =>
    expect(broken(["--data", folder()])).toContain("has no file 'accounts.csv'"));
  test("no such option", () => expect(broken(["--dat", "x"])).toContain("--dat"));
  test("a file that is no database", () => {
    const file = join(folder(), "notes.txt");
    writeFileSync(file, "These are notes, and no database at all. ".repeat(200));
    expect(broken(["--file", file])).toContain("is not a SQLite database");
  });
});

describe.skipIf(!existsSync(data))("the real files", () => {
  async function open(): Promise<Xrm<Entities>> {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
    onTestFinished(() => xrm.close());
    return xrm;
  }

  test("come in whole; a second run writes nothing", () => {
    const file = join(folder(), "real.db");
    const first = demo(["--data", data, "--file", file]);
    expect(first.errors).toBe("");
    expect(first.out).toMatch(/sales_pipeline\.csv +8,800 +8,800 +0 +0 +0\n/);
    expect(first.out).toContain("Won: 4,238 · $10,005,534.00");
    expect(first.out).toContain("Accounts that are part of another: 15");
    expect(first.out).toContain("Opportunities without an account: 1,425");
    const counts = ["Accounts +85", "Products +7", "Sales agents +35", "Opportunities +8,800"];
    const stages = ["Prospecting .* 500", "Engaging .* 1,589", "Won .* 4,238", "Lost .* 2,473"];
    const managers = ["2,251,930", "1,964,750", "1,960,545", "1,603,897", "1,130,049", "1,094,363"];
    for (const figure of [...counts, ...stages]) expect(first.out).toMatch(new RegExp(`  ${figure}\n`));
    expect([...first.out.matchAll(/ \$([\d,]+)\.00\n/g)].slice(1, 7).map(([, amount]) => amount)).toEqual(managers);
    const second = demo(["--data", data, "--file", file]);
    expect(second.out).toMatch(/sales_pipeline\.csv +8,800 +0 +0 +8,800 +0\n/);
  }, 60_000);

  test("without the alias, the rows of the product that is not in the list are rejected, and the others go in", async () => {
    const xrm = await open();
    const { "sales_pipeline.csv": pipeline, ...others } = files;
    for (const [file, options] of Object.entries(others)) {
      await importRecords(xrm, { ...options, source: join(data, file) } as never);
    }
    const map = { ...(pipeline?.map as object), product: "product" };
    const source = join(data, "sales_pipeline.csv");
    const result = await importRecords(xrm, { ...pipeline, map, source } as never);
    expect(result).toMatchObject({ rows: 8_800, created: 7_320, rejected: 1_480 });
    expect(result.rejects[0]).toMatchObject({ code: "LOOKUP_MISSING", field: "product" });
    expect(await xrm.opportunity.count()).toBe(7_320);
  }, 60_000);
});
