// A day at the town hall.
//
//   node --conditions=@kith/source examples/04-city/src/main.ts
import assert from "node:assert/strict";
import { createXrm, XrmError } from "@kith/core";
import { sqlite } from "@kith/sqlite";
import { type Entities, model } from "./declarations.ts";

const portuguese = (process.env["LC_ALL"] || process.env["LANG"])?.toLowerCase().startsWith("pt");
const say = (en: string, pt: string): void => console.log(portuguese ? pt : en);
const clock = () => new Date("2026-03-02T08:00:00Z");

const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }), clock });
const clerk = xrm.as({ id: "clerk-7" });

const [one, two] = await clerk.citizen.createMany([
  { name: "Citizen One", register: "A-1" },
  { name: "Citizen Two", register: "A-2" },
]);
assert.ok(one && two);
const [house, shop, lot] = await clerk.property.createMany([
  { registration: "CE-0001", address: "1 Harbor Street", value: "350000" },
  { registration: "CE-0002", address: "2 Harbor Street", use: "shop", value: "820000" },
  { registration: "NO-0100", address: "100 North Road", use: "land", value: "90000" },
]);
assert.ok(house && shop && lot);

// Held together: two citizens, one house, a share each. The third stands alone.
await clerk.holding.createMany([
  { property: house.id, citizen: one.id, share: 60 },
  { property: house.id, citizen: two.id, share: 40 },
  { property: shop.id, citizen: two.id },
]);

// The year's tax, one notice for each property, all or none.
const taxed = await clerk.property.findMany({ select: { id: true, value: true } });
const onePercent = (value: string): string => (Number(value) / 100).toFixed(2);
const notices = await clerk.taxNotice.createMany(
  taxed.map(({ id, value }) => ({ property: id, year: 2026, amount: onePercent(value) })),
);
assert.deepEqual([notices[0]?.number, notices[2]?.number], ["TAX-2026-00001", "TAX-2026-00003"]);
await clerk.taxNotice.updateMany({ property: { use: "land" } }, { paidOn: "2026-03-02" });
const again = await clerk.taxNotice
  .create({ property: lot.id, year: 2026, amount: "1" })
  .catch((thrown: unknown) => thrown);
assert.ok(again instanceof XrmError && again.code === "UNIQUE");

await clerk.parkingFine.createMany([
  { plate: "ABC1234", place: "Market Square", amount: "88.38", citizen: two.id },
  { plate: "XYZ9876", place: "Market Square", amount: "130.16" },
]);

// Through the link, and through what hangs on the other side of it: who holds a property whose tax is open, and has a fine open as well.
const debtors = await clerk.citizen.findMany({
  where: {
    holdings: { some: { notices: { some: { paidOn: null } } } },
    fines: { some: { status: "open" } },
  },
  select: { name: true },
  include: {
    holdings: {
      select: { registration: true },
      orderBy: { registration: "asc" },
      include: { notices: { where: { paidOn: null } } },
    },
    fines: { select: { number: true, amount: true } },
  },
});
assert.deepEqual(
  debtors.map(({ name, holdings, fines }) => [
    name,
    holdings.map(({ notices }) => notices[0]?.amount),
    fines[0]?.number,
  ]),
  [["Citizen Two", ["3500.00", "8200.00"], "PF-2026-00001"]],
);
say("Open tax and open fines: Citizen Two", "Imposto e multas em aberto: Citizen Two");

// A permit cannot be granted without its date; with it, it can.
const permit = await clerk.permit.create({ kind: "trade", property: shop.id, applicant: two.id });
const refused = await clerk.permit.update(permit.id, { status: "granted" }).catch((thrown: unknown) => thrown);
assert.ok(refused instanceof XrmError && refused.code === "INVALID_RECORD" && refused.issues[0]?.code === "CHECK");
say(`Refused: ${refused.message}`, `Recusado: ${refused.message}`);
const granted = await clerk.permit.update(permit.id, { status: "granted", validUntil: "2028-12-31" }, { ifVersion: 1 });
assert.deepEqual([granted.number, granted.version, granted.updatedBy], ["PMT-0001", 2, "clerk-7"]);

const byUse = await clerk.taxNotice.aggregate({
  where: { year: 2026 },
  groupBy: { property: { use: true } },
  measures: { notices: "count", amount: { sum: "amount" } },
});
assert.deepEqual(
  byUse.map(({ property, amount }) => `${property.use} ${amount}`),
  ["home 3500.00", "shop 8200.00", "land 900.00"],
);
for (const { property, amount } of byUse)
  say(`Tax of ${property.use}: ${amount}`, `Imposto de ${property.use}: ${amount}`);
await xrm.close();
