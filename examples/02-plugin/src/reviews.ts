// The plugin: an entity of its own, fields on an entity of another plugin, a kind of field, and a hook that ties them together.
import { defineEntity, defineHooks, defineModel, definePlugin, type EntitiesOf, field } from "@kith/core";
import { crm } from "./crm.ts";
import { rating, ratingType } from "./rating.ts";

const review = defineEntity("review", {
  label: { en: "Review", "pt-BR": "Avaliação" },
  fields: {
    account: field.lookup("account", { required: true, immutable: true, onDelete: "cascade" }),
    stars: rating({ label: { en: "Stars", "pt-BR": "Estrelas" }, required: true }),
    comment: field.longText({ label: { en: "Comment", "pt-BR": "Comentário" } }),
  },
});

const declared = definePlugin({
  id: "reviews",
  requires: ["crm"],
  entities: [review],
  extend: {
    account: {
      standing: rating({ label: { en: "Standing", "pt-BR": "Reputação" } }),
      reviews: field.children("review", { via: "account" }),
    },
  },
  fieldTypes: [ratingType],
});

// What the hooks see: this plugin's declarations and those that it requires. An application may add more.
const seen = defineModel({ plugins: [crm, declared] });
interface Entities extends EntitiesOf<typeof seen> {}

const hooks = defineHooks<Entities>()({
  review: {
    // Inside the review's own transaction: an account's standing is never out of step with its reviews.
    async afterCreate({ row, ctx: { xrm } }) {
      await xrm.account.get(row.account, { select: { id: true }, lock: true });
      const [figures] = await xrm.review.aggregate({
        where: { account: row.account },
        measures: { stars: { avg: "stars" } },
      });
      await xrm.account.update(row.account, { standing: Math.round(figures?.stars ?? row.stars) });
    },
  },
});

export const reviews = definePlugin({ ...declared, hooks });
