/** Dated exchange rates, as an entity that aggregates convert amounts by. */

import { defineEntity, field } from "@kith/schema";
import type { EntityModel, Model } from "../model/model.ts";
import { definePlugin } from "../plugin/plugin.ts";

const currency = (label: { en: string; "pt-BR": string }) =>
  field.text({ required: true, immutable: true, pattern: "^[A-Z]{3}$", max: 3, fold: false, label });

const exchangeRate = defineEntity("exchangeRate", {
  label: { en: "Exchange rate", "pt-BR": "Taxa de câmbio" },
  plural: { en: "Exchange rates", "pt-BR": "Taxas de câmbio" },
  unique: [["from", "to", "on"]],
  fields: {
    from: currency({ en: "From", "pt-BR": "De" }),
    to: currency({ en: "To", "pt-BR": "Para" }),
    rate: field.decimal({
      required: true,
      scale: 12,
      min: "0.000000000001",
      label: { en: "Rate", "pt-BR": "Taxa" },
      help: { en: "How much of `to` one unit of `from` is.", "pt-BR": "Quanto de `to` vale uma unidade de `from`." },
    }),
    on: field.date({ required: true, immutable: true, label: { en: "From this day on", "pt-BR": "A partir de" } }),
  },
});

const ratesEntity = "exchangeRate";
const ratesPlugin = "exchange-rates";

/** The entity that amounts are converted by; undefined without the plugin. An application may have one of that name that is something else. */
export function ratesOf({ entities }: Pick<Model, "entities">): EntityModel | undefined {
  const entity = entities.get(ratesEntity);
  return entity?.plugin === ratesPlugin ? entity : undefined;
}

/**
 * The plugin that brings the entity `exchangeRate`: how much of currency `to` one unit of currency `from` is, from the day `on` until there is a later
 * rate. Aggregates convert by it: `{ total: { sum: 'amount', convertTo: 'BRL', on: 'closedOn' } }`.
 *
 * @example
 * const model = defineModel({ plugins: [exchangeRates(), sales], currency: 'BRL' })
 * await xrm.exchangeRate.create({ from: 'USD', to: 'BRL', rate: '5.4321', on: '2026-01-02' })
 */
export function exchangeRates() {
  return definePlugin({ id: ratesPlugin, entities: [exchangeRate] });
}
