import { importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { describe, expect, it } from "vitest";
import { failure, file, openXrm } from "./fixture.ts";

/** What is wrong with an import, as `path: message`. Nothing may be written. */
async function problems(text: string, options: object): Promise<string[]> {
  const xrm = await openXrm(memory());
  const error = await failure(importRecords(xrm, { entity: "person", source: file(text), ...options } as never));
  expect(error.code).toBe("INVALID_OPTIONS");
  expect(await xrm.person.count()).toBe(0);
  return error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

async function imported(text: string, options: object = {}) {
  const xrm = await openXrm(memory());
  await importRecords(xrm, { entity: "company", source: file(text), ...options } as never);
  return xrm.company.findMany({ orderBy: [{ name: "asc" }] });
}

describe("columns without a mapping", () => {
  it("go to the fields that they are called like, whatever the case, spaces and punctuation", async () => {
    expect(await imported("NAME,Em-ployees,VIP\nAcme,5,yes\n")).toMatchObject([
      { name: "Acme", employees: 5, vip: true },
    ]);
  });

  it("go by labels in any language", async () => {
    expect(await imported("Empresa\nAcme\n")).toMatchObject([{ name: "Acme" }]);
    expect(await imported("company\nAcme\n")).toMatchObject([{ name: "Acme" }]);
  });

  it("are refused when they are called like none, or two like one", async () => {
    expect(await problems("name,citty,country\nA,B,C\n", {})).toEqual([
      "map: says nothing of the column 'citty'; map it to a field, or ignore it. Is it for 'city'?",
      "map: says nothing of the column 'country'; map it to a field, or ignore it.",
    ]);
    expect(await problems("name,Name\nA,B\n", {})).toEqual([
      "map: has two columns for 'name': 'name' and 'Name'; map one, and ignore the other",
    ]);
  });

  it("can be ignored, one by one or all", async () => {
    expect(await imported("name,x,y\nA,1,2\n", { ignore: ["x", "y"] })).toMatchObject([{ name: "A" }]);
    expect(await imported("name,x,y\nA,1,2\n", { ignoreUnmapped: true })).toMatchObject([{ name: "A" }]);
    expect(await problems("name,colour\nA,1\n", { ignore: ["color"] })).toEqual([
      "map: says nothing of the column 'colour'; map it to a field, or ignore it.",
      "ignore: names 'color', which is no column of the source. Did you mean 'colour'?",
    ]);
  });

  it("never go to the id unless it is mapped", async () => {
    expect(await problems("id,name\n1,A\n", {})).toHaveLength(1);
    const id = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";
    expect(await imported(`id,name\n${id},A\n`, { map: { id: "id", name: "name" } })).toMatchObject([
      { id, name: "A" },
    ]);
  });
});

describe("a mapping", () => {
  it("names columns, and leaves the rest alone unless auto is true", async () => {
    expect(await imported("N,vip\nA,yes\n", { map: { name: "N" }, ignore: ["vip"] })).toMatchObject([
      { name: "A", vip: false },
    ]);
    expect(await imported("N,vip\nA,yes\n", { map: { name: "N" }, auto: true })).toMatchObject([
      { name: "A", vip: true },
    ]);
    expect(
      await imported("Name,vip\nA!,yes\n", { map: { name: { aliases: { "A!": "B" } } }, auto: true }),
    ).toMatchObject([{ name: "B" }]);
  });

  it("gives constants, as values or as text", async () => {
    expect(
      await imported("N\nA\nB\n", {
        map: { name: "N", employees: { value: 5 }, founded: { value: "2020-01-31" }, vip: { value: "sim" } },
      }),
    ).toMatchObject([
      { name: "A", employees: 5, founded: "2020-01-31", vip: true },
      { name: "B", employees: 5, founded: "2020-01-31", vip: true },
    ]);
  });

  it("is refused with every problem at once, naming the nearest", async () => {
    const map = {
      nam: "Name",
      name: "Nane",
      version: "V",
      company: { from: "Company", lookupBy: "nmae" },
      stage: { from: "Stage", alias: {} },
      city: { from: "City", format: "DD/MM" },
      since: { from: "Since", format: "DD/MM" },
      email: { from: "Email", lookupBy: "x" },
    };
    expect(await problems("Name,V,Company,Stage,City,Since,Email\n", { map, match: ["cod", "since"] })).toEqual([
      "map.nam: is no field of 'person'. Did you mean 'name'?",
      "map.version: cannot be imported: it is set by the engine",
      "map.stage.alias: is no option here. Did you mean 'aliases'? There are from, value, aliases, lookupBy, empty, trim, decimalComma, thousands, format, timeZone, separator, unit",
      "map.name.from: names 'Nane', which is no column of the source. Did you mean 'Name'?",
      "map.company.lookupBy: names 'nmae', which 'company' does not have. Did you mean 'name'?",
      "map.city.format: says nothing about 'city', a field of kind text; take it out",
      "map.since.format: lacks the year",
      "map.email.lookupBy: is for lookups; 'email' is a field of kind email",
      "map: says nothing of the column 'Name'; map it to a field, or ignore it. Is it for 'name'?",
      "map: says nothing of the column 'V'; map it to a field, or ignore it.",
      "map: says nothing of the column 'Stage'; map it to a field, or ignore it. Is it for 'stage'?",
      "match: names 'cod', which 'person' does not have. Did you mean 'code'?",
    ]);
  });

  it("is refused when values have the wrong form", async () => {
    expect(
      await problems("a\n", {
        map: { name: 5, city: { from: "" }, stage: { from: "a", empty: "drop" }, code: { from: "a", thousands: "x" } },
      }),
    ).toEqual([
      "map.name: must be a column's name or an object, not 5",
      'map.city.from: must be a name, or a list of names, not ""',
      "map.stage.empty: must be 'clear' or 'keep', not \"drop\"",
      "map.code.thousands: must be one of '.' ',' ' ' ''' '_', not \"x\"",
      "map: says nothing of the column 'a'; map it to a field, or ignore it.",
    ]);
    expect(await problems("a\n", { map: { name: { from: "a", value: "x", trim: false } } })).toEqual([
      "map.name.from: says nothing beside value, a constant; take one of the two out",
      "map.name.trim: says nothing beside value, a constant; take one of the two out",
    ]);
    expect(
      await problems("a,b\n", { map: { name: { from: ["a", "b"] }, company: { from: ["a", "b"], lookupBy: "name" } } }),
    ).toEqual([
      "map.name.from: names 2 columns; only a lookup by several fields takes several",
      "map.company.from: names 2 columns, lookupBy 1 fields; each field needs its column",
    ]);
  });

  it("is refused when it leaves nothing to write, or a field's own name leaves a choice", async () => {
    expect(await problems("x\n", { map: {}, ignore: ["x"] })).toEqual([
      "map: leaves nothing to write: no column goes to a field",
    ]);
    expect(await problems("x\n", { map: { name: {} }, ignore: ["x"] })).toEqual([
      "map.name.from: is missing, and no column is called like it; the source has 'x'",
    ]);
    expect(await problems("name,Name\n", { map: { name: {} }, ignoreUnmapped: true })).toEqual([
      "map.name.from: is missing, and 'name', 'Name' are all called like it",
    ]);
  });

  it("survives hostile names of columns", async () => {
    expect(
      await imported("__proto__,constructor,name\nx,y,A\n", { ignore: ["__proto__", "constructor"] }),
    ).toMatchObject([{ name: "A" }]);
    expect(await problems("__proto__,name\nx,A\n", {})).toEqual([
      "map: says nothing of the column '__proto__'; map it to a field, or ignore it.",
    ]);
    const map = JSON.parse('{"__proto__": "name", "toString": "name"}') as object;
    expect(await problems("name\nA\n", { map })).toEqual([
      "map.__proto__: is no field of 'person'.",
      "map.toString: is no field of 'person'.",
      "map: says nothing of the column 'name'; map it to a field, or ignore it. Is it for 'name'?",
    ]);
  });
});

describe("options", () => {
  it("are refused all at once", async () => {
    const options = {
      fromat: "csv",
      delimiter: "ab",
      batchSize: 0,
      onMatch: "skip",
      match: [],
      dryRun: 1,
      defaults: { format: "x", trim: "no" },
      signal: {},
    };
    expect(await problems("name\n", options)).toEqual([
      "fromat: is no option here. Did you mean 'format'? There are entity, source, format, delimiter, map, auto, defaults, ignore, ignoreUnmapped, match, onMatch, batchSize, dryRun, rejects, onProgress, signal, maxRowBytes",
      "delimiter: must be one character, such as ';', not \"ab\"",
      "batchSize: must be a whole number from 1 to 5,000, not 0",
      "match: must be a field's name, or a list of names, not a list",
      "dryRun: must be true or false, not 1",
      "signal: must be an AbortSignal, not an object",
      "defaults.format: is no option here. There are trim, decimalComma, thousands, timeZone, separator, unit",
      'defaults.trim: must be true or false, not "no"',
    ]);
    expect(await problems("name\n", { onMatch: "skip" })).toEqual(["onMatch: says nothing without match"]);
  });

  it("refuse to overwrite the source with rejected rows, and options that do not fit the format", async () => {
    const xrm = await openXrm(memory());
    const source = file("name\nA\n");
    expect((await failure(importRecords(xrm, { entity: "company", source, rejects: source }))).issues[0]?.path).toEqual(
      ["rejects"],
    );
    expect(
      (await failure(importRecords(xrm, { entity: "company", source: file("{}", "a.jsonl"), delimiter: ";" }))).message,
    ).toContain("delimiter");
    expect(
      (await failure(importRecords(xrm, { entity: "company", source: [{ name: "A" }], format: "csv" }))).message,
    ).toContain("format");
    expect((await failure(importRecords(xrm, undefined as never))).code).toBe("INVALID_OPTIONS");
    expect((await failure(importRecords(xrm, { entity: "compny", source } as never))).code).toBe("UNKNOWN_ENTITY");
    expect((await failure(importRecords(xrm, { entity: "company", source, rejects: "/nowhere/x.csv" }))).code).toBe(
      "import.REJECTS",
    );
  });

  it("know fields and entities by type", async () => {
    const xrm = await openXrm(memory());
    const source = file("name\nA\n");
    // @ts-expect-error there is no entity `companies`
    await failure(importRecords(xrm, { entity: "companies", source }));
    // @ts-expect-error a company has no `title`
    await failure(importRecords(xrm, { entity: "company", source, map: { title: "name" } }));
    // @ts-expect-error `version` is the engine's
    await failure(importRecords(xrm, { entity: "company", source, map: { version: "name" } }));
    // @ts-expect-error a company has no `code` to match by
    await failure(importRecords(xrm, { entity: "company", source, match: ["code"] }));
    // @ts-expect-error `alias` is no option
    await failure(importRecords(xrm, { entity: "company", source, map: { name: { alias: {} } } }));
    await importRecords(xrm, {
      entity: "company",
      source,
      map: { id: { value: null }, name: "name" },
      match: ["id", "name"],
    });
  });
});
