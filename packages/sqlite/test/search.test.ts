import { createXrm, defineModel, type EntitiesOf } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import Database from "better-sqlite3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { type Ran, temporaryFolder, watched } from "./fixture.ts";

const firm = defineEntity("firm", {
  fields: { name: field.text({ searchable: true }), people: field.children("person", { via: "firm" }) },
});
const person = defineEntity("person", {
  title: "name",
  fields: {
    name: field.text({ searchable: true }),
    notes: field.longText({ searchable: true }),
    age: field.integer({ indexed: true }),
    firm: field.lookup("firm"),
  },
});
const model = defineModel({ entities: [firm, person] });
interface Entities extends EntitiesOf<typeof model> {}

const temporary = temporaryFolder();
afterAll(() => temporary.remove());
const text = (ran: Ran | undefined) => ran?.plan.join("\n") ?? "";

describe.each(["with statistics", "without statistics"])("plans of searches, %s", (state) => {
  const file = temporary.path(`${state}.db`);
  let open: Awaited<ReturnType<typeof watched<Entities>>>;

  beforeAll(async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file, synchronous: "normal" }) });
    const firms = await xrm.firm.createMany(Array.from({ length: 20 }, (_, i) => ({ name: `Firm ${i}` })));
    for (let batch = 0; batch < 6; batch++) {
      await xrm.person.createMany(
        Array.from({ length: 500 }, (_, i) => ({
          name: `Name${i % 90} Common`,
          notes: `note${batch}x${i} of all`,
          age: i % 60,
          firm: firms[i % 20]?.id ?? null,
        })),
      );
    }
    await xrm.close();
    if (state === "without statistics") {
      const db = new Database(file);
      db.exec("drop table if exists sqlite_stat1");
      db.close();
    }
    open = await watched(file, model);
  });
  beforeEach(() => void open.ran.splice(0));
  afterAll(() => open.xrm.close());

  it("go from the text index to the rows, by their keys", async () => {
    await open.xrm.person.findMany({ search: "name7", limit: 20 });
    await open.xrm.person.findMany({ search: "name7 note3", where: { age: { gt: 10 } } });
    await open.xrm.person.findMany({ search: "common", limit: 20 });
    expect(open.ran).toHaveLength(3);
    for (const ran of open.ran) {
      expect(text(ran)).toMatch(/^SCAN s VIRTUAL TABLE INDEX 0:M\d+\nSEARCH t0 USING INTEGER PRIMARY KEY \(rowid=\?\)/);
      expect(text(ran)).not.toContain("SCAN t0");
    }
  });

  it("with an order, as counts and in figures, too", async () => {
    await open.xrm.person.findMany({ search: "name7", orderBy: { name: "asc" }, limit: 20 });
    await open.xrm.person.count({ search: "name7" });
    await open.xrm.person.exists({ search: "name7" });
    await open.xrm.person.aggregate({ search: "name7", measures: { oldest: { max: "age" } } });
    expect(open.ran).toHaveLength(4);
    for (const ran of open.ran) expect(text(ran)).toContain("SEARCH t0 USING INTEGER PRIMARY KEY (rowid=?)");
  });

  it("take one statement for an include, whatever the number of parents", async () => {
    for (const limit of [1, 20]) {
      open.ran.splice(0);
      await open.xrm.firm.findMany({ limit, include: { people: { search: "name7", limit: 2 } } });
      expect(open.ran).toHaveLength(2);
      expect(text(open.ran[1])).not.toMatch(/SCAN t0\b/);
    }
  });

  it("take one statement for each entity that is searched", async () => {
    await open.xrm.$.search("name7 common");
    expect(open.ran).toHaveLength(2);
  });
});

describe("the text index of a file", () => {
  it("stays true when the file is vacuumed after rows were deleted", async () => {
    const file = temporary.path("vacuum.db");
    const before = await createXrm<Entities>({ model, storage: sqlite({ file }) });
    const made = await before.person.createMany(Array.from({ length: 30 }, (_, i) => ({ name: `word${i}` })));
    for (const { id } of made.slice(0, 20)) await before.person.delete(id);
    await before.close();
    const db = new Database(file);
    db.exec("vacuum");
    db.close();
    const after = await createXrm<Entities>({ model, storage: sqlite({ file }) });
    expect((await after.person.findMany({ search: "word25" })).map(({ name }) => name)).toEqual(["word25"]);
    expect(await after.person.count({ search: "word" })).toBe(10);
    await after.close();
  });

  it("holds an entry for each row, made of words that were made ready", async () => {
    const file = temporary.path("entries.db");
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file }) });
    await xrm.person.createMany([{ name: "João d'Ávila", notes: "ÅNGSTRÖM, e-mail" }, { name: null }]);
    await xrm.close();
    const db = new Database(file, { readonly: true });
    expect(db.prepare("select * from kith_person_search order by rowid").all()).toEqual([
      { a: " joao d avila ", d: " angstrom e mail " },
      { a: "", d: "" },
    ]);
    db.close();
  });

  it("is made anew when it is gone", async () => {
    const file = temporary.path("gone.db");
    const before = await createXrm<Entities>({ model, storage: sqlite({ file }) });
    await before.person.create({ name: "Rosa" });
    await before.close();
    const db = new Database(file);
    db.exec("drop table kith_person_search");
    db.close();
    const after = await createXrm<Entities>({ model, storage: sqlite({ file }) });
    expect(await after.person.count({ search: "ros" })).toBe(1);
    await after.close();
  });
});
