/** A small app on the packages as published: pack-test type-checks and runs it outside the workspace. */

import { createXrm, defineModel, definePlugin, type EntitiesOf, XrmError } from "@kith/core";
import { memory } from "@kith/memory";
import { defineEntity, field } from "@kith/schema";
import { sqlite } from "@kith/sqlite";
import { thing } from "./declared.ts";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true }),
    deals: field.children("deal", { via: "account" }),
  },
});
const deal = defineEntity("deal", {
  title: "topic",
  fields: {
    topic: field.text({ required: true }),
    account: field.lookup("account", { required: true }),
    stage: field.choice(["open", "won"], { required: true, default: "open" }),
    amount: field.money({ currency: "EUR" }),
  },
});
export const model = defineModel({ plugins: [definePlugin({ id: "app", entities: [account, deal, thing] })] });
export interface Entities extends EntitiesOf<typeof model> {}

for (const storage of [memory(), sqlite({ file: "app.db" })]) {
  const xrm = await createXrm<Entities>({ model, storage });
  const { id } = await xrm.account.create({ name: "Acme" });
  await xrm.deal.createMany([
    { topic: "Anvils", account: id, amount: "1250.00" },
    { topic: "Rockets", account: id, amount: "80.50" },
  ]);
  const [found] = await xrm.deal.findMany({
    where: { account: { name: { startsWith: "ac" } }, amount: { gt: "100" } },
    select: { topic: true, amount: true },
    include: { account: { select: { name: true } } },
  });
  const amount: string | null | undefined = found?.amount;
  // @ts-expect-error not selected
  const missing = found?.stage;
  if (amount !== "1250.00" || found?.account?.name !== "Acme" || missing !== undefined)
    throw new Error(`${storage.name} is wrong`);
  const refused = await xrm.account.create({ name: "ACME" }).catch((error: unknown) => error);
  if (!(refused instanceof XrmError && refused.code === "UNIQUE")) throw new Error(`${storage.name} took a name twice`);
  await xrm.close();
}
console.log("app: ok");
