/** The benchmark's entities, declared as a user would: text is folded, amounts are exact, and every list has its index. */

import { defineEntity, defineModel, field } from "@kith/core";
import { industries, lifecycles, stages } from "./data.ts";

const required = { required: true } as const;

/** The model that makes the tables of the benchmark. */
export const model = defineModel({
  entities: [
    defineEntity("appUser", {
      fields: { name: field.text(required), teamId: field.integer({ required: true, indexed: true }) },
    }),
    defineEntity("account", {
      fields: {
        name: field.text(required),
        industry: field.choice(industries),
        country: field.text({ max: 2 }),
        annualRevenue: field.number(),
        salesperson: field.lookup("appUser", required),
        opportunities: field.children("opportunity", { via: "account" }),
      },
    }),
    defineEntity("contact", {
      fields: {
        firstName: field.text({ ...required, searchable: true }),
        lastName: field.text({ required: true, indexed: true, searchable: true }),
        email: field.email({ required: true, unique: true, searchable: true }),
        phone: field.phone(),
        account: field.lookup("account"),
        lifecycleStage: field.choice(lifecycles, required),
        tags: field.tags(),
        custom: field.json(),
      },
    }),
    defineEntity("opportunity", {
      fields: {
        name: field.text(required),
        account: field.lookup("account", required),
        contact: field.lookup("contact"),
        stage: field.choice(stages, required),
        amount: field.money({ required: true, currency: "EUR" }),
        probability: field.integer(required),
        closeDate: field.date(required),
        salesperson: field.lookup("appUser", required),
      },
      indexes: [
        ["stage", "closeDate"],
        ["stage", "amount"],
      ],
    }),
  ],
});
