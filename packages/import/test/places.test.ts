// Addresses and points, from columns of their parts or whole.
import { importRecords } from "@kith/import";
import { describe, expect, it } from "vitest";
import { failure } from "./fixture.ts";
import { csv, nulls, open } from "./members-model.ts";
import { storages } from "./storages.ts";

describe.each(storages)("addresses on %s", (_, storage) => {
  it("stand in a column for each part, by name, label or what files call it, in any language", async () => {
    const headers = [
      "name,address.street,address.city,address.region,address.postcode,address.country",
      "Name,Street,City,State,ZIP,Country",
      "Name,Address,Town,Province,Zip Code,Country code",
      "name,Endereço Logradouro,Endereço Cidade,Endereço UF,Endereço CEP,Endereço País",
      "name,Endereço,Cidade,Estado,CEP,País",
    ];
    for (const header of headers) {
      const xrm = await open(storage());
      const source = csv(`${header}\nAcme,Rua A 1,São Paulo,SP,01310-100,br\nZeta,,,,,\n`);
      expect(await importRecords(xrm, { entity: "account", source })).toMatchObject({ created: 2, rejected: 0 });
      const rows = await xrm.account.findMany({ orderBy: [{ name: "asc" }] });
      const address = { street: "Rua A 1", city: "São Paulo", region: "SP", postcode: "01310-100", country: "BR" };
      expect(rows.map((row) => row.address)).toEqual([{ ...nulls, ...address }, null]);
    }
  });

  it("keep the parts that no column speaks of, and a second run writes nothing", async () => {
    const xrm = await open(storage());
    const address = { street: "Rua A", city: "Olinda", country: "BR" };
    await xrm.account.create({ name: "Acme", address });
    await xrm.account.create({ name: "Zeta", address });
    await xrm.account.create({ name: "None" });
    const source = csv("name,city,postcode\nAcme,Recife,50000\nZeta,,\nNone,,\nNew,,1\n");
    const options = { entity: "account", source, match: "name" } as const;
    expect(await importRecords(xrm, options)).toMatchObject({ created: 1, updated: 2, unchanged: 1, rejected: 0 });
    const rows = await xrm.account.findMany({ orderBy: [{ name: "asc" }] });
    expect(rows.map((row) => row.address)).toEqual([
      { ...nulls, ...address, city: "Recife", postcode: "50000" },
      { ...nulls, postcode: "1" },
      null,
      { ...nulls, street: "Rua A", country: "BR" },
    ]);
    expect(await importRecords(xrm, options)).toMatchObject({ created: 0, updated: 0, unchanged: 4 });
    const keep = { ...options, map: { name: "name", "address.city": { from: "city", empty: "keep" } } } as const;
    expect(await importRecords(xrm, { ...keep, ignore: ["postcode"] })).toMatchObject({ unchanged: 4 });
    const gone = csv("name,street,city,postcode,country\nAcme,,,,\nZeta,,,,\n");
    expect(await importRecords(xrm, { ...options, source: gone })).toMatchObject({ updated: 2 });
    expect(await xrm.account.count({ where: { address: null } })).toBe(3);
  });

  it("are required as a whole, and come back to their default", async () => {
    const xrm = await open(storage());
    const source = csv("name,home city,home street,work city\nA,Rome,Via 1,\nB,,,\nC,Oslo,,Bergen\n");
    const options = { entity: "site", source, match: "name" } as const;
    const first = await importRecords(xrm, options);
    expect(first).toMatchObject({ created: 2, rejected: 1 });
    expect(first.rejects).toMatchObject([{ line: 3, code: "REQUIRED", field: "home" }]);
    const rows = await xrm.site.findMany({ orderBy: [{ name: "asc" }] });
    expect(rows.map(({ home, work }) => [home.city, home.street, work?.city, work?.country])).toEqual([
      ["Rome", "Via 1", null, "BR"],
      ["Oslo", null, "Bergen", null],
    ]);
    expect(await importRecords(xrm, options)).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
    const emptied = csv("name,home city,home street\nA,,\nC,,Gate 1\n");
    expect(await importRecords(xrm, { ...options, source: emptied })).toMatchObject({ unchanged: 1, updated: 1 });
  });

  it("reject what a part cannot be, naming part, column and value", async () => {
    const xrm = await open(storage());
    const source = csv(`Name,Town,País\nA,Rome,Itália\nB,${"x".repeat(121)},IT\nC,Rome,Atlantis\nD,,Brasilien\n`);
    const result = await importRecords(xrm, {
      entity: "account",
      source,
      map: { name: "Name", "address.city": "Town", "address.country": { from: "País", aliases: { Brasilien: "BR" } } },
    });
    const [good, last] = await xrm.account.findMany({ orderBy: [{ name: "asc" }] });
    expect([good?.address?.country, last?.address]).toEqual(["IT", { ...nulls, country: "BR" }]);
    expect(result.rejects).toMatchObject([
      {
        line: 3,
        code: "TOO_LONG",
        field: "address.city",
        reason: "address.city (column 'Town') has more than 120 characters",
      },
      {
        line: 4,
        code: "COUNTRY",
        field: "address.country",
        reason:
          "address.country (column 'País') must be a country's two letters (ISO 3166-1 alpha-2), like BR or DE, not \"Atlantis\"",
      },
    ]);
  });

  it("come whole as JSON or objects, which replace all parts", async () => {
    const xrm = await open(storage());
    await xrm.account.create({ name: "Acme", address: { street: "Rua A", city: "Olinda" } });
    const whole = csv('name,address\nAcme,"{""city"":""Recife""}"\nB,Rua A 1\n');
    const result = await importRecords(xrm, { entity: "account", source: whole, match: "name" });
    expect(result).toMatchObject({ updated: 1, rejected: 1 });
    expect(result.rejects[0]?.reason).toContain(
      "address must be JSON, or stand in a column for each part (street, street2",
    );
    const objects = [{ name: "C", address: { city: "Rome" } }];
    expect(await importRecords(xrm, { entity: "account", source: objects, match: "name" })).toMatchObject({
      created: 1,
    });
    const both = [...objects, { name: "C", "address.country": "IT" }];
    const error = await failure(importRecords(xrm, { entity: "account", source: both, match: "name" }));
    expect(error.issues[0]?.message).toContain(
      "columns for 'address' that say the same twice: 'address' and 'address.country'",
    );
    const rows = await xrm.account.findMany({ orderBy: [{ name: "asc" }] });
    expect(rows.map((row) => row.address)).toEqual([
      { ...nulls, city: "Recife" },
      { ...nulls, city: "Rome" },
    ]);
  });

  it("leave parts alone whose keys are left out, and empty those that are null", async () => {
    const xrm = await open(storage());
    await xrm.account.create({ name: "Acme", address: { street: "Rua A", city: "Olinda", country: "BR" } });
    const source = [
      { name: "Acme", "address.city": null, "address.country": "PT" },
      { name: "Acme", "address.street": "Rua B" },
    ];
    await importRecords(xrm, { entity: "account", source, match: "name" });
    const [row] = await xrm.account.findMany();
    expect(row?.address).toEqual({ ...nulls, street: "Rua B", country: "PT" });
  });
});

describe.each(storages)("points on %s", (_, storage) => {
  async function points(source: string, options: object = {}) {
    const xrm = await open(storage());
    const result = await importRecords(xrm, { entity: "account", source: csv(source), ...options } as never);
    const rows = await xrm.account.findMany({ orderBy: [{ name: "asc" }] });
    return { xrm, result, points: rows.map((row) => row.place) };
  }

  it("stand in two columns or in one", async () => {
    const paulista = { lat: -23.5614, lng: -46.6559 };
    expect((await points("name,Latitude,Longitude\nA,-23.5614,-46.6559\nB,,\n")).points).toEqual([paulista, null]);
    expect((await points("name,place.lat,place.lon\nA,-23.5614,-46.6559\n")).points).toEqual([paulista]);
    expect(
      (await points("name;Local latitude;long\nA;-23,5614;-46,6559\n", { defaults: { decimalComma: true } })).points,
    ).toEqual([paulista]);
    const spelt = [
      "A;-23.5614, -46.6559",
      "B;-23.5614,-46.6559",
      "C;-23.5614 -46.6559",
      "D;23.5614° S, 46.6559° W",
      "E;46.6559 O 23.5614 S",
      'F;{"lat":-23.5614,"lng":-46.6559}',
    ];
    const one = await points(
      `name;place\n${spelt.map((line) => line.replaceAll('"', '""').replace(/;(.*)/, ';"$1"')).join("\n")}\n`,
    );
    expect(one.result.rejects).toEqual([]);
    expect(one.points).toEqual(spelt.map(() => paulista));
    const comma = await points('name;place\nA;"-23,5614; -46,6559"\nB;-23,5614 -46,6559\n', {
      defaults: { decimalComma: true },
    });
    expect(comma.points).toEqual([paulista, paulista]);
    expect((await points('name;place\nA;"23°30\'0""S 46°15\'36""W"\n')).points).toEqual([{ lat: -23.5, lng: -46.26 }]);
  });

  it("reject half a point, what is off the earth, and signs that nobody announced", async () => {
    const { result } = await points('name,Lat,Lng\nA,1,\nB,91,0\nC,"-23,5",1\nD,,181\nE,0,-180\n', {
      map: { name: "name", "place.lat": "Lat", "place.lng": "Lng" },
    });
    expect(result.created).toBe(1);
    expect(result.rejects.map(({ line, code, field, reason }) => [line, code, field, reason])).toEqual([
      [
        2,
        "INCOMPLETE",
        "place.lng",
        "place.lng (column 'Lng') is empty, and there is no 'place' without it; fill it in, or leave all of it empty",
      ],
      [3, "GEO", "place.lat", "place.lat (column 'Lat') must be a number of degrees from -90 to 90"],
      [
        4,
        "BAD_NUMBER",
        "place.lat",
        "place.lat (column 'Lat') must be a number like 1234.56, not \"-23,5\"; say decimalComma if the comma is its decimal sign",
      ],
      [
        5,
        "INCOMPLETE",
        "place.lat",
        "place.lat (column 'Lat') is empty, and there is no 'place' without it; fill it in, or leave all of it empty",
      ],
    ]);
    const one = await points('name;place\nA;"-23,5; -46,6"\nB;91,0\nC;here\nD;1\nE;"1,2,3"\nF;1 N 2 N\n');
    expect(one.result.created).toBe(0);
    expect(one.result.rejects[0]?.reason).toBe(
      'place must be a point like -23.55, -46.63, in degrees north and east, not "-23,5; -46,6"; say decimalComma if commas are decimal signs',
    );
    expect(one.result.rejects.map(({ code }) => code)).toEqual(Array.from({ length: 6 }, () => "GEO"));
  });

  it("move, stay and go with their two cells", async () => {
    const { xrm } = await points("name,lat,lng\nA,1,2\nB,3,4\nC,5,6\n");
    const options = { entity: "account", source: csv("name,lat,lng\nA,1,2\nB,3,5\nC,,\n"), match: "name" } as const;
    expect(await importRecords(xrm, options)).toMatchObject({ updated: 2, unchanged: 1 });
    expect(await importRecords(xrm, options)).toMatchObject({ updated: 0, unchanged: 3 });
    const half = await importRecords(xrm, { ...options, source: csv("name,lat,lng\nA,,2\n") });
    expect(half.rejects).toMatchObject([{ code: "INCOMPLETE", field: "place.lat" }]);
    const rows = await xrm.account.findMany({ orderBy: [{ name: "asc" }] });
    expect(rows.map((row) => row.place)).toEqual([{ lat: 1, lng: 2 }, { lat: 3, lng: 5 }, null]);
  });
});
