/**
 * A place to try things out. It runs again whenever this file or a source that it reaches is saved:
 *
 *   npm run playground
 *
 * Change it as you like, and leave the changes out of your commits.
 */

import { createXrm, defineModel, definePlugin, type EntitiesOf } from "@kith/core";
import { memory } from "@kith/memory";
import { defineEntity, field } from "@kith/schema";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true }),
    deals: field.children("deal", { via: "account" }),
  },
});

const deal = defineEntity("deal", {
  title: "topic",
  fields: {
    topic: field.text({ required: true }),
    account: field.lookup("account", { required: true, onDelete: "cascade" }),
    stage: field.choice(["open", "won", "lost"], { required: true, default: "open" }),
    amount: field.money({ currency: "EUR" }),
  },
});

const model = defineModel({ plugins: [definePlugin({ id: "playground", entities: [account, deal] })] });
interface Entities extends EntitiesOf<typeof model> {}

const xrm = await createXrm<Entities>({ model, storage: memory() });
const me = xrm.as({ id: "me" });

const acme = await me.account.create({ name: "Acme" });
await me.deal.createMany([
  { topic: "Anvils", account: acme.id, amount: "1250.00" },
  { topic: "Rockets", account: acme.id, amount: "80.50", stage: "won" },
]);

const accounts = await me.account.findMany({
  where: { deals: { some: { amount: { gt: "1000" } } } },
  select: { name: true },
  include: { deals: { select: { topic: true, stage: true, amount: true }, orderBy: { amount: "desc" } } },
});
console.dir(accounts, { depth: undefined });
await xrm.close();
