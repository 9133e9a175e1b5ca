// A small CRM as it first went out.
import { defineEntity, defineModel, definePlugin, type EntitiesOf, exchangeRates, field } from "@kith/core";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true, searchable: true }),
    address: field.address({ indexedParts: ["city"] }),
    // Somebody thought that text would do.
    size: field.text(),
    fax: field.text(),
    contacts: field.children("contact", { via: "account" }),
  },
});
export const contact = defineEntity("contact", {
  title: "name",
  fields: {
    name: field.text({ required: true, searchable: true }),
    email: field.email({ unique: true, searchable: true }),
    account: field.lookup("account"),
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
  },
});
/** What was done, about an account, a contact or a deal. */
export const activity = defineEntity("activity", {
  title: "subject",
  fields: {
    subject: field.text({ required: true, searchable: true }),
    notes: field.longText({ searchable: true }),
    took: field.duration({ min: "PT0S" }),
    regarding: field.lookup(["account", "contact", "deal"], { required: true, onDelete: "cascade" }),
  },
});

const crm = definePlugin({ id: "crm", entities: [account, contact, deal, activity] });
export const model = defineModel({ version: 1, plugins: [exchangeRates(), crm] });
export interface Entities extends EntitiesOf<typeof model> {}
