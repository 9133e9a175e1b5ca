/** The model that most cases use, and records for it. */

import { defineModel, type Model, type Xrm } from "@kith/core";
import { defineEntity, field } from "@kith/schema";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true }),
    code: field.text({ unique: true }),
    industry: field.choice(["tech", "finance", "health"]),
    revenue: field.money(),
    employees: field.integer(),
    rating: field.number(),
    founded: field.date(),
    active: field.boolean({ required: true, default: true }),
    tags: field.tags(),
    settings: field.json(),
    parent: field.lookup("account", { onDelete: "clear" }),
    subsidiaries: field.children("account", { via: "parent" }),
    contacts: field.children("contact", { via: "account" }),
    deals: field.children("deal", { via: "account" }),
    clubs: field.link("club", { through: "membership" }),
  },
});

const contact = defineEntity("contact", {
  fields: {
    name: field.text(),
    email: field.email({ unique: true }),
    account: field.lookup("account", { required: true, onDelete: "cascade" }),
    deals: field.children("deal", { via: "contact" }),
  },
});

const deal = defineEntity("deal", {
  unique: [["account", "title"]],
  fields: {
    title: field.text({ required: true }),
    stage: field.choice(["open", "won", "lost"], { required: true, default: "open" }),
    amount: field.money({ scale: 2 }),
    probability: field.percent(),
    closedOn: field.date(),
    seenAt: field.datetime(),
    account: field.lookup("account", { onDelete: "restrict" }),
    contact: field.lookup("contact", { onDelete: "clear" }),
  },
});

const club = defineEntity("club", {
  fields: {
    name: field.text({ required: true, unique: true }),
    members: field.link("account", { through: "membership" }),
    memberships: field.children("membership", { via: "club" }),
  },
});

const membership = defineEntity("membership", {
  unique: [["account", "club"]],
  fields: {
    account: field.lookup("account", { required: true, onDelete: "cascade" }),
    club: field.lookup("club", { required: true, onDelete: "cascade" }),
    since: field.date(),
  },
});

const invoice = defineEntity("invoice", {
  fields: { number: field.autonumber("INV-{yyyy}-{0000}"), note: field.text({ unique: true }) },
});

/** Accounts, contacts, deals, clubs and invoices. */
export const fixture: Model = defineModel({
  entities: [account, contact, deal, club, membership, invoice],
  currency: "EUR",
});

/** A model of one entity, `thing`, with these fields. */
export function thing(fields: Parameters<typeof defineEntity>[1]["fields"], options: object = {}): Model {
  return defineModel({ entities: [defineEntity("thing", { ...options, fields })], currency: "EUR" });
}

/** A family of accounts with contacts, deals and clubs, the same in every case. */
export async function plant(xrm: Xrm<any>) {
  const accounts = xrm.entity("account");
  const [acme, beta, gamma, lone] = (await accounts.createMany([
    { name: "Acme", code: "A", industry: "tech", revenue: "100.00", employees: 10, founded: "2001-05-01" },
    { name: "beta", code: "B", industry: "health", revenue: "250.50", employees: 20, founded: "1999-12-31" },
    { name: "Gámma", code: "C", industry: "finance", revenue: "-3.05", employees: 30, active: false },
    { name: "lone" },
  ])) as [Record<string, unknown>, Record<string, unknown>, Record<string, unknown>, Record<string, unknown>];
  await accounts.update(String(beta["id"]), { parent: acme["id"] });
  await accounts.update(String(gamma["id"]), { parent: beta["id"] });
  const [ann, bob] = (await xrm.entity("contact").createMany([
    { name: "Ann", email: "ann@acme.example", account: acme["id"] },
    { name: "Bob", email: "bob@beta.example", account: beta["id"] },
    { name: null, email: null, account: beta["id"] },
  ])) as [Record<string, unknown>, Record<string, unknown>];
  await xrm.entity("deal").createMany([
    { title: "d1", stage: "won", amount: "10.00", account: acme["id"], contact: ann["id"], closedOn: "2026-01-15" },
    { title: "d2", stage: "open", amount: "20.00", account: acme["id"], closedOn: "2026-01-31" },
    { title: "d3", stage: "won", amount: "30.00", account: beta["id"], contact: bob["id"], closedOn: "2026-02-01" },
    { title: "d4", stage: "lost", account: beta["id"] },
    { title: "d5", stage: "won", amount: "0.05" },
  ]);
  const [golf, chess] = (await xrm
    .entity("club")
    .createMany([{ name: "golf" }, { name: "chess" }, { name: "empty" }])) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  await xrm.entity("membership").createMany([
    { account: acme["id"], club: golf["id"], since: "2020-01-01" },
    { account: acme["id"], club: chess["id"] },
    { account: beta["id"], club: golf["id"], since: "2021-01-01" },
  ]);
  return {
    acme: String(acme["id"]),
    beta: String(beta["id"]),
    gamma: String(gamma["id"]),
    lone: String(lone["id"]),
    ann: String(ann["id"]),
    bob: String(bob["id"]),
    golf: String(golf["id"]),
    chess: String(chess["id"]),
  };
}
