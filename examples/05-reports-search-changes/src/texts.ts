// What the example says, in both languages.

const en = {
  account: "account",
  contact: "contact",
  deal: "deal",
  activity: "activity",
  exchangeRate: "rate",
  search: "Search for",
  sales: "Won, by quarter of the fiscal year:",
  deals: (n: number) => (n === 1 ? "1 deal" : `${n} deals`),
  money: (amount: string) => inReais("en", amount),
  plan: "What the second release needs of the database:",
  left: "Nobody said yes to:",
  restored: (found: number) => `Restored from the backup; activities with "anvil": ${found}`,
};

const pt: typeof en = {
  account: "conta",
  contact: "contato",
  deal: "negócio",
  activity: "atividade",
  exchangeRate: "câmbio",
  search: "Busca por",
  sales: "Ganhos, por trimestre do ano fiscal:",
  deals: (n) => (n === 1 ? "1 negócio" : `${n} negócios`),
  money: (amount) => inReais("pt-BR", amount),
  plan: "O que a segunda versão pede do banco:",
  left: "Ninguém confirmou:",
  restored: (found) => `Restaurado do backup; atividades com "anvil": ${found}`,
};

/** What the example says. */
export type Texts = typeof en;

/** The texts in the language that the environment asks for; English unless it is Portuguese. */
export function textsOf(wanted: string | undefined): Texts {
  return wanted?.toLowerCase().startsWith("pt") ? pt : en;
}

/** An amount is decimal text, which Intl takes without a detour by way of a float. */
function inReais(locale: string, amount: string): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency: "BRL" }).format(
    amount as Intl.StringNumericLiteral,
  );
}
