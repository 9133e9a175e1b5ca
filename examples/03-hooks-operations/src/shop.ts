// A shop: products in stock, and orders with lines. The total of an order and the stock of a product follow from its lines.

import type { EntitiesOf } from "@kith/core";
import { defineEntity, defineErrors, defineHooks, defineOperation, definePlugin, field } from "@kith/core";
import { z } from "zod";

const product = defineEntity("product", {
  fields: {
    name: field.text(),
    price: field.money({ required: true }),
    stock: field.integer({ required: true, min: 0 }),
  },
});
const order = defineEntity("order", {
  fields: { number: field.autonumber("ORD-{yyyy}-{0000}"), customer: field.text(), total: field.money() },
});
const line = defineEntity("line", {
  fields: {
    order: field.lookup("order", { required: true, immutable: true, onDelete: "cascade" }),
    product: field.lookup("product", { required: true, immutable: true }),
    quantity: field.integer({ required: true, immutable: true, min: 1 }),
    amount: field.money({ immutable: true }),
  },
});
const entities = [product, order, line] as const;
export interface Entities extends EntitiesOf<typeof entities> {}

const errors = defineErrors("shop", { SOLD_OUT: { message: "Of '{name}' only {stock} are left." } });
const cents = (price: string): number => Math.round(Number(price) * 100);

const hooks = defineHooks<Entities>()({
  line: {
    async beforeCreate({ values, ctx: { xrm } }) {
      // Locked until the transaction ends, so that two orders cannot take the same last piece.
      const { name, price, stock } = await xrm.product.get(values.product, { lock: true });
      if (stock < values.quantity) throw errors.SOLD_OUT({ name, stock });
      values.amount = ((cents(price) * values.quantity) / 100).toFixed(2);
    },
    async afterCreate({ row, ctx: { xrm } }) {
      const { stock } = await xrm.product.get(row.product);
      await xrm.product.update(row.product, { stock: stock - row.quantity });
      const [sum] = await xrm.line.aggregate({ where: { order: row.order }, measures: { total: { sum: "amount" } } });
      await xrm.order.update(row.order, { total: sum?.total ?? null });
    },
  },
});

/** A domain verb: checked input, one transaction, typed output. */
export const placeOrder = defineOperation<Entities>()({
  name: "order.place",
  label: { en: "Place order", "pt-BR": "Fazer pedido" },
  input: z.object({
    customer: z.string().min(1),
    lines: z.array(z.object({ product: z.uuid(), quantity: z.int() })).min(1),
  }),
  async handler({ customer, lines }, { xrm }) {
    const { id } = await xrm.order.create({ customer });
    for (const one of lines) await xrm.line.create({ order: id, ...one });
    return xrm.order.get(id, { select: { number: true, total: true } });
  },
});
export const shop = definePlugin({ id: "shop", entities, hooks, operations: [placeOrder] });
