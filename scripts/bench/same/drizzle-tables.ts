/** Kith's tables as Drizzle declares tables. */

import { cents, decimal } from "./records.ts";

/** The tables and their relations, for SQLite. */
export async function sqliteTables(load: (specifier: string) => Promise<any>): Promise<any> {
  const { customType, integer, real, sqliteTable, text } = await load("drizzle-orm/sqlite-core");
  const money = customType({ dataType: () => "integer", toDriver: cents, fromDriver: decimal });
  const system = {
    id: text("id").primaryKey(),
    version: integer("version").notNull(),
    createdAt: text("created_at").notNull(),
    createdBy: text("created_by"),
    updatedAt: text("updated_at").notNull(),
    updatedBy: text("updated_by"),
  };
  const account = sqliteTable("account", {
    ...system,
    name: text("name").notNull(),
    industry: text("industry"),
    country: text("country"),
    annualRevenue: real("annual_revenue"),
    salesperson: text("salesperson").notNull(),
  });
  const contact = sqliteTable("contact", {
    ...system,
    key: integer("kith_row"),
    firstName: text("first_name").notNull(),
    firstNameFold: text("first_name_fold").notNull(),
    lastName: text("last_name").notNull(),
    lastNameFold: text("last_name_fold").notNull(),
    email: text("email").notNull(),
    emailFold: text("email_fold").notNull(),
    phone: text("phone"),
    phoneFold: text("phone_fold"),
    account: text("account"),
    lifecycleStage: text("lifecycle_stage").notNull(),
    tags: text("tags", { mode: "json" }),
    custom: text("custom", { mode: "json" }),
  });
  const opportunity = sqliteTable("opportunity", {
    ...system,
    name: text("name").notNull(),
    nameFold: text("name_fold").notNull(),
    account: text("account").notNull(),
    contact: text("contact"),
    stage: text("stage").notNull(),
    amount: money("amount").notNull(),
    probability: integer("probability").notNull(),
    closeDate: text("close_date").notNull(),
    salesperson: text("salesperson").notNull(),
  });
  const { relations } = await load("drizzle-orm");
  return {
    account,
    contact,
    opportunity,
    accountRelations: relations(account, ({ many }: any) => ({ opportunities: many(opportunity) })),
    opportunityRelations: relations(opportunity, ({ one }: any) => ({
      accountRow: one(account, { fields: [opportunity.account], references: [account.id] }),
      contactRow: one(contact, { fields: [opportunity.contact], references: [contact.id] }),
    })),
  };
}
