import { importRecords } from "@kith/import";
import { describe, expect, it } from "vitest";
import { failure, openXrm } from "./fixture.ts";
import { storages } from "./storages.ts";

const csv = (text: string) => [text];

describe.each(storages)("matching on %s", (_, storage) => {
  it("makes a second run write nothing", async () => {
    const xrm = await openXrm(storage());
    const source = csv(
      "name,parent,employees,vip,tags,founded,revenue,notes\nA,B,5,yes,x;y,2020-01-31,12.5,\nB,,,,,,,long\nC,A,,no,,,1e,\n",
    );
    const first = await importRecords(xrm, { entity: "company", source, match: "name" });
    expect(first).toMatchObject({ created: 2, rejected: 1 });
    const before = await xrm.company.findMany();
    const second = await importRecords(xrm, { entity: "company", source, match: "name" });
    expect(second).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 2,
      rejected: 1,
      secondPass: { rows: 1, updated: 0, unchanged: 1 },
    });
    expect(await xrm.company.findMany()).toEqual(before);
  });

  it("updates what a row changes, and no more", async () => {
    const xrm = await openXrm(storage());
    await xrm.company.createMany([
      { name: "A", employees: 5, notes: "old" },
      { name: "B", employees: 6, notes: "kept" },
    ]);
    const result = await importRecords(xrm, {
      entity: "company",
      source: csv("name,employees,notes\nA,5,new\nB,6,kept\n"),
      match: ["name"],
    });
    expect(result).toMatchObject({ created: 0, updated: 1, unchanged: 1 });
    expect(await xrm.company.findMany({ orderBy: [{ name: "asc" }] })).toMatchObject([
      { version: 2, notes: "new" },
      { version: 1, notes: "kept" },
    ]);
  });

  it("empties fields by empty cells, but neither required ones nor those with a default, unless told otherwise", async () => {
    const xrm = await openXrm(storage());
    const old = { name: "A", employees: 5, notes: "old", vip: true };
    await xrm.company.create(old);
    const source = csv("name,employees,notes,vip\nA,,,\n");
    await importRecords(xrm, {
      entity: "company",
      source,
      match: "name",
      map: { notes: { empty: "keep" } },
      auto: true,
    });
    expect(await xrm.company.findMany()).toMatchObject([{ employees: null, notes: "old", vip: true, version: 2 }]);
    const cleared = await importRecords(xrm, {
      entity: "company",
      source,
      match: "name",
      map: { vip: { empty: "clear" } },
      auto: true,
    });
    expect(cleared.rejects).toMatchObject([{ code: "REQUIRED", field: "vip" }]);
  });

  it("leaves alone what objects do not say, and empties what they say is null", async () => {
    const xrm = await openXrm(storage());
    await xrm.company.create({ name: "A", employees: 5, notes: "old" });
    await importRecords(xrm, { entity: "company", source: [{ name: "A", notes: null }], match: "name" });
    expect(await xrm.company.findMany()).toMatchObject([{ employees: 5, notes: null }]);
  });

  it("compares as the unique constraint does when the key is unique", async () => {
    const xrm = await openXrm(storage());
    await xrm.company.createMany([{ name: "São João" }, { name: "São João 2" }, { name: "Other" }]);
    const result = await importRecords(xrm, {
      entity: "company",
      source: csv("name,employees\nSAO JOAO,5\nOther,6\nNew,7\n"),
      match: "name",
    });
    expect(result).toMatchObject({ created: 1, updated: 2, rejected: 0 });
    expect(await xrm.company.findOne({ where: { employees: 5 } })).toMatchObject({ name: "SAO JOAO" });
    expect(await xrm.company.count()).toBe(4);
  });

  it("compares exactly when the key is not unique, or unique to the letter", async () => {
    const xrm = await openXrm(storage());
    await xrm.person.create({ name: "Ana", code: "a" });
    expect(
      await importRecords(xrm, { entity: "person", source: csv("name\nana\nAna\n"), match: "name" }),
    ).toMatchObject({ created: 1, unchanged: 1 });
    expect(
      await importRecords(xrm, { entity: "person", source: csv("code,name\nA,x\n"), match: "code" }),
    ).toMatchObject({ created: 1 });
  });

  it("goes by several fields, and takes an empty one for a value of its own", async () => {
    const xrm = await openXrm(storage());
    const source = csv("name,city\nAna,Olinda\nAna,Recife\nAna,\nRui,Recife\n");
    const match = ["name", "city"] as const;
    expect(await importRecords(xrm, { entity: "person", source, match })).toMatchObject({ created: 4 });
    expect(await importRecords(xrm, { entity: "person", source, match })).toMatchObject({ created: 0, unchanged: 4 });
  });

  it("goes by lookups and ids", async () => {
    const xrm = await openXrm(storage());
    await xrm.company.createMany([{ name: "A" }, { name: "B" }]);
    const source = csv("name,company,city\nAna,A,x\nAna,B,y\n");
    expect(await importRecords(xrm, { entity: "person", source, match: ["name", "company"] })).toMatchObject({
      created: 2,
    });
    expect(await importRecords(xrm, { entity: "person", source, match: ["name", "company"] })).toMatchObject({
      unchanged: 2,
    });
    const [row] = await xrm.person.findMany({ limit: 1 });
    const byId = [
      { id: row?.id.toUpperCase(), name: "Bea" },
      { id: "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d", name: "Eva" },
    ];
    const map = { id: "id", name: "name" };
    expect(await importRecords(xrm, { entity: "person", source: byId, map, match: "id" })).toMatchObject({
      created: 1,
      updated: 1,
    });
    expect(await importRecords(xrm, { entity: "person", source: byId, map, match: "id" })).toMatchObject({
      unchanged: 2,
    });
  });

  it("rejects rows that match several records, and rows with nothing to match by", async () => {
    const xrm = await openXrm(storage());
    await xrm.person.createMany([{ name: "Ana" }, { name: "Ana" }]);
    const result = await importRecords(xrm, {
      entity: "person",
      source: csv("name,city\nAna,x\nRui,y\n ,z\n"),
      match: "name",
    });
    expect(result).toMatchObject({ created: 1, rejected: 2 });
    expect(result.rejects).toMatchObject([
      { line: 2, code: "MATCH_AMBIGUOUS" },
      { line: 4, code: "MATCH_EMPTY", field: "name" },
    ]);
  });

  it("lets later rows of the same source match earlier ones", async () => {
    const xrm = await openXrm(storage());
    const source = csv("name,employees,vip\nA,1,no\nB,1,no\na,2,yes\nA,3,\nB,1,no\n");
    const result = await importRecords(xrm, { entity: "company", source, match: "name" });
    expect(result).toMatchObject({ rows: 5, created: 2, updated: 2, unchanged: 1, rejected: 0 });
    expect(await xrm.company.findMany({ orderBy: [{ name: "asc" }] })).toMatchObject([
      { name: "A", employees: 3, vip: true },
      { name: "B" },
    ]);
  });

  it("never writes immutable fields again, and rejects rows that would change them", async () => {
    const xrm = await openXrm(storage());
    await xrm.person.create({ code: "a", name: "Ana", since: "2020-01-01" });
    const result = await importRecords(xrm, {
      entity: "person",
      source: csv("code,name,since\na,Bea,2020-01-01\na,Bea,2021-01-01\n"),
      match: "code",
    });
    expect(result).toMatchObject({ updated: 1, rejected: 1 });
    expect(result.rejects).toMatchObject([{ code: "IMMUTABLE", field: "since" }]);
  });

  it("skips records that are there when told", async () => {
    const xrm = await openXrm(storage());
    await xrm.company.create({ name: "A", employees: 5 });
    const source = csv("name,parent,employees\nA,B,6\nB,A,7\n");
    const result = await importRecords(xrm, { entity: "company", source, match: "name", onMatch: "skip" });
    expect(result).toMatchObject({ created: 1, updated: 0, unchanged: 1, secondPass: { rows: 1 } });
    expect(await xrm.company.findOne({ where: { name: "A" } })).toMatchObject({ employees: 5, parent: null });
  });

  it("is refused for fields that cannot tell records apart, or that no column goes to", async () => {
    const xrm = await openXrm(storage());
    const refused = async (match: string[]) =>
      (
        await failure(importRecords(xrm, { entity: "company", source: csv("name,notes\n"), match } as never))
      ).issues.map((issue) => issue.message);
    expect(await refused(["notes", "employees"])).toEqual([
      "names 'notes', a field of kind longText, by which records cannot be matched",
      "names 'employees', which no column goes to",
    ]);
  });

  it("stays right when very many records share a key", async () => {
    const xrm = await openXrm(storage());
    await xrm.person.createMany(Array.from({ length: 5_100 }, (_, i) => ({ name: "Ana", city: `c${i}` })));
    await xrm.person.create({ name: "Zoe" });
    const result = await importRecords(xrm, { entity: "person", source: csv("name\nAna\nZoe\n"), match: "name" });
    expect(result).toMatchObject({ created: 0, unchanged: 1, rejected: 1 });
  });

  it("lets later rows match earlier ones where nothing is unique", async () => {
    const xrm = await openXrm(storage());
    const source = csv("name,city\nAna,Olinda\nAna,Recife\nRui,Olinda\nAna,Recife\n");
    const result = await importRecords(xrm, { entity: "person", source, match: "name" });
    expect(result).toMatchObject({ created: 2, updated: 1, unchanged: 1 });
  });

  it("rejects rows whose id is another one than that of the record they match", async () => {
    const xrm = await openXrm(storage());
    const { id } = await xrm.person.create({ name: "Ana", code: "a" });
    const other = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";
    const source = csv(`id,code\n${id},a\n${other},a\n`);
    const map = { id: "id", code: "code" };
    const result = await importRecords(xrm, { entity: "person", source, map, match: "code" });
    expect(result).toMatchObject({ unchanged: 1, rejects: [{ line: 3, code: "NOT_WRITABLE", field: "id" }] });
  });
});
