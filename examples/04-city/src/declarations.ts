// A city, declared from nothing: properties and who holds them, tax notices, parking fines, permits. No account, no sale.
import { defineEntity, defineModel, type EntitiesOf, field } from "@kith/core";

const text = (en: string, pt: string) => ({ en, "pt-BR": pt });

const citizen = defineEntity("citizen", {
  label: text("Citizen", "Cidadão"),
  plural: text("Citizens", "Cidadãos"),
  title: "name",
  fields: {
    name: field.text({ required: true }),
    register: field.text({ required: true, unique: true, immutable: true, label: text("Register no.", "Cadastro") }),
    holdings: field.link("property", { through: "holding" }),
    fines: field.children("parkingFine", { via: "citizen" }),
  },
});

const property = defineEntity("property", {
  label: text("Property", "Imóvel"),
  title: "registration",
  fields: {
    registration: field.text({ required: true, unique: true, immutable: true, pattern: "^[A-Z]{2}-\\d{4}$" }),
    address: field.text({ required: true }),
    use: field.choice(["home", "shop", "land"], { required: true, default: "home" }),
    value: field.money({ required: true, min: "0" }),
    holders: field.link("citizen", { through: "holding" }),
    notices: field.children("taxNotice", { via: "property" }),
    permits: field.children("permit", { via: "property" }),
  },
});

/** Who holds which property: a link entity, so that a share and a date have their place. */
const holding = defineEntity("holding", {
  label: text("Holding", "Titularidade"),
  fields: {
    property: field.lookup("property", { required: true, immutable: true, onDelete: "cascade" }),
    citizen: field.lookup("citizen", { required: true, immutable: true }),
    share: field.percent({ required: true, default: 100, min: 0.01, max: 100 }),
    since: field.date({ required: true, default: { $now: true } }),
  },
  unique: [["property", "citizen"]],
});

const taxNotice = defineEntity("taxNotice", {
  label: text("Tax notice", "Guia de IPTU"),
  title: "number",
  fields: {
    number: field.autonumber("TAX-{yyyy}-{00000}"),
    property: field.lookup("property", { required: true, immutable: true }),
    year: field.integer({ required: true, min: 2000, max: 2100 }),
    amount: field.money({ required: true, min: "0" }),
    paidOn: field.date(),
  },
  unique: [["property", "year"]],
});

const parkingFine = defineEntity("parkingFine", {
  label: text("Parking fine", "Multa de estacionamento"),
  title: "number",
  fields: {
    number: field.autonumber("PF-{yyyy}-{00000}"),
    plate: field.text({ required: true, pattern: "^[A-Z0-9]{4,8}$", indexed: true }),
    place: field.text({ required: true }),
    at: field.datetime({ required: true, default: { $now: true } }),
    amount: field.money({ required: true, min: "0" }),
    status: field.choice(["open", "paid", "appealed", "dropped"], { required: true, default: "open" }),
    citizen: field.lookup("citizen", { onDelete: "clear" }),
  },
});

const permit = defineEntity("permit", {
  label: text("Permit", "Alvará"),
  title: "number",
  fields: {
    number: field.autonumber("PMT-{0000}"),
    kind: field.choice(["building", "trade", "event"], { required: true, immutable: true }),
    property: field.lookup("property", { required: true, immutable: true }),
    applicant: field.lookup("citizen", { required: true, immutable: true }),
    status: field.choice(["applied", "granted", "denied"], { required: true, default: "applied" }),
    validUntil: field.date(),
  },
  checks: {
    granted: {
      where: { or: [{ status: { ne: "granted" } }, { validUntil: { isNull: false } }] },
      message: text("a granted permit says until when it is valid", "um alvará concedido diz até quando vale"),
    },
  },
});

export const model = defineModel({
  entities: [citizen, property, holding, taxNotice, parkingFine, permit],
  currency: "BRL",
});
export interface Entities extends EntitiesOf<typeof model> {}
