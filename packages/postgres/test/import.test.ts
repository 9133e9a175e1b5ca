// Values that an import puts together of several columns are kept here as in memory.
import { createXrm, defineEntity, defineModel, type EntitiesOf, field, type Storage } from "@kith/core";
import { importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { expect, it } from "vitest";
import { temporary } from "./fixture.ts";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true }),
    address: field.address({ indexedParts: ["city"] }),
    place: field.geo({ indexed: true }),
    open: field.duration(),
  },
});
const note = defineEntity("note", {
  title: "text",
  fields: { text: field.text({ required: true, unique: true }), about: field.lookup(["account", "note"]) },
});
const model = defineModel({ entities: [account, note] });
interface Entities extends EntitiesOf<typeof model> {}

const accounts = [
  "name;rua;cidade;país;latitude;longitude;open",
  "Acme;Rua A 1;Olinda;Brasil;-8.01;-34.86;8h 30m",
  "Zeta;;Lisboa;PT;;;PT0S",
  "None;;;;;;",
  "Half;;;;1;;",
].join("\n");
const moved = "name;cidade;latitude;longitude\nAcme;Recife;0;-180\nZeta;;;\nNone;Natal;;\n";
const notes = "text,about account,about note\na,acme,\nb,,c\nc,,B\nd,ACME,b\ne,,\n";
const renamed = "text,about account\na,\nb,Zeta\nc,\n";

/** Imports all of it, twice, and gives what came of it. */
async function imported(storage: Storage) {
  const xrm = await createXrm<Entities>({ model, storage });
  const results: unknown[] = [];
  const run = async (entity: "account" | "note", text: string) => {
    const match = entity === "account" ? "name" : "text";
    for (let again = 0; again < 2; again++) {
      const {
        seconds: _,
        rowsPerSecond: __,
        ...result
      } = await importRecords(xrm, {
        entity,
        source: [text],
        match,
      } as never);
      results.push(result);
    }
  };
  await run("account", accounts);
  await run("account", moved);
  await run("note", notes);
  await run("note", renamed);
  const all = await xrm.account.findMany({ orderBy: [{ name: "asc" }] });
  const about = await xrm.note.findMany({ orderBy: [{ text: "asc" }] });
  await xrm.close();
  const names = new Map([
    ...all.map(({ id, name }) => [id, name] as const),
    ...about.map(({ id, text }) => [id, text] as const),
  ]);
  const rows = [
    ...all.map(({ name, address, place, open }) => ({ name, address, place, open })),
    ...about.map(({ text, about }) => [text, about?.entity, about && names.get(about.id)]),
  ];
  return { results, rows };
}

it("imports addresses, points and lookups to several entities as memory does, and a second run writes nothing", async () => {
  const { storage, cleanup } = temporary();
  try {
    const here = await imported(storage);
    expect(here).toEqual(await imported(memory()));
    expect(here.results[0]).toMatchObject({ created: 3, rejected: 1 });
    expect(here.results[2]).toMatchObject({ updated: 3, unchanged: 0 });
    expect(here.results[4]).toMatchObject({ created: 4, secondPass: { updated: 2 }, rejected: 1 });
    expect(here.results[6]).toMatchObject({ updated: 2 });
    for (const second of [1, 3, 5, 7]) expect(here.results[second]).toMatchObject({ created: 0, updated: 0 });
  } finally {
    await cleanup();
  }
});
