import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createXrm, defineEntity, defineModel, field } from "@kith/core";
import { sqlite } from "@kith/sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { here, kith } from "./fake-terminal.ts";

// The driver is the storage's; here it does what somebody does by hand.
const Database = createRequire(new URL("../../sqlite/package.json", import.meta.url))("better-sqlite3");
const folder = mkdtempSync(join(tmpdir(), "kith-cli-change-"));
const file = join(folder, "crm.db");
const before = process.env["KITH_TEST_DB"];
afterAll(() => {
  if (before === undefined) delete process.env["KITH_TEST_DB"];
  else process.env["KITH_TEST_DB"] = before;
  rmSync(folder, { recursive: true, force: true });
});

const agent = defineEntity("agent", {
  fields: { name: field.text({ required: true }), manager: field.integer(), fax: field.text() },
});

describe("changing the model", () => {
  beforeAll(async () => {
    process.env["KITH_TEST_DB"] = file;
    const xrm = await createXrm<any>({ model: defineModel({ entities: [agent] }), storage: sqlite({ file }) });
    await xrm.entity("agent").createMany([
      { name: "Ana", manager: 7, fax: "1" },
      { name: "ana", manager: 7 },
    ]);
    await xrm.close();
  });

  it("shows what stands in the way, and takes no step then", async () => {
    const { code, out, err } = await kith(["plan"]);
    expect([code, err]).toEqual([1, ""]);
    expect(out).toContain("Cannot be done with the data as they are:\n  unique.add:agent.name\n");
    expect(out).toMatch(/ - [0-9a-f-]{36}: has the same /);
    expect(out).toContain("To be confirmed with --yes:\n  field.convert:agent.manager\n");
    expect(out).not.toContain("To take it");
    expect(await kith(["apply"])).toMatchObject({ code: 2, err: expect.stringContaining("MODEL_CHANGED: ") });
    expect((await kith(["plan", "--locale", "pt-BR"])).out).toContain("Não podem ser dados com os dados como estão");
  });

  it("writes a plan, applies that very one, and finds drift", async () => {
    const db = new Database(file);
    db.exec("update agent set name = 'Bia', name_fold = 'bia' where name = 'ana'");
    db.close();
    const sql = join(folder, "migration.sql");
    const planned = await kith(["plan", "--write", sql, "--json"]);
    const { hash } = JSON.parse(planned.out) as { hash: string };
    const text = readFileSync(sql, "utf8");
    expect(text).toContain(`-- Plan ${hash}\n`);
    expect(text).toContain('create table "kith_new_agent"');
    expect((await kith(["apply", "--plan", "other"])).err).toContain("INVALID_OPTIONS");
    expect((await kith(["apply", "--plan", "0123456789ab"])).err).toContain("PLAN_CHANGED");
    const typed = `kith apply --plan ${hash.slice(0, 12)} --yes field.convert:agent.manager`;
    expect((await kith(["plan"])).out).toContain(`To take it: ${typed}\n`);
    const done = await kith(typed.split(" ").slice(1));
    expect([done.code, done.err]).toEqual([0, ""]);
    expect(done.out).toContain(
      "Left out, since nobody confirmed them; their data are still there:\n  field.drop:agent.fax\n",
    );
    expect((await kith(["drift"])).out).toBe("The database is as Kith made it.\n");
    const again = new Database(file);
    again.exec("drop index kith_unique_agent__name_fold");
    again.close();
    expect(await kith(["drift"])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^index\.missing: agent: the index/),
    });
    expect(await kith(["apply"])).toMatchObject({ code: 0, out: expect.stringContaining("unique.add:agent.name") });
    const gone = await kith(["apply", "--yes", "field.drop:agent.fax"]);
    expect(gone.out).toContain("Took 1 step in ");
    expect((await kith(["plan"])).out).toBe("Nothing has to change.\n");
  });

  it("fills in what is required from the values that the module gives", async () => {
    const app = join(here, `backfill-${process.pid}.ts`);
    writeFileSync(
      app,
      `import { defineEntity, defineModel, field } from "@kith/core";\nimport { sqlite } from "@kith/sqlite";\n` +
        `const agent = defineEntity("agent", { fields: { name: field.text({ required: true, unique: true }), code: field.text({ required: true }) } });\n` +
        `const parts = { model: defineModel({ entities: [agent] }), storage: sqlite({ file: process.env["KITH_TEST_DB"] ?? "" }) };\n` +
        `export default { ...parts, backfill: { "agent.code": (record) => String(record["name"]).slice(0, 2) } };\n`,
    );
    try {
      expect((await kith(["plan", "--app", app])).out).toContain("agent.code is new, and is filled in (2 records)\n");
      expect(await kith(["apply", "--app", app])).toMatchObject({ code: 0, err: "" });
      const db = new Database(file);
      expect(db.prepare("select code from agent order by code").pluck().all()).toEqual(["An", "Bi"]);
      db.close();
      // `backfill` is no option of a system: commands that open one leave it out.
      expect(await kith(["backup", join(folder, "backfilled.db"), "--app", app])).toMatchObject({ code: 0, err: "" });
    } finally {
      rmSync(app);
    }
  });

  it("asks for the parts of a system, not for an open one", async () => {
    const app = join(here, `open-app-${process.pid}.ts`);
    writeFileSync(
      app,
      `import { createXrm } from "@kith/core";\nimport parts from "./kith.config.ts";\nexport default async () => createXrm(parts());\n`,
    );
    try {
      expect(await kith(["plan", "--app", app])).toMatchObject({
        code: 2,
        err: expect.stringContaining("gives an open system"),
      });
    } finally {
      rmSync(app);
    }
  });
});
