// What happens inside the transaction of a write: a stamp, a veto, and figures that are kept in step.
import { defineHooks } from "@kith/core";
import { type Entities, errors } from "./declarations.ts";

/** Money is decimal text; in cents it is a whole number, and no float comes near it. */
const times = (price: string, quantity: number): string => {
  const cents = (BigInt(price.replace(".", "")) * BigInt(quantity)).toString().padStart(3, "0");
  return `${cents.slice(0, -2)}.${cents.slice(-2)}`;
};

export const hooks = defineHooks<Entities>()({
  orderLine: {
    async beforeCreate({ values, ctx: { xrm } }) {
      // Locked until the transaction ends, so that two orders cannot take the same last piece.
      const { name, price, stock } = await xrm.product.get(values.product, { lock: true });
      if (stock < values.quantity) throw errors.SOLD_OUT({ stock, product: name, quantity: values.quantity });
      values.amount = times(price, values.quantity);
    },
    async afterCreate({ row, ctx: { xrm } }) {
      const { stock } = await xrm.product.get(row.product);
      await xrm.product.update(row.product, { stock: stock - row.quantity });
      const [sum] = await xrm.orderLine.aggregate({
        where: { order: row.order },
        measures: { total: { sum: "amount" } },
      });
      await xrm.order.update(row.order, { total: sum?.total ?? "0" });
    },
  },
});
