// Databases that earlier releases wrote (formats/*.sql, made by their own code): all that they hold is there, and changes like any other.
import { readFileSync } from "node:fs";
import { createXrm, defineModel, findDrift, planChanges } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { errorOf } from "@kith/testing";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { temporaryFolder } from "./fixture.ts";

let temporary: ReturnType<typeof temporaryFolder>;
let file: string;
beforeEach(() => {
  temporary = temporaryFolder();
  file = temporary.path("crm.db");
});
afterEach(() => temporary.remove());

function write(sql: string): void {
  const db = new Database(file);
  // A text index is written down by the tables behind it.
  db.unsafeMode();
  db.exec(sql);
  db.close();
}
const open = (model: ReturnType<typeof modelOf>) => createXrm<any>({ model, storage: sqlite({ file }) });

const account = defineEntity("account", {
  fields: { name: field.text({ required: true, unique: true }), parent: field.lookup("account") },
});
const visit = defineEntity("visit", { fields: { subject: field.text(), account: field.lookup("account") } });
const deal = (format: number, more: object = { gone: field.text() }) =>
  defineEntity("deal", {
    fields: {
      title: field.text({ required: true, indexed: true, ...(format > 1 ? { searchable: true } : {}) }),
      no: field.autonumber("D-{0000}"),
      account: field.lookup("account", { onDelete: "cascade" }),
      stage: field.choice(["open", "won"], { required: true, default: "open" }),
      amount: field.money({ currency: "BRL" }),
      share: field.decimal({ scale: 3 }),
      size: field.integer(),
      weight: field.number(),
      hot: field.boolean(),
      closes: field.date(),
      at: field.datetime(),
      clock: field.time(),
      lasts: field.duration(),
      tags: field.tags(),
      data: field.json(),
      ways: field.multiChoice(["air", "sea"]),
      site: field.geo(),
      home: field.address(),
      note: field.longText(format > 1 ? { searchable: true } : {}),
      ...more,
    },
  });
const modelOf = (version: number, entities: readonly unknown[]) =>
  defineModel({ version, entities: entities as never });

const id = (n: number) => `0190a0a0-0000-7000-8000-${String(n).padStart(12, "0")}`;
const made = "2026-03-04T05:06:07.089Z";
const system = { version: 1, createdAt: made, createdBy: null, updatedAt: made, updatedBy: null };
const full = {
  ...{
    id: id(4),
    ...system,
    title: "Ação",
    no: "D-0001",
    account: id(2),
    stage: "open",
    amount: "92233720368547758.07",
  },
  ...{ share: "0.125", size: 7, weight: 0.1, hot: true, closes: "2026-02-28", at: "2026-02-28T23:59:59.999Z" },
  ...{ clock: "12:30:00", lasts: "PT1H30M", tags: ["b", "a"], data: { theme: { color: "red" }, list: [1, null] } },
  ...{ ways: ["sea"], site: { lat: -23.5, lng: -46.6 }, note: "a long note", gone: "kept" },
  home: { street: null, street2: null, city: "São Paulo", region: null, postcode: null, country: "BR" },
};
const accounts = [
  { id: id(1), ...system, name: "Açme", parent: null },
  { id: id(2), ...system, name: "Sub", parent: id(1) },
];

describe.each([1, 2, 3])("format %i", (format) => {
  beforeEach(() => write(readFileSync(new URL(`formats/${format}.sql`, import.meta.url), "utf8")));

  it("opens with all that it holds, and goes on", async () => {
    const model = modelOf(2, [account, deal(format)]);
    const { steps } = await planChanges({ model, storage: sqlite({ file }) });
    expect(steps.map((step) => `${step.class} ${step.id}`)).toEqual(
      format > 1
        ? ["safe search.add:deal", "destructive entity.drop:visit"]
        : ["destructive entity.drop:visit", "safe storage.repair:"],
    );
    await findDrift({ model, storage: sqlite({ file }) });
    const xrm = await open(model);
    expect(await xrm.entity("account").findMany()).toEqual(accounts);
    const [first, second, ...rest] = await xrm.entity("deal").findMany();
    expect(rest).toEqual([]);
    expect(first).toEqual(full);
    expect(second).toMatchObject({ id: id(5), title: "empty", no: "D-0002", account: id(1), stage: "won", home: null });
    expect(await xrm.entity("deal").create({ title: "next" })).toMatchObject({ no: "D-0004" });
    expect(await errorOf(() => xrm.entity("account").create({ name: "acme" }))).toMatchObject({ code: "UNIQUE" });
    await xrm.entity("account").delete(id(2));
    expect(await xrm.entity("deal").count()).toBe(2);
    if (format > 1)
      expect(await xrm.entity("deal").findMany({ search: "nex" } as never)).toMatchObject([{ title: "next" }]);
    await xrm.close();
    expect(await findDrift({ model, storage: sqlite({ file }) })).toEqual([]);
  });

  it("changes at once to a model of today, and takes up what the one before had left", async () => {
    const model = modelOf(3, [
      account,
      visit,
      deal(format, { about: field.lookup(["account", "visit"]), note: field.longText({ searchable: true }) }),
    ]);
    const xrm = await open(model);
    expect(await xrm.entity("visit").findMany()).toEqual([{ id: id(3), ...system, subject: "First", account: id(1) }]);
    const { gone: _, ...kept } = full;
    expect(await xrm.entity("deal").findMany({ search: "long" } as never)).toEqual([{ ...kept, about: null }]);
    await xrm.close();
    expect(await findDrift({ model, storage: sqlite({ file }) })).toEqual([]);
  });
});

it("refuses a format that is newer than it knows", async () => {
  const model = modelOf(1, [account]);
  await (await open(model)).close();
  write("update kith_meta set value = value + 1 where key = 'format'");
  expect(await errorOf(() => open(model))).toMatchObject({ code: "MODEL_OLDER", params: { format: 5, known: 4 } });
  expect(await errorOf(() => planChanges({ model, storage: sqlite({ file }) }))).toMatchObject({ code: "MODEL_OLDER" });
});
