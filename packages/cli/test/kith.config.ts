// The app that the command's tests open: a small pipeline, in a file that the environment names, or in memory.
import { defineEntity, defineModel, field } from "@kith/core";
import { memory } from "@kith/memory";
import { sqlite } from "@kith/sqlite";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true, label: "Account" }),
    sector: field.text(),
    yearEstablished: field.integer(),
    revenue: field.money(),
    employees: field.integer(),
    officeLocation: field.text(),
    subsidiaryOf: field.lookup("account"),
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
    manager: field.text(),
    regionalOffice: field.text(),
  },
});

const opportunity = defineEntity("opportunity", {
  title: "number",
  fields: {
    number: field.text({ required: true, unique: true }),
    agent: field.lookup("agent", { required: true }),
    product: field.lookup("product", { required: true }),
    account: field.lookup("account"),
    stage: field.choice(["Prospecting", "Engaging", "Won", "Lost"], { required: true }),
    engagedOn: field.date(),
    closedOn: field.date(),
    value: field.money(),
  },
});

export const model = defineModel({ entities: [account, product, agent, opportunity], currency: "USD" });

export default () => {
  const { KITH_TEST_DB } = process.env;
  return { model, storage: KITH_TEST_DB ? sqlite({ file: KITH_TEST_DB }) : memory() };
};
