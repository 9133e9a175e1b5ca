/** The command's own words, in each language. What the engine says of errors is English. */

import { en, type Texts } from "./en.ts";
import { ptBR } from "./pt-br.ts";

export type { Texts };

/** A language of the command. */
export type Locale = "en" | "pt-BR";

const languages: Readonly<Record<Locale, Texts>> = { en, "pt-BR": ptBR };

/** The languages that there are. */
export const locales = Object.keys(languages) as readonly Locale[];

/** The words of a language. */
export function textsIn(locale: Locale): Texts {
  return languages[locale];
}

/** The language to use: that of `--locale`, or of the environment, or English. */
export function chooseLocale(asked: string | undefined, env: Readonly<Record<string, string | undefined>>): Locale {
  const wanted = asked ?? env["LC_ALL"] ?? env["LC_MESSAGES"] ?? env["LANG"] ?? "";
  return /^pt\b|^pt[_-]/i.test(wanted) ? "pt-BR" : "en";
}
