// Hooks inside the transaction, operations around it, events after it.
//
//   node --conditions=@kith/source examples/03-hooks-operations/src/main.ts
import assert from "node:assert/strict";
import { createXrm, defineModel, definePlugin, XrmError } from "@kith/core";
import { memory } from "@kith/memory";
import { type Entities, entities } from "./declarations.ts";
import { hooks } from "./hooks.ts";
import { placeOrder } from "./operations.ts";

const portuguese = (process.env["LC_ALL"] || process.env["LANG"])?.toLowerCase().startsWith("pt");
const say = (en: string, pt: string): void => console.log(portuguese ? pt : en);

const shop = definePlugin({ id: "shop", entities, hooks, operations: [placeOrder] });
const model = defineModel({ plugins: [shop], currency: "EUR" });
const clock = () => new Date("2026-05-04T09:30:00Z");
const xrm = await createXrm<Entities>({ model, storage: memory(), clock });
const clerk = xrm.as({ id: "clerk" });

// Told after the commit, and only of what was committed. Mail belongs here, never into a hook.
const told: string[] = [];
xrm.$.on("order.created", ({ row }) => void told.push(row.number));

const [lamp, chair] = await xrm.product.createMany([
  { name: "Lamp", price: "19.90", stock: 10 },
  { name: "Chair", price: "120.05", stock: 2 },
]);
assert.ok(lamp && chair);

const placed = await clerk.invoke(placeOrder, {
  customer: "Acme",
  lines: [
    { product: lamp.id, quantity: 3 },
    { product: chair.id, quantity: 2 },
  ],
});
assert.deepEqual(placed, { number: "ORD-2026-0001", total: "299.80" });
const stock = async (): Promise<number[]> =>
  (await xrm.product.findMany({ select: { stock: true } })).map((p) => p.stock);
assert.deepEqual(await stock(), [7, 0]);
assert.deepEqual(told, ["ORD-2026-0001"]);
assert.equal((await xrm.order.findOne())?.createdBy, "clerk");
say(`Placed ${placed.number}: ${placed.total}`, `Pedido ${placed.number}: ${placed.total}`);

// The second line is refused, so nothing of the order is left: no order, no first line, no event, and no gap in the numbers.
const soldOut = await clerk
  .invoke(placeOrder, {
    customer: "Acme",
    lines: [
      { product: lamp.id, quantity: 1 },
      { product: chair.id, quantity: 1 },
    ],
  })
  .catch((thrown: unknown) => thrown);
assert.ok(soldOut instanceof XrmError && soldOut.code === "shop.SOLD_OUT");
assert.deepEqual([await xrm.order.count(), await xrm.orderLine.count(), await stock(), told.length], [1, 2, [7, 0], 1]);
say(`Refused: ${soldOut.message}`, `Recusado: ${soldOut.message}`);

// Input is checked before anything begins.
const empty = await clerk.invoke(placeOrder, { customer: " ", lines: [] }).catch((thrown: unknown) => thrown);
assert.ok(empty instanceof XrmError && empty.code === "INVALID_INPUT" && empty.issues.length === 2);
say(`Refused: ${empty.message}`, `Recusado: ${empty.message}`);

const next = await clerk.invoke(placeOrder, { customer: "Acme", lines: [{ product: lamp.id, quantity: 1 }] });
assert.equal(next.number, "ORD-2026-0002");
say(`Placed ${next.number}: ${next.total}`, `Pedido ${next.number}: ${next.total}`);
await xrm.close();
