// A shop: products in stock, and orders with lines. The total of an order and the stock of a product follow from its lines.
import { defineEntity, defineErrors, type EntitiesOf, field } from "@kith/core";

const product = defineEntity("product", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true }),
    price: field.money({ required: true, min: "0" }),
    stock: field.integer({ required: true, default: 0, min: 0 }),
  },
});

const order = defineEntity("order", {
  title: "number",
  fields: {
    number: field.autonumber("ORD-{yyyy}-{0000}"),
    customer: field.text({ required: true }),
    total: field.money({ required: true, default: "0" }),
    lines: field.children("orderLine", { via: "order" }),
  },
});

const orderLine = defineEntity("orderLine", {
  fields: {
    order: field.lookup("order", { required: true, immutable: true, onDelete: "cascade" }),
    product: field.lookup("product", { required: true, immutable: true }),
    quantity: field.integer({ required: true, immutable: true, min: 1 }),
    /** Stamped by a hook: what the product cost on that day, times the quantity. */
    amount: field.money({ immutable: true }),
  },
  unique: [["order", "product"]],
});

export const entities = [product, order, orderLine] as const;
export interface Entities extends EntitiesOf<typeof entities> {}

/** The shop's own errors. Their codes are `shop.SOLD_OUT` and so on. */
export const errors = defineErrors("shop", {
  SOLD_OUT: { message: "There are {stock} of '{product}' in stock, not {quantity}." },
});
