// Values that stand in several columns: addresses, points, and lookups to one of several entities.
import { readFileSync } from "node:fs";
import { createXrm, defineEntity, defineModel, type EntitiesOf, field, type Storage } from "@kith/core";
import { importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { describe, expect, it } from "vitest";
import { failure, path } from "./fixture.ts";
import { storages } from "./storages.ts";

const account = defineEntity("account", {
  title: "name",
  label: { en: "Account", "pt-BR": "Conta" },
  fields: {
    name: field.text({ required: true, unique: true }),
    code: field.text({ unique: true }),
    address: field.address({ label: { en: "Address", "pt-BR": "Endereço" } }),
    place: field.geo({ label: { en: "Place", "pt-BR": "Local" } }),
  },
});
const contact = defineEntity("contact", {
  title: "name",
  fields: { name: field.text({ required: true }), email: field.email({ unique: true }) },
});
const note = defineEntity("note", {
  title: "text",
  fields: {
    text: field.text({ required: true, unique: true }),
    regarding: field.lookup(["account", "contact", "note"], { label: { en: "Regarding", "pt-BR": "Referente a" } }),
  },
});
const site = defineEntity("site", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true }),
    home: field.address({ required: true }),
    work: field.address({ default: { country: "BR" } }),
    length: field.duration(),
    kind: field.choice(["open", "won"], { labels: { won: { en: "Closed won", "pt-BR": "Ganho" } } }),
  },
});
const model = defineModel({ entities: [account, contact, note, site] });
interface Entities extends EntitiesOf<typeof model> {}

const open = (storage: Storage) => createXrm<Entities>({ model, storage });
const csv = (text: string) => [text];
const nulls = { street: null, street2: null, city: null, region: null, postcode: null, country: null };

/** What is wrong with a mapping, as `path: message`. */
async function problems(entity: "account" | "note", header: string, options: object = {}): Promise<string[]> {
  const xrm = await open(memory());
  const error = await failure(importRecords(xrm, { entity, source: csv(`${header}\n`), ...options } as never));
  return error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

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

describe.each(storages)("lookups to several entities on %s", (_, storage) => {
  async function filled() {
    const xrm = await open(storage());
    const acme = await xrm.account.create({ name: "Acme", code: "1" });
    const both = await xrm.account.create({ name: "Ana", code: "2" });
    const ana = await xrm.contact.create({ name: "Ana", email: "ana@example.com" });
    const notes = async () => {
      const rows = await xrm.note.findMany({ orderBy: [{ text: "asc" }] });
      return rows.map(({ regarding }) => regarding);
    };
    return { xrm, acme, both, ana, notes };
  }
  const to = (entity: string, { id }: { id: string }) => ({ entity, id });

  it("stand in a column for each target", async () => {
    const { xrm, acme, ana, notes } = await filled();
    const source = csv(
      "text,Account,Contact\na,acme,\nb,,ana@example.com\nc,,\nd,Acme,ana@example.com\ne,Acmee,\nf,,Bia\n",
    );
    const options = {
      entity: "note",
      source,
      match: "text",
      map: { text: "text", "regarding.contact": { from: "Contact", lookupBy: "email" } },
      auto: true,
    } as const;
    const result = await importRecords(xrm, options);
    expect(await notes()).toEqual([to("account", acme), to("contact", ana), null]);
    expect(result.rejects.map(({ line, code, field, reason }) => [line, code, field, reason])).toEqual([
      [
        5,
        "LOOKUP_TWICE",
        "regarding",
        "regarding names 2 records, of contact (column 'Contact') and account (column 'Account'), and can lead to one; empty the others",
      ],
      [
        6,
        "LOOKUP_MISSING",
        "regarding.account",
        "regarding.account (column 'Account') names the account \"Acmee\", which is not there. Did you mean 'Acme'?",
      ],
      [7, "EMAIL", "regarding.contact", expect.stringContaining("regarding.contact (column 'Contact') must be")],
    ]);
    expect(await importRecords(xrm, options)).toMatchObject({ created: 0, updated: 0, unchanged: 3, rejected: 3 });
  });

  it("stand in a column for the entity and one for what the record is called", async () => {
    const { xrm, acme, ana, both, notes } = await filled();
    const source = csv(
      "text,regarding.entity,regarding\na,account,Acme\nb,Contact,Ana\nc,Contas,Acme\nd,CONTA,Ana\ne,,\n",
    );
    await importRecords(xrm, { entity: "note", source });
    expect(await notes()).toEqual(
      [to("account", acme), to("contact", ana), null, to("account", both), null].toSpliced(2, 1, to("account", acme)),
    );
    const bad = csv("Text,Regarding type,Regarding ID\nf,acount,Acme\ng,account,\nh,,Acme\ni,contact,Acme\n");
    const result = await importRecords(xrm, { entity: "note", source: bad });
    expect(result.rejects.map(({ line, code, field, reason }) => [line, code, field, reason])).toEqual([
      [
        2,
        "ENTITY",
        "regarding.entity",
        "regarding.entity (column 'Regarding type') must be one of account, contact, note, not \"acount\". Did you mean 'account'?",
      ],
      [
        3,
        "INCOMPLETE",
        "regarding",
        "regarding (column 'Regarding ID') is empty beside \"account\"; fill in both, or neither",
      ],
      [
        4,
        "INCOMPLETE",
        "regarding.entity",
        "regarding.entity (column 'Regarding type') is empty, so that nobody knows what \"Acme\" is; fill it in",
      ],
      [
        5,
        "LOOKUP_MISSING",
        "regarding",
        "regarding (column 'Regarding ID') names the contact \"Acme\", which is not there.",
      ],
    ]);
  });

  it("stand in one column, where one record alone of all entities may be called so", async () => {
    const { xrm, acme, ana, notes } = await filled();
    const whole = JSON.stringify(to("account", acme)).replaceAll('"', '""');
    const source = csv(`text,regarding\na,Acme\nb,${ana.id}\nc,"${whole}"\nd,Ana\ne,Acm\n`);
    const result = await importRecords(xrm, { entity: "note", source });
    // A note may be called so, too, so that they wait for all notes to be in.
    expect(await notes()).toEqual([to("account", acme), to("contact", ana), to("account", acme), null, null]);
    expect(result.rejects.map(({ line, code, reason }) => [line, code, reason])).toEqual([
      [
        5,
        "LOOKUP_AMBIGUOUS",
        "regarding names \"Ana\", and there is such a record of account and of contact; say which in a column of its own, 'regarding.entity'",
      ],
      [
        6,
        "LOOKUP_MISSING",
        "regarding names \"Acm\", which is no record of account, contact, note. Did you mean 'Acme'?",
      ],
    ]);
  });

  it("may lead to a row that comes later in the source", async () => {
    const { xrm, acme, notes } = await filled();
    const source = csv("text,regarding.note,regarding.account\na,b,\nb,,Acme\nc,C,\n");
    const options = { entity: "note", source, match: "text" } as const;
    expect(await importRecords(xrm, options)).toMatchObject({ created: 3, secondPass: { updated: 2 } });
    const rows = await xrm.note.findMany({ orderBy: [{ text: "asc" }] });
    const [, b, c] = rows as [unknown, { id: string }, { id: string }];
    expect(await notes()).toEqual([to("note", b), to("account", acme), to("note", c)]);
    expect(await importRecords(xrm, options)).toMatchObject({ updated: 0, unchanged: 3, secondPass: { unchanged: 2 } });
    const any = csv("text,regarding\na,Acme\nb,c\nc,nobody\n");
    expect(await importRecords(xrm, { ...options, source: any })).toMatchObject({
      updated: 2,
      rejected: 1,
      secondPass: { updated: 2, rejected: 1 },
    });
    expect((await notes()).slice(0, 2)).toEqual([to("account", acme), to("note", c)]);
  });

  it("are emptied by an empty cell of the entity that they lead to, and of no other", async () => {
    const { xrm, acme, ana, notes } = await filled();
    await xrm.note.createMany([
      { text: "a", regarding: { entity: "account", id: acme.id } },
      { text: "b", regarding: { entity: "contact", id: ana.id } },
    ]);
    const options = { entity: "note", match: "text" } as const;
    const some = csv("text,regarding.account\na,\nb,\n");
    expect(await importRecords(xrm, { ...options, source: some })).toMatchObject({ updated: 1, unchanged: 1 });
    expect(await notes()).toEqual([null, to("contact", ana)]);
    expect(await importRecords(xrm, { ...options, source: csv("text,regarding\na,\nb,\n") })).toMatchObject({
      updated: 1,
    });
    expect(await notes()).toEqual([null, null]);
  });

  it("can be constants, and what rows are matched by", async () => {
    const { xrm, acme, notes } = await filled();
    const map = { text: "text", "regarding.account": { value: "Acme" } } as const;
    await importRecords(xrm, { entity: "note", source: csv("text\na\n"), map });
    const entity = { text: "text", "regarding.entity": { value: "account" }, regarding: "of" } as const;
    await importRecords(xrm, { entity: "note", source: csv("text,of\nb,Acme\nc,\n"), map: entity });
    expect(await notes()).toEqual([to("account", acme), to("account", acme), null]);
    const error = await failure(
      importRecords(xrm, { entity: "note", source: csv("text\n"), match: ["text", "regarding"] }),
    );
    expect(error.issues[0]?.message).toContain("a lookup to 'note' itself");
  });
});

describe("columns for members", () => {
  it("are refused when they say the same twice, or not enough", async () => {
    expect(await problems("account", "name,city,Town")).toEqual([
      "map: has two columns for 'address.city': 'city' and 'Town'; map one, and ignore the other",
    ]);
    expect(await problems("account", "name,place,lat,lng")).toEqual([
      "map: has columns for 'place' that say the same twice: 'place' and 'lat'; map one, and ignore the other",
      "map: has columns for 'place' that say the same twice: 'place' and 'lng'; map one, and ignore the other",
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
