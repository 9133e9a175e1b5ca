// The plugin: an entity of its own, fields on an entity of another plugin, a kind of field, and a hook that ties them together.
import { defineEntity, defineHooks, definePlugin, type EntitiesOf, field } from "@kith/core";
import { rating, ratingType } from "./rating.ts";

const account = defineEntity("account", { fields: { name: field.text({ required: true, unique: true }) } });
/** Stands for a plugin that one installs; it knows nothing of this one. */
export const crm = definePlugin({ id: "crm", entities: [account] });

const review = defineEntity("review", {
  fields: {
    account: field.lookup("account", { required: true, immutable: true, onDelete: "cascade" }),
    stars: rating({ label: { en: "Stars", "pt-BR": "Estrelas" }, required: true }),
  },
});
const declared = definePlugin({
  id: "reviews",
  requires: ["crm"],
  entities: [review],
  extend: { account: { standing: rating(), reviews: field.children("review", { via: "account" }) } },
  fieldTypes: [ratingType],
});
// What the hooks see: this plugin's declarations and those that it requires. An application may add more.
interface Entities extends EntitiesOf<readonly [typeof crm, typeof declared]> {}
const hooks = defineHooks<Entities>()({
  review: {
    // In the review's own transaction, so that an account's standing is never out of step with its reviews.
    async afterCreate({ row, ctx: { xrm } }) {
      await xrm.account.get(row.account, { lock: true });
      const where = { account: row.account };
      const [figures] = await xrm.review.aggregate({ where, measures: { stars: { avg: "stars" } } });
      await xrm.account.update(row.account, { standing: Math.round(figures?.stars ?? row.stars) });
    },
  },
});
export const reviews = definePlugin({ ...declared, hooks });
