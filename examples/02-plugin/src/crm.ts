// A plugin as one might install it. It knows nothing of the one beside it.
import { defineEntity, definePlugin, field } from "@kith/core";

const account = defineEntity("account", {
  label: { en: "Account", "pt-BR": "Conta" },
  title: "name",
  fields: { name: field.text({ required: true, unique: true }) },
});

export const crm = definePlugin({ id: "crm", entities: [account] });
