/** A small CRM of two plugins: the registry that the type tests speak of. */

import {
  defineEntity,
  defineHooks,
  defineModel,
  defineOperation,
  definePlugin,
  type EntitiesOf,
  field,
  type Xrm,
} from "@kith/core";
import { z } from "zod";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true, max: 160 }),
    industry: field.choice(["tech", "finance", "health"]),
    contacts: field.children("contact", { via: "account" }),
    opportunities: field.children("opportunity", { via: "account" }),
  },
});

const contact = defineEntity("contact", {
  title: "email",
  fields: {
    email: field.email({ required: true, unique: true }),
    account: field.lookup("account", { onDelete: "clear" }),
    tags: field.tags(),
    profile: field.json({ schema: z.object({ theme: z.string() }) }),
  },
});

export const crmEntities = [account, contact] as const;
export const crm = definePlugin({ id: "crm", entities: crmEntities });

const opportunity = defineEntity("opportunity", {
  title: "topic",
  fields: {
    number: field.autonumber("OPP-{0000}"),
    topic: field.text({ required: true }),
    account: field.lookup("account", { required: true, onDelete: "restrict" }),
    stage: field.choice(["qualify", "propose", "won", "lost"], { required: true, default: "qualify" }),
    amount: field.money(),
    probability: field.percent({ required: true, default: 10 }),
    closedOn: field.date(),
    source: field.text({ immutable: true }),
    notes: field.longText(),
  },
});

export const salesEntities = [opportunity] as const;
export interface SalesEntities extends EntitiesOf<readonly [...typeof crmEntities, ...typeof salesEntities]> {}

const hooks = defineHooks<SalesEntities>()({
  opportunity: {
    beforeUpdate({ values, previous, ctx }) {
      if (values.stage === "won" && previous.stage !== "won") {
        values.closedOn = ctx.now.slice(0, 10);
        values.probability = 100;
      }
      // @ts-expect-error not a stage
      if (values.stage === "wonn") return;
    },
    async afterUpdate({ row, changed, ctx }) {
      if (changed.has("stage")) await ctx.xrm.account.update(row.account, {});
    },
  },
});

export const winOpportunity = defineOperation<SalesEntities>()({
  name: "opportunity.win",
  input: z.object({ id: z.string(), amount: z.string() }),
  async handler({ id, amount }, { xrm }) {
    return xrm.opportunity.update(id, { stage: "won", amount });
  },
});

export const sales = definePlugin({
  id: "sales",
  requires: ["crm"],
  entities: salesEntities,
  extend: { account: { creditLimit: field.money() } },
  hooks,
  operations: [winOpportunity],
});

export const model = defineModel({ plugins: [crm, sales], currency: "BRL" });
export interface Entities extends EntitiesOf<typeof model> {}
export declare const me: Xrm<Entities>;
