/** Currencies and their rates, as random models have them. */

import type { Planting } from "./data.ts";
import type { Random } from "./random.ts";

/** The entity that the plugin `exchangeRates` brings. */
export const ratesEntity = "exchangeRate";

/** The currencies of random amounts. */
export const currencies = ["BRL", "EUR", "USD"] as const;

/** What the fields that hold currencies let through. */
export const currencyPattern = `^(${currencies.join("|")})$`;

const rates = ["1", "5.4321", "0.184091", "0.333333333333", "0.000000000001", "9223372.036854775807", "1.5", "100"];
const days = ["0001-01-01", "1970-01-01", "2024-01-01", "2024-02-29", "2024-06-01"];

/** Rates between most pairs of currencies, on some days, the first of them before everything else. */
export function randomRates(random: Random, id: () => string): Planting[] {
  const made: Planting[] = [];
  for (const from of currencies) {
    for (const to of currencies) {
      if (from === to || random.chance(0.3)) continue;
      const on = [...(random.chance(0.85) ? days.slice(0, 1) : []), ...random.some(days.slice(1), random.int(0, 3))];
      for (const day of on)
        made.push({
          entity: ratesEntity,
          values: { id: id(), from, to, rate: random.pick(rates), on: day },
          actor: null,
        });
    }
  }
  return made;
}
