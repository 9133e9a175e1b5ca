// Hooks inside the transaction, an operation around it, events after it.
import assert from "node:assert/strict";
import { createXrm, defineModel, XrmError } from "@kith/core";
import { memory } from "@kith/memory";
import { type Entities, placeOrder, shop } from "./shop.ts";

const model = defineModel({ plugins: [shop], currency: "EUR" });
const xrm = await createXrm<Entities>({ model, storage: memory(), clock: () => new Date("2026-05-04T09:30:00Z") });
const clerk = xrm.as({ id: "clerk" });

// Told after the commit, and only of what was committed. Mail belongs here, never into a hook.
const told: string[] = [];
xrm.$.on("order.created", ({ row }) => void told.push(row.number));

const lamp = await xrm.product.create({ name: "Lamp", price: "19.90", stock: 10 });
const chair = await xrm.product.create({ name: "Chair", price: "120.05", stock: 2 });
const order = (...lines: [id: string, quantity: number][]) =>
  clerk.invoke(placeOrder, { customer: "Acme", lines: lines.map(([product, quantity]) => ({ product, quantity })) });
const stock = async () => (await xrm.product.findMany()).map((product) => product.stock);

const placed = await order([lamp.id, 3], [chair.id, 2]);
assert.deepEqual(placed, { number: "ORD-2026-0001", total: "299.80" });
assert.deepEqual([await stock(), told], [[7, 0], ["ORD-2026-0001"]]);

// The second line is refused, so nothing of the order is left: no order, no first line, no event, no gap in the numbers.
const refusal = await order([lamp.id, 1], [chair.id, 1]).catch((thrown: unknown) => thrown);
assert.ok(refusal instanceof XrmError && refusal.code === "shop.SOLD_OUT");
assert.deepEqual([await xrm.order.count(), await xrm.line.count(), await stock(), told.length], [1, 2, [7, 0], 1]);
assert.equal((await order([lamp.id, 1])).number, "ORD-2026-0002");

const portuguese = process.env["LANG"]?.startsWith("pt");
console.log(`${portuguese ? "Pedido" : "Placed"} ${placed.number}: ${placed.total}`);
console.log(`${portuguese ? "Recusado" : "Refused"}: ${refusal.message}`);
await xrm.close();
