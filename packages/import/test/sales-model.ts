// The entities of the sales pipeline that tests import, as an application would declare them.
import { createXrm, defineEntity, defineModel, type EntitiesOf, field, type Storage, type Xrm } from "@kith/core";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true, label: { en: "Account", "pt-BR": "Conta" } }),
    sector: field.text(),
    yearEstablished: field.integer(),
    revenue: field.money(),
    employees: field.integer({ min: 0 }),
    officeLocation: field.text(),
    subsidiaryOf: field.lookup("account"),
    opportunities: field.children("opportunity", { via: "account" }),
  },
});

const product = defineEntity("product", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true, label: "Product" }),
    series: field.text(),
    salesPrice: field.money(),
  },
});

const agent = defineEntity("agent", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true, label: "Sales agent" }),
    manager: field.text({ indexed: true }),
    regionalOffice: field.text(),
  },
});

const opportunity = defineEntity("opportunity", {
  title: "number",
  fields: {
    number: field.text({ required: true, unique: true, immutable: true }),
    agent: field.lookup("agent", { required: true }),
    product: field.lookup("product", { required: true }),
    account: field.lookup("account"),
    stage: field.choice(["Prospecting", "Engaging", "Won", "Lost"], { required: true, default: "Prospecting" }),
    engagedOn: field.date(),
    closedOn: field.date(),
    value: field.money(),
  },
});

export const model = defineModel({ entities: [account, product, agent, opportunity], currency: "USD" });
export interface Entities extends EntitiesOf<typeof model> {}

export function openSales(storage: Storage): Promise<Xrm<Entities>> {
  return createXrm<Entities>({ model, storage });
}
