/** How many statements a query takes, whatever its answer, and how those on parts of fields are planned. */

import { createXrm, defineModel, exchangeRates } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { temporaryFolder, watched } from "./fixture.ts";

const account = defineEntity("account", {
  fields: {
    name: field.text({ required: true }),
    place: field.geo({ indexed: true }),
    address: field.address({ indexedParts: ["city"] }),
    contacts: field.children("contact", { via: "account" }),
    activities: field.children("activity", { via: "regarding" }),
  },
});
const contact = defineEntity("contact", {
  fields: { name: field.text(), account: field.lookup("account"), manager: field.lookup("contact") },
});
const activity = defineEntity("activity", {
  fields: { topic: field.text(), regarding: field.lookup(["account", "contact"]) },
});
const sale = defineEntity("sale", {
  fields: {
    price: field.money({ currencyField: "currency" }),
    fee: field.money({ currencyField: "currency" }),
    currency: field.text({ max: 3 }),
    on: field.date(),
  },
});
const model = defineModel({
  plugins: [exchangeRates(), { id: "crm", entities: [account, contact, activity, sale] } as never],
});

const temporary = temporaryFolder();
const file = temporary.path("statements.db");
let open: Awaited<ReturnType<typeof watched<any>>>;

beforeAll(async () => {
  const xrm = await createXrm<any>({ model, storage: sqlite({ file, synchronous: "normal" }) });
  const accounts = await xrm.entity("account").createMany(
    Array.from({ length: 5_000 }, (_, i) => ({
      name: `n${i}`,
      place: { lat: ((i * 37) % 1_700) / 10 - 85, lng: ((i * 91) % 3_600) / 10 - 180 },
      address: { city: `city ${i % 500}` },
    })),
  );
  const contacts = await xrm.entity("contact").createMany(
    accounts.flatMap(({ id }) => [
      { name: "a", account: id },
      { name: "b", account: id },
    ]),
  );
  await xrm.entity("activity").createMany(
    accounts.flatMap(({ id }, i) => [
      { topic: "x", regarding: { entity: "account", id } },
      { topic: "y", regarding: { entity: "contact", id: contacts[i]?.["id"] } },
    ]),
  );
  await xrm.close();
  open = await watched<any>(file, model as never);
});
afterAll(async () => {
  await open.xrm.close();
  temporary.remove();
});

async function ran(call: () => Promise<unknown>) {
  open.ran.length = 0;
  await call();
  return [...open.ran];
}

it("takes the same number of statements at 1, 50 and 5,000 rows", async () => {
  const counts: number[] = [];
  for (const limit of [1, 50, 5_000]) {
    const statements = await ran(() =>
      open.xrm.entity("account").findMany({
        limit,
        include: {
          contacts: { limit: 2, orderBy: { name: "desc" }, include: { manager: true } },
          activities: { limit: 3, include: { regarding: { account: true, contact: { include: { account: true } } } } },
        },
      }),
    );
    counts.push(statements.length);
  }
  expect(counts).toEqual([3, 3, 3]);
}, 60_000);

it("joins every target of a lookup to several entities in one statement", async () => {
  const statements = await ran(() =>
    open.xrm.entity("activity").findMany({ limit: 50, include: { regarding: { account: true, contact: true } } }),
  );
  expect(statements).toHaveLength(1);
});

it("reads the rates of all converted figures at once", async () => {
  await open.xrm.entity("exchangeRate").createMany([
    { from: "USD", to: "BRL", rate: "5", on: "2026-01-01" },
    { from: "EUR", to: "BRL", rate: "6", on: "2026-01-01" },
    { from: "USD", to: "EUR", rate: "0.9", on: "2026-02-01" },
  ]);
  await open.xrm.entity("sale").createMany([
    { price: "1.00", fee: "0.10", currency: "USD", on: "2026-03-01" },
    { price: "2.00", fee: "0.20", currency: "EUR", on: "2026-01-15" },
    { price: "4.00", fee: null, currency: "BRL", on: "2026-01-15" },
  ]);
  let answer: unknown;
  const statements = await ran(async () => {
    answer = await open.xrm.entity("sale").aggregate({
      measures: {
        n: "count",
        price: { sum: "price", convertTo: "BRL", on: "on" },
        fee: { sum: "fee", convertTo: "BRL", on: "on" },
        euros: { avg: "fee", convertTo: "EUR", on: "on" },
      },
    });
  });
  expect(answer).toEqual([{ n: 3, price: "21.00", fee: "1.70", euros: "0.15" }]);
  expect(statements).toHaveLength(5);
});

it("finds by parts with their indexes", async () => {
  const id = (await open.xrm.entity("contact").findMany({ limit: 1 }))[0]?.["id"];
  const plan = async (entity: string, where: object) =>
    (await ran(() => open.xrm.entity(entity).count({ where }))).flatMap((one) => one.plan).join("\n");
  expect(await plan("account", { place: { near: { lat: 10, lng: 20, km: 50 } } })).toMatch(
    /SEARCH .* INDEX kith_index_account__place_lat/,
  );
  expect(await plan("account", { address: { city: { startsWith: "city 4" } } })).toMatch(
    /SEARCH .* INDEX kith_index_account__address_city/,
  );
  expect(await plan("activity", { regarding: { eq: { entity: "contact", id } } })).toMatch(
    /SEARCH .* INDEX kith_index_activity__regarding_contact/,
  );
  const either = {
    in: [
      { entity: "contact", id },
      { entity: "account", id },
    ],
  };
  expect(await plan("activity", { regarding: either })).not.toMatch(/SCAN t0/);
  expect(await plan("account", { activities: { some: { topic: "x" } } })).not.toMatch(/^SCAN t0/m);
});
