import { createXrm, defineEntity, defineModel, type EntitiesOf, field } from "@kith/core";
import { importRecords } from "@kith/import";
import { describe, expect, it } from "vitest";
import { failure, openXrm } from "./fixture.ts";
import { storages } from "./storages.ts";

const csv = (text: string) => [text];

describe.each(storages)("lookups on %s", (_, storage) => {
  async function people(text: string, map: object = {}, companies = ["Acme", "Zeta Ltda"]) {
    const xrm = await openXrm(storage());
    const made = await xrm.company.createMany(companies.map((name) => ({ name })));
    const result = await importRecords(xrm, { entity: "person", source: csv(text), map, auto: true } as never);
    const found = await xrm.person.findMany({
      orderBy: [{ name: "asc" }],
      include: { company: { select: { name: true } } },
    });
    return { result, made, companies: found.map((row) => row.company?.name ?? null) };
  }

  it("hold the title of their target, exactly or as its unique constraint compares", async () => {
    const { companies } = await people("name,company\na,Acme\nb,ACME\nc,zéta ltda\nd,\n");
    expect(companies).toEqual(["Acme", "Acme", "Zeta Ltda", null]);
  });

  it("are rejected when nothing is called so, naming the value and the nearest", async () => {
    const { result, companies } = await people("name,company\na,Acmee\nb,Nobody\nc,Acme\nd,Acm\n");
    expect(companies).toEqual(["Acme"]);
    expect(result.rejects).toMatchObject([
      {
        line: 2,
        code: "LOOKUP_MISSING",
        field: "company",
        reason: "company names the company \"Acmee\", which is not there. Did you mean 'Acme'?",
      },
      { line: 3, code: "LOOKUP_MISSING", reason: 'company names the company "Nobody", which is not there.' },
      { line: 5, code: "LOOKUP_MISSING" },
    ]);
  });

  it("take ids too, and other fields when told", async () => {
    const xrm = await openXrm(storage());
    const { id } = await xrm.company.create({ name: "Acme", employees: 7 });
    const other = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";
    const byId = await importRecords(xrm, {
      entity: "person",
      source: csv(`name,company\na,${id.toUpperCase()}\nb,${other}\n`),
    });
    expect(byId.rejects).toMatchObject([{ line: 3, code: "LOOKUP_MISSING" }]);
    const explicit = await importRecords(xrm, {
      entity: "person",
      source: csv(`name,company\nc,${id}\nd,Acme\n`),
      map: { company: { lookupBy: "id" } },
      auto: true,
    });
    expect(explicit.rejects).toMatchObject([{ line: 3, code: "ID" }]);
    const byNumber = await importRecords(xrm, {
      entity: "person",
      source: csv("name;company\ne;7,0\nf;8\ng;x\n"),
      map: { company: { lookupBy: "employees", decimalComma: true } },
      auto: true,
    });
    expect(byNumber.rejects).toMatchObject([
      { line: 3, code: "LOOKUP_MISSING" },
      { line: 4, code: "BAD_NUMBER", field: "company" },
    ]);
    const rows = await xrm.person.findMany({ orderBy: [{ name: "asc" }] });
    expect(rows.map((row) => [row.name, row.company])).toEqual([
      ["a", id],
      ["c", id],
      ["e", id],
    ]);
  });

  it("are rejected when several records are called so", async () => {
    const xrm = await openXrm(storage());
    await xrm.company.createMany([
      { name: "A", employees: 7 },
      { name: "B", employees: 7 },
    ]);
    const result = await importRecords(xrm, {
      entity: "person",
      source: csv("name,company\na,7\n"),
      map: { company: { lookupBy: "employees" } },
      auto: true,
    });
    expect(result.rejects).toMatchObject([{ line: 2, code: "LOOKUP_AMBIGUOUS", field: "company" }]);
  });

  it("apply aliases first, and constants", async () => {
    const { companies } = await people("name,company\na,ACM Inc\nb,none\nc,Acme\n", {
      company: { aliases: { "ACM Inc": "Acme", none: null } },
    });
    expect(companies).toEqual(["Acme", null, "Acme"]);
    expect((await people("name\na\nb\n", { company: { value: "Acme" } })).companies).toEqual(["Acme", "Acme"]);
  });

  it("go by several columns when told", async () => {
    const place = defineEntity("place", {
      fields: { city: field.text({ required: true }), street: field.text({ required: true }), no: field.integer() },
      unique: [["city", "street"]],
    });
    const sign = defineEntity("sign", {
      title: "text",
      fields: { text: field.text({ required: true }), place: field.lookup("place") },
    });
    const model = defineModel({ entities: [place, sign] });
    interface Entities extends EntitiesOf<typeof model> {}
    const xrm = await createXrm<Entities>({ model, storage: storage() });
    const [first, second] = await xrm.place.createMany([
      { city: "Olinda", street: "Rua A" },
      { city: "Recife", street: "Rua A" },
    ]);
    const source = csv("text,town,road\n1,Olinda,Rua A\n2,recife,RUA A\n3,Recife,Rua B\n4,,\n5,Recife,\n");
    const result = await importRecords(xrm, {
      entity: "sign",
      source,
      map: { text: "text", place: { from: ["town", "road"], lookupBy: ["city", "street"] } },
    });
    const rows = await xrm.sign.findMany({ orderBy: [{ text: "asc" }] });
    expect(rows.map((row) => [row.text, row.place])).toEqual([
      ["1", first?.id],
      ["2", second?.id],
      ["4", null],
    ]);
    expect(result.rejects).toMatchObject([
      { line: 4, reason: 'place (column \'town and road\') names the place "Recife", "Rua B", which is not there.' },
      { line: 6, code: "LOOKUP_MISSING" },
    ]);
    // Without a title there is nothing but ids to look up by.
    const ids = await importRecords(xrm, { entity: "sign", source: csv(`text,place\n6,${first?.id}\n7,Olinda\n`) });
    expect(ids.rejects).toMatchObject([{ line: 3, code: "ID", field: "place" }]);
  });

  it("cost a query for each batch, not for each row", async () => {
    const inner = storage();
    let reads = 0;
    const counting: typeof inner = {
      ...inner,
      open: async (model, options) => {
        const connection = await inner.open(model, options);
        const prepareRead: typeof connection.prepareRead = (plan) => {
          const prepared = connection.prepareRead(plan);
          const run: typeof prepared.run = (params, tx) => {
            reads++;
            return prepared.run(params, tx);
          };
          return { run };
        };
        return new Proxy(connection, {
          get: (target, name) => (name === "prepareRead" ? prepareRead : bound(target, name)),
        });
      },
    };
    const xrm = await openXrm(counting);
    await xrm.company.createMany(Array.from({ length: 50 }, (_, i) => ({ name: `C${i}` })));
    const rows = Array.from({ length: 1_000 }, (_, i) => `p${i},C${i % 50}`).join("\n");
    reads = 0;
    await importRecords(xrm, { entity: "person", source: csv(`name,company\n${rows}\n`), batchSize: 100 });
    expect(reads).toBe(1);
    expect(await xrm.person.count({ where: { company: { isNull: false } } })).toBe(1_000);
  });
});

/** A member of an object, working on that object. */
function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name, target) as unknown;
  return typeof value === "function" ? value.bind(target) : value;
}

describe.each(storages)("lookups to the entity itself on %s", (_, storage) => {
  it("are set when all rows are in, so that a parent may stand later in the file", async () => {
    const xrm = await openXrm(storage());
    const source = csv("name,parent,partner\nchild,Mother,Child\nmother,,child\nuncle,mother,\n");
    const result = await importRecords(xrm, { entity: "company", source, match: "name", batchSize: 1 });
    expect(result).toMatchObject({
      rows: 3,
      created: 3,
      updated: 0,
      rejected: 0,
      secondPass: { rows: 3, updated: 3, unchanged: 0, rejected: 0 },
    });
    const rows = await xrm.company.findMany({
      orderBy: [{ name: "asc" }],
      include: { parent: { select: { name: true } }, partner: { select: { name: true } } },
    });
    expect(rows.map((row) => [row.name, row.parent?.name ?? null, row.partner?.name ?? null])).toEqual([
      ["child", "mother", "child"],
      ["mother", null, "child"],
      ["uncle", "mother", null],
    ]);
  });

  it("that name nobody reject the row, whose record stays without them", async () => {
    const xrm = await openXrm(storage());
    const result = await importRecords(xrm, { entity: "company", source: csv("name,parent\na,b\nb,nobody\n") });
    expect(result).toMatchObject({ created: 2, rejected: 1, secondPass: { rows: 2, updated: 1, rejected: 1 } });
    expect(result.rejects).toMatchObject([{ line: 3, code: "LOOKUP_MISSING", field: "parent" }]);
    expect(await xrm.company.findMany({ where: { parent: null } })).toMatchObject([{ name: "b" }]);
  });

  it("count a record that was there and got another parent as updated", async () => {
    const xrm = await openXrm(storage());
    const first = csv("name,parent\na,\nb,a\nc,a\n");
    await importRecords(xrm, { entity: "company", source: first, match: "name" });
    const moved = await importRecords(xrm, {
      entity: "company",
      source: csv("name,parent\na,c\nb,c\nc,\n"),
      match: "name",
    });
    expect(moved).toMatchObject({ created: 0, updated: 3, unchanged: 0, secondPass: { rows: 2, updated: 2 } });
    const rows = await xrm.company.findMany({
      orderBy: [{ name: "asc" }],
      include: { parent: { select: { name: true } } },
    });
    expect(rows.map((row) => row.parent?.name ?? null)).toEqual(["c", "c", null]);
  });

  it("cannot be required, unless the parent is there or comes earlier", async () => {
    const node = defineEntity("node", {
      title: "name",
      fields: { name: field.text({ required: true, unique: true }), parent: field.lookup("node", { required: true }) },
    });
    const model = defineModel({ entities: [node] });
    interface Entities extends EntitiesOf<typeof model> {}
    const id = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";
    const xrm = await createXrm<Entities>({ model, storage: storage() });
    await xrm.node.create({ id, name: "root", parent: id });
    const result = await importRecords(xrm, {
      entity: "node",
      source: csv("name,parent\na,root\nb,A\nc,d\nd,b\ne,c\n"),
    });
    expect(result).toMatchObject({ created: 3, rejected: 2 });
    expect(result.rejects).toMatchObject([
      { line: 4, code: "LOOKUP_LATER", field: "parent" },
      { line: 6, code: "LOOKUP_LATER", field: "parent" },
    ]);
    expect(result.rejects[0]?.reason).toContain("one that comes earlier in the source");
  });

  it("that are immutable are set with the row itself", async () => {
    const node = defineEntity("node", {
      title: "name",
      fields: { name: field.text({ required: true, unique: true }), parent: field.lookup("node", { immutable: true }) },
    });
    const model = defineModel({ entities: [node] });
    interface Entities extends EntitiesOf<typeof model> {}
    const xrm = await createXrm<Entities>({ model, storage: storage() });
    const source = csv("name,parent\na,\nb,a\nc,d\nd,b\n");
    expect(await importRecords(xrm, { entity: "node", source, match: "name" })).toMatchObject({
      created: 3,
      rejected: 1,
    });
    expect(await importRecords(xrm, { entity: "node", source, match: "name" })).toMatchObject({
      created: 1,
      unchanged: 3,
    });
  });

  it("cannot be matched by", async () => {
    const xrm = await openXrm(storage());
    const error = await failure(
      importRecords(xrm, { entity: "company", source: csv("name,parent\n"), match: ["name", "parent"] }),
    );
    expect(error.issues).toMatchObject([{ path: ["match"] }]);
  });

  it("wait on disk when there are many", async () => {
    const xrm = await openXrm(storage());
    const notes = "\u2028line\u2029".repeat(100);
    async function* rows() {
      for (let i = 0; i < 3_000; i++) yield { name: `c${i}`, parent: `c${(i * 7 + 1) % 3_000}`, notes };
    }
    const result = await importRecords(xrm, { entity: "company", source: rows() });
    expect(result).toMatchObject({ created: 3_000, rejected: 0, secondPass: { updated: 3_000 } });
  });
});
