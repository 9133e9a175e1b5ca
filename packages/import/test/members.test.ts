// Which columns go to members of values, and how durations and choices are spelt.
import { readFileSync } from "node:fs";
import { createXrm, defineEntity, defineModel, field } from "@kith/core";
import { importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { describe, expect, it } from "vitest";
import { failure, path } from "./fixture.ts";
import { csv, open, problems } from "./members-model.ts";

describe("columns for members", () => {
  it("are refused when they say the same twice, or not enough", async () => {
    expect(await problems("account", "name,city,Town")).toEqual([
      "map: has two columns for 'address.city': 'city' and 'Town'; map one, and ignore the other",
    ]);
    expect(await problems("account", "name,place,lat,lng")).toEqual([
      "map: has columns for 'place' that say the same twice: 'place' and 'lat'; map one, and ignore the other",
      "map: has columns for 'place' that say the same twice: 'place' and 'lng'; map one, and ignore the other",
    ]);
    const twin = defineEntity("firm", {
      fields: { name: field.text(), billing: field.address(), shipping: field.address() },
    });
    const xrm = await createXrm({ model: defineModel({ entities: [twin] }), storage: memory() });
    const error = await failure(importRecords(xrm, { entity: "firm", source: csv("name,City\n") }));
    expect(error.issues.map(({ message }) => message)).toEqual([
      "says nothing of the column 'City', which may be for 'billing.city' or 'shipping.city'; map it to one of them, or ignore it",
    ]);
    expect(await problems("account", "name,lat")).toEqual([
      "map.place.lng: is missing, without which there is no 'place'; map a column to it",
    ]);
    expect(await problems("note", "text,regarding.entity")).toEqual([
      "map.regarding: is missing beside its entity: map the column with what the record is called, too",
    ]);
    expect(
      await problems("note", "text,r,a", { map: { text: "text", regarding: "r", "regarding.account": "a" } }),
    ).toEqual(
      [
        "map.regarding.account: stands beside 'regarding', which says where the same comes from; take one of the two out",
        "map: says nothing of the column 'a'; map it to a field, or ignore it.",
      ].slice(0, 1),
    );
  });

  it("are refused when there is no such member, naming the nearest", async () => {
    const map = { name: "n", "address.cty": "n", "name.first": "n", "place.lattitude": "n", "adress.city": "n" };
    expect((await problems("account", "n", { map })).slice(0, 4)).toEqual([
      "map.address.cty: is no part of 'address'. Did you mean 'city'? It has street, street2, city, region, postcode, country",
      "map.name.first: is no field: 'name', of kind text, is filled by one column",
      "map.place.lattitude: is no part of 'place'. It has lat, lng",
      "map.adress.city: is no field of 'account'. Did you mean 'address.city'?",
    ]);
    expect(
      await problems("account", "n,c,x", {
        map: { name: "n", "address.city": { from: "c", decimalComma: true, lookupBy: "x" } },
        ignore: ["x"],
      }),
    ).toEqual([
      "map.address.city.lookupBy: is for lookups; 'address.city' is a part of a field of kind address",
      "map.address.city.decimalComma: says nothing about 'address.city', a part of a field of kind address; take it out",
    ]);
    expect(await problems("account", "name,addres city")).toEqual([
      "map: says nothing of the column 'addres city'; map it to a field, or ignore it. Is it for 'address.city'?",
    ]);
  });

  it("are known by type", async () => {
    const xrm = await open(memory());
    const source = csv("n,c\n");
    // @ts-expect-error an address has no part `town`
    await failure(importRecords(xrm, { entity: "account", source, map: { "address.town": "c" } }));
    // @ts-expect-error a text has no parts
    await failure(importRecords(xrm, { entity: "account", source, map: { "name.city": "c" } }));
    // @ts-expect-error notes do not lead to sites
    await failure(importRecords(xrm, { entity: "note", source, map: { "regarding.site": "c" } }));
    await importRecords(xrm, { entity: "account", source, map: { name: "n", "address.city": "c" } });
    await importRecords(xrm, { entity: "note", source, map: { text: "n", "regarding.contact": "c" } });
    const geo = { name: "n", "place.lat": { value: 1 }, "place.lng": "c" } as const;
    await importRecords(xrm, { entity: "account", source, map: geo });
  });

  it("stand in the file of rejected rows as they came, which can be corrected and imported", async () => {
    const xrm = await open(memory());
    await xrm.account.create({ name: "Ana" });
    const rejects = path("rejected.csv");
    const text = '\uFEFF"text";"Regarding ""type""";regarding\r\n"a;""x""";conta;Ana\r\nb;kontakt;"An\r\na"\r\n';
    const map = { text: "text", "regarding.entity": 'Regarding "type"', regarding: "regarding" } as const;
    expect(await importRecords(xrm, { entity: "note", source: csv(text), map, rejects })).toMatchObject({
      created: 1,
      rejected: 1,
    });
    const rejected = readFileSync(rejects, "utf8");
    expect(rejected).toContain(";ENTITY;regarding.entity;");
    const again = csv(rejected.replace("kontakt", "account").replace("An\r\na", "Ana"));
    const ignore = ["line", "code", "field", "reason"];
    expect(await importRecords(xrm, { entity: "note", source: again, map, ignore })).toMatchObject({
      created: 1,
      rejected: 0,
    });
    expect(await xrm.note.count({ where: { regarding: { account: { name: "Ana" } } } })).toBe(2);
  });
});

describe("durations and choices", () => {
  async function site(name: "length" | "kind", cell: string, options: object = {}) {
    const xrm = await open(memory());
    const map = { name: { value: "A" }, "home.city": { value: "Rome" }, [name]: { from: "c", ...options } };
    const source = [{ c: cell }];
    const { rejects } = await importRecords(xrm, { entity: "site", source, map } as never);
    const [row] = await xrm.site.findMany();
    return rejects[0]?.reason ?? row?.[name];
  }

  it.each([
    ["PT1H30M", "PT1H30M", {}],
    ["p1dt90m", "PT25H30M", {}],
    ["1h 30m", "PT1H30M", {}],
    ["1 hour and 30 minutes", "PT1H30M", {}],
    ["2 dias, 3 horas e 1 min", "PT51H1M", {}],
    ["1.5h", "PT1H30M", {}],
    ["-1,5 h", "-PT1H30M", { decimalComma: true }],
    ["25:30:15", "PT25H30M15S", {}],
    ["0:00:01.250", "PT1.25S", {}],
    ["90", "PT1H30M", { unit: "minutes" }],
    ["1:30", "PT1H30M", { unit: "hours" }],
    ["1:30", "PT1M30S", { unit: "minutes" }],
    ["0.25", "PT6H", { unit: "days" }],
    ["250 ms", "PT0.25S", {}],
    ["250", "PT0.25S", { unit: "milliseconds" }],
    ["90 min", "PT1H30M", { unit: "hours" }],
  ])("reads %s as %s", async (cell, value, options) => {
    expect(await site("length", cell, options)).toBe(value);
  });

  it.each([
    ["90", "say what it counts: unit: 'minutes', or hours, seconds, days"],
    ["1:30", "say what it counts"],
    ["30m 1h", "must be a duration like 1h 30m"],
    ["1h 1h", "must be a duration like 1h 30m"],
    ["1,5h", "must be a duration like 1h 30m"],
    ["3 months", "must be a duration like 1h 30m"],
    ["soon", 'not "soon"'],
    ["P1Y", "counts years or months"],
    ["1:75:00", "must be a duration like 1h 30m"],
  ])("refuses %s", async (cell, reason) => {
    expect(await site("length", cell)).toContain(reason);
  });

  it("refuses a unit elsewhere, and one that there is not", async () => {
    expect(await problems("account", "n", { map: { name: { from: "n", unit: "days" } } })).toEqual([
      "map.name.unit: says nothing about 'name', a field of kind text; take it out",
    ]);
    expect((await problems("account", "n", { map: { name: { from: "n", unit: "years" } } }))[0]).toBe(
      'map.name.unit: must be one of milliseconds seconds minutes hours days weeks, not "years"',
    );
  });

  it("finds choices by their labels in any language", async () => {
    expect(await site("kind", "closed WON")).toBe("won");
    expect(await site("kind", "ganho")).toBe("won");
    expect(await site("kind", "WON")).toBe("won");
    expect(await site("kind", "lost")).toContain("must be one of open, won");
  });
});
