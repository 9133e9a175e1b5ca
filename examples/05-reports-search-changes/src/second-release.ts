// The same CRM a year later: the size has become a number under a better name, nobody sends a fax, and deals come through a channel.
import { defineEntity, defineModel, definePlugin, type EntitiesOf, exchangeRates, field } from "@kith/core";
import { activity, contact } from "./first-release.ts";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true, searchable: true }),
    address: field.address({ indexedParts: ["city"] }),
    employees: field.integer({ was: "size", min: 0 }),
    contacts: field.children("contact", { via: "account" }),
  },
});
const deal = defineEntity("deal", {
  title: "topic",
  fields: {
    topic: field.text({ required: true, searchable: true }),
    account: field.lookup("account", { required: true }),
    stage: field.choice(["open", "won", "lost"], { required: true, default: "open" }),
    amount: field.money({ required: true, currencyField: "currency" }),
    currency: field.choice(["BRL", "USD"], { required: true }),
    closedOn: field.date({ indexed: true }),
    channel: field.choice(["direct", "partner"], { required: true, default: "direct" }),
  },
});

const crm = definePlugin({ id: "crm", entities: [account, contact, deal, activity] });
export const model = defineModel({ version: 2, plugins: [exchangeRates(), crm] });
export interface Entities extends EntitiesOf<typeof model> {}
