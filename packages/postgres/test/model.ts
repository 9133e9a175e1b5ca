/** A small model for tests of what is PostgreSQL's own. */

import { defineModel, type EntitiesOf } from "@kith/core";
import { defineEntity, field } from "@kith/schema";

const account = defineEntity("account", {
  fields: {
    name: field.text({ required: true, indexed: true, searchable: true }),
    code: field.text({ unique: true }),
    balance: field.integer({ required: true, default: 0 }),
    score: field.number(),
    parent: field.lookup("account"),
    children: field.children("account", { via: "parent" }),
  },
});

/** The model. */
export const model = defineModel({ entities: [account], currency: "EUR" });
/** Its registry. */
export interface Entities extends EntitiesOf<typeof model> {}
