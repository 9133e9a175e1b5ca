/** Labels for people, per locale. */

import type { Localized } from "./field.ts";

/**
 * The text for a locale: the locale's own, its language's, or English.
 *
 * @example localize({ en: 'Account', 'pt-BR': 'Conta' }, 'pt-BR') // 'Conta'
 */
export function localize(text: Localized | undefined, locale = "en"): string | undefined {
  if (text === undefined || typeof text === "string") return text;
  const language = String(locale).split("-")[0] as string;
  // Locales come from outside: `constructor` is none.
  const own = (key: string) => (Object.hasOwn(text, key) ? text[key] : undefined);
  return own(locale) ?? own(language) ?? text.en;
}

/** A label made from a name: `closedOn` → `Closed on`. */
export function labelFromName(name: string): string {
  const words = name.replace(/([A-Z])/g, (c) => ` ${c.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
