import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createXrm } from "@kith/core";
import { sqlite } from "@kith/sqlite";
import { afterAll, afterEach, expect, it } from "vitest";
import { here, kith } from "./fake-terminal.ts";
import { model } from "./kith.config.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-cli-backup-"));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  delete process.env["KITH_TEST_DB"];
});

/** Runs a command line of an app whose database is here. */
function on(database: string, ...argv: readonly string[]) {
  process.env["KITH_TEST_DB"] = path(database);
  return kith(argv);
}

it("makes a backup and restores it in another place, in both languages", async () => {
  const xrm = await createXrm<any>({ model, storage: sqlite({ file: path("crm.db") }) });
  await xrm.entity("account").create({ name: "Acme" });
  // Others may have the database open.
  const made = await on("crm.db", "backup", path("backup.db"));
  expect([made.code, made.err]).toEqual([0, ""]);
  expect(made.out).toMatch(/^Backup made: .*backup\.db \(0\.\d MB\)\n$/);
  await xrm.close();

  const restored = await on("new.db", "restore", path("backup.db"), "--locale", "pt-BR");
  expect([restored.code, restored.err]).toEqual([0, ""]);
  expect(restored.out).toMatch(/^Restaurado: .*new\.db \(0,\d MB\)\n$/);
  const again = await createXrm<any>({ model, storage: sqlite({ file: path("new.db") }) });
  expect(await again.entity("account").count()).toBe(1);
  await again.close();
});

it("overwrites nothing, and says what is in the way", async () => {
  const again = await on("crm.db", "backup", path("backup.db"));
  expect([again.code, again.err.slice(0, 12)]).toEqual([2, "FILE_EXISTS:"]);
  const over = await on("crm.db", "restore", path("backup.db"), "--json");
  expect([over.code, JSON.parse(over.out)]).toMatchObject([2, { error: { code: "FILE_EXISTS" } }]);
  writeFileSync(path("text.txt"), "no database");
  expect((await on("third.db", "restore", path("text.txt"))).err).toContain("NOT_A_DATABASE");
});

it("says what an app cannot do", async () => {
  expect((await kith(["backup", path("memory.db")])).err).toContain("UNSUPPORTED");
  const open = join(here, ".open-app.tmp.ts");
  writeFileSync(
    open,
    `import { createXrm } from "@kith/core"; import { memory } from "@kith/memory"; import { model } from "./kith.config.ts";
     export default () => createXrm({ model, storage: memory() });`,
  );
  try {
    const { code, err } = await kith(["restore", path("backup.db"), "--app", open]);
    expect(code).toBe(2);
    expect(err).toContain("open already");
  } finally {
    rmSync(open);
  }
  expect((await kith(["restore", "--help"])).out).toContain("kith restore <file>");
  expect((await kith(["backup"])).err).toContain("The argument file is missing.");
});

it("stops at Ctrl-C, and leaves no file", async () => {
  process.env["KITH_TEST_DB"] = path("crm.db");
  const stopped = await kith(["backup", path("stopped.db")], { interrupted: AbortSignal.abort() });
  expect([stopped.code, stopped.err.split(":")[0]]).toEqual([130, "ABORTED"]);
  expect(readdirSync(folder).filter((name) => name.startsWith("stopped"))).toEqual([]);
});
