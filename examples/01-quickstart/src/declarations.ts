// The whole system, declared: a sales pipeline and, beside it, properties with their owners and tax notices. Any relationship fits.
import { defineEntity, type EntitiesOf, field } from "@kith/core";

const text = (en: string, pt: string) => ({ en, "pt-BR": pt });
const name = field.text({ label: text("Name", "Nome"), required: true, unique: true });
const account = defineEntity("account", {
  label: text("Account", "Conta"),
  plural: text("Accounts", "Contas"),
  title: "name",
  fields: {
    name,
    sector: field.text({ label: text("Sector", "Setor") }),
    founded: field.integer({ label: text("Founded", "Fundação") }),
    revenue: field.decimal({ label: text("Revenue (millions)", "Receita (milhões)") }),
    employees: field.integer({ label: text("Employees", "Funcionários"), min: 0 }),
    country: field.text({ label: text("Country", "País") }),
    parent: field.lookup("account", { label: text("Part of", "Parte de"), onDelete: "clear" }),
    opportunities: field.children("opportunity", { via: "account" }),
  },
});
const product = defineEntity("product", {
  label: text("Product", "Produto"),
  plural: text("Products", "Produtos"),
  title: "name",
  fields: { name, series: field.text(), price: field.money({ label: text("Price", "Preço"), required: true }) },
});
const agent = defineEntity("agent", {
  label: text("Sales agent", "Vendedor"),
  plural: text("Sales agents", "Vendedores"),
  title: "name",
  fields: {
    name,
    manager: field.text({ label: text("Manager", "Gerente"), required: true }),
    office: field.choice(["central", "east", "west"], { label: text("Regional office", "Escritório regional") }),
  },
});
const opportunity = defineEntity("opportunity", {
  label: text("Opportunity", "Oportunidade"),
  plural: text("Opportunities", "Oportunidades"),
  title: "code",
  fields: {
    code: field.text({ label: text("Code", "Código"), required: true, unique: true, immutable: true }),
    account: field.lookup("account", { label: text("Account", "Conta") }),
    product: field.lookup("product", { label: text("Product", "Produto"), required: true }),
    agent: field.lookup("agent", { label: text("Sales agent", "Vendedor"), required: true }),
    stage: field.choice(["prospecting", "engaging", "won", "lost"], {
      label: text("Stage", "Etapa"),
      labels: {
        prospecting: text("Prospecting", "Prospecção"),
        engaging: text("Engaging", "Negociação"),
        won: text("Won", "Ganha"),
        lost: text("Lost", "Perdida"),
      },
      required: true,
      default: "prospecting",
    }),
    engagedOn: field.date({ label: text("Engaged on", "Início") }),
    closedOn: field.date({ label: text("Closed on", "Fechamento") }),
    value: field.money({ label: text("Value", "Valor"), min: "0" }),
  },
  indexes: [["stage", "closedOn"]],
  checks: {
    closed: {
      where: { or: [{ stage: { in: ["prospecting", "engaging"] } }, { closedOn: { isNull: false } }] },
      message: text("a closed opportunity needs its closing date", "oportunidade fechada precisa da data"),
    },
  },
});
const person = defineEntity("person", {
  label: text("Person", "Pessoa"),
  plural: text("People", "Pessoas"),
  title: "name",
  fields: { name, properties: field.children("property", { via: "heldBy" }) },
});
const property = defineEntity("property", {
  label: text("Property", "Imóvel"),
  plural: text("Properties", "Imóveis"),
  title: "registration",
  fields: {
    registration: field.text({ label: text("Registration", "Matrícula"), required: true, unique: true }),
    address: field.text({ label: text("Address", "Endereço"), required: true }),
    heldBy: field.lookup("person", { label: text("Owner", "Proprietário"), required: true }),
    notices: field.children("taxNotice", { via: "property" }),
  },
});
const taxNotice = defineEntity("taxNotice", {
  label: text("Tax notice", "Guia de imposto"),
  plural: text("Tax notices", "Guias de imposto"),
  fields: {
    number: field.autonumber("TAX-{0000}", { label: text("Number", "Número") }),
    property: field.lookup("property", { required: true, onDelete: "cascade" }),
    amount: field.money({ label: text("Amount", "Valor"), required: true }),
    dueOn: field.date({ label: text("Due on", "Vencimento"), required: true }),
    paidOn: field.date({ label: text("Paid on", "Pagamento") }),
  },
});
export const entities = [account, product, agent, opportunity, person, property, taxNotice] as const;
/** Types hooks, handles and records. Named once, it keeps the compiler fast and tooltips short. */
export interface Entities extends EntitiesOf<typeof entities> {}
