// Domain verbs: checked input, one transaction, typed output.
import { defineOperation } from "@kith/core";
import { z } from "zod";
import type { Entities } from "./declarations.ts";

export const placeOrder = defineOperation<Entities>()({
  name: "order.place",
  label: { en: "Place order", "pt-BR": "Fazer pedido" },
  input: z.object({
    customer: z.string().trim().min(1),
    lines: z.array(z.object({ product: z.uuid(), quantity: z.int().positive() })).min(1),
  }),
  output: z.object({ number: z.string(), total: z.string() }),
  async handler({ customer, lines }, { xrm }) {
    const { id } = await xrm.order.create({ customer });
    for (const line of lines) await xrm.orderLine.create({ order: id, ...line });
    return xrm.order.get(id, { select: { number: true, total: true } });
  },
});
