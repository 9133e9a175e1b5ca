// A day at the town hall.
import assert from "node:assert/strict";
import { createXrm, XrmError } from "@kith/core";
import { sqlite } from "@kith/sqlite";
import { type Entities, model } from "./declarations.ts";

const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
const clerk = xrm.as({ id: "clerk" });
const one = await clerk.citizen.create({ name: "Citizen One" });
const two = await clerk.citizen.create({ name: "Citizen Two" });
const house = await clerk.property.create({ registration: "CE-0001" });
const shop = await clerk.property.create({ registration: "CE-0002" });
// One house held by two, with a share each.
await clerk.holding.create({ property: house.id, citizen: one.id, share: 60 });
await clerk.holding.create({ property: house.id, citizen: two.id, share: 40 });
await clerk.taxNotice.create({ property: house.id, year: 2026, amount: "3500" });
const notice = await clerk.taxNotice.create({ property: shop.id, year: 2026, amount: "8200" });
assert.match(notice.number, /^TAX-\d{4}-0002$/);
await clerk.parkingFine.create({ plate: "ABC1234", amount: "88.38", citizen: two.id });

// Through the link and beyond it: who holds a property whose tax is open, and has a fine open as well?
const debtors = await clerk.citizen.findMany({
  where: { holdings: { some: { notices: { some: { paidOn: null } } } }, fines: { some: { status: "open" } } },
  include: { holdings: { include: { notices: true } } },
});
assert.deepEqual([debtors.length, debtors[0]?.holdings[0]?.notices[0]?.amount], [1, "3500.00"]);

const { id } = await clerk.permit.create({ property: shop.id });
const refusal = await clerk.permit.update(id, { status: "granted" }).catch((thrown: unknown) => thrown);
assert.ok(refusal instanceof XrmError && refusal.issues[0]?.code === "CHECK");
assert.equal((await clerk.permit.update(id, { status: "granted", validUntil: "2028-12-31" })).version, 2);
const portuguese = process.env["LANG"]?.startsWith("pt");
console.log(portuguese ? `Imposto e multa em aberto: ${two.name}` : `Open tax and open fine: ${two.name}`);
console.log(`${portuguese ? "Recusado" : "Refused"}: ${refusal.message}`);
await xrm.close();
