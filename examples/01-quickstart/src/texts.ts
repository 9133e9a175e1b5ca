// What the demo says, in both languages. Names of entities, fields and stages come from the declarations, not from here.

const en = {
  title: "Kith: a sales pipeline, and properties with their tax notices",
  opened: (file: string) => `SQLite file: ${file}`,
  removed: "It is removed at the end; keep one with --file NAME.",
  found: "It holds records from an earlier run; nothing was added.",
  filled: (seconds: string) => `Filled from a seeded generator in ${seconds} s.`,
  records: "Records",
  count: "Count",
  value: "Value",
  parts: (n: string) => `Accounts that are part of another: ${n}`,
  alone: (n: string) => `Opportunities without an account: ${n}`,
  pipeline: "The pipeline by stage",
  byManager: "Won revenue by manager",
  byMonth: "Won revenue by month of closing",
  best: (account: string) => `One query, four entities: the largest wins of ${account}`,
  properties: "Properties with open tax notices, their owners, and what is due",
  due: "Open",
  last: "Last due",
  refusals: "What is refused",
  wrongRecord: "A record with a misspelt stage, a value of three decimals and an unknown field:",
  wrongQuery: "A query with a misspelt field and an operator that is not there:",
  throwingHook: "A transaction: a new account, then a won opportunity put back, which a hook forbids:",
  untouched: "Nothing was written: every count and every version is what it was.",
  importing: (folder: string) => `Import from ${folder}`,
  file: "File",
  columns: { rows: "Rows", created: "Created", updated: "Updated", unchanged: "Unchanged", rejected: "Rejected" },
  took: (seconds: string) => `Took ${seconds} s.`,
  again: "The same files again",
  nothingNew: "The second pass wrote nothing.",
  noFolder: (folder: string) => `There is no folder '${folder}'.`,
  noFile: (file: string, folder: string) => `The folder '${folder}' has no file '${file}'.`,
  usage: "Usage: npm run demo -- [--data FOLDER] [--file NAME] [--locale en|pt-BR]",
};

const pt: typeof en = {
  title: "Kith: um funil de vendas, e imóveis com suas guias de imposto",
  opened: (file) => `Arquivo SQLite: ${file}`,
  removed: "Ele é apagado no final; guarde um com --file NOME.",
  found: "Ele já tem registros de uma execução anterior; nada foi acrescentado.",
  filled: (seconds) => `Preenchido por um gerador com semente em ${seconds} s.`,
  records: "Registros",
  count: "Quantidade",
  value: "Valor",
  parts: (n) => `Contas que são parte de outra: ${n}`,
  alone: (n) => `Oportunidades sem conta: ${n}`,
  pipeline: "O funil por etapa",
  byManager: "Receita ganha por gerente",
  byMonth: "Receita ganha por mês de fechamento",
  best: (account) => `Uma consulta, quatro entidades: as maiores vendas de ${account}`,
  properties: "Imóveis com guias em aberto, seus proprietários e o que devem",
  due: "Em aberto",
  last: "Último vencimento",
  refusals: "O que é recusado",
  wrongRecord: "Um registro com etapa errada, valor com três casas e um campo desconhecido:",
  wrongQuery: "Uma consulta com um campo errado e um operador que não existe:",
  throwingHook: "Uma transação: uma conta nova e a volta de uma venda já ganha, que um hook proíbe:",
  untouched: "Nada foi gravado: todas as contagens e versões são as de antes.",
  importing: (folder) => `Importação de ${folder}`,
  file: "Arquivo",
  columns: { rows: "Linhas", created: "Criados", updated: "Alterados", unchanged: "Iguais", rejected: "Recusados" },
  took: (seconds) => `Levou ${seconds} s.`,
  again: "Os mesmos arquivos outra vez",
  nothingNew: "A segunda passada não gravou nada.",
  noFolder: (folder) => `A pasta '${folder}' não existe.`,
  noFile: (file, folder) => `A pasta '${folder}' não tem o arquivo '${file}'.`,
  usage: "Uso: npm run demo -- [--data PASTA] [--file NOME] [--locale en|pt-BR]",
};

/** The languages of the demo. */
export const texts = { en, "pt-BR": pt };
export type Locale = keyof typeof texts;

/** The language that the environment asks for; English unless it is Portuguese. */
export function localeFrom(wanted: string | undefined): Locale {
  return wanted?.toLowerCase().startsWith("pt") ? "pt-BR" : "en";
}

/** Numbers, money and months as a language writes them. */
export function formats(locale: Locale) {
  const money = new Intl.NumberFormat(locale, { style: "currency", currency: "USD" });
  const whole = new Intl.NumberFormat(locale);
  const monthName = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" });
  const dayName = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeZone: "UTC" });
  return {
    money: (amount: string) => money.format(amount as Intl.StringNumericLiteral),
    count: (n: number) => whole.format(n),
    month: (month: string) => monthName.format(new Date(`${month}-01`)),
    day: (date: string) => dayName.format(new Date(date)),
    seconds: (ms: number) => (ms / 1_000).toLocaleString(locale, { maximumFractionDigits: 1 }),
  };
}
