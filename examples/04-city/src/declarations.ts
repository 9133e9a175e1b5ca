// A city, declared from nothing: properties and who holds them, tax notices, parking fines, permits. No account, no sale.
import { defineEntity, defineModel, type EntitiesOf, field } from "@kith/core";

const citizen = defineEntity("citizen", {
  fields: {
    name: field.text({ required: true }),
    holdings: field.link("property", { through: "holding" }),
    fines: field.children("parkingFine", { via: "citizen" }),
  },
});
const property = defineEntity("property", {
  label: { en: "Property", "pt-BR": "Imóvel" },
  fields: {
    registration: field.text({ required: true, unique: true, immutable: true, pattern: "^[A-Z]{2}-\\d{4}$" }),
    notices: field.children("taxNotice", { via: "property" }),
  },
});
/** Who holds what: a link entity, declared like any other, so that a share and a date have their place. */
const holding = defineEntity("holding", {
  fields: {
    property: field.lookup("property", { required: true, onDelete: "cascade" }),
    citizen: field.lookup("citizen", { required: true }),
    share: field.percent({ required: true, default: 100, min: 0, max: 100 }),
    since: field.date({ required: true, default: { $now: true } }),
  },
  unique: [["property", "citizen"]],
});
const taxNotice = defineEntity("taxNotice", {
  label: { en: "Tax notice", "pt-BR": "Guia de IPTU" },
  fields: {
    number: field.autonumber("TAX-{yyyy}-{0000}"),
    property: field.lookup("property", { required: true }),
    year: field.integer({ required: true }),
    amount: field.money({ required: true, min: "0" }),
    paidOn: field.date(),
  },
  unique: [["property", "year"]],
});
const parkingFine = defineEntity("parkingFine", {
  label: { en: "Parking fine", "pt-BR": "Multa de estacionamento" },
  fields: {
    plate: field.text({ required: true, indexed: true }),
    amount: field.money({ required: true }),
    status: field.choice(["open", "paid", "dropped"], { required: true, default: "open" }),
    citizen: field.lookup("citizen", { onDelete: "clear" }),
  },
});
const permit = defineEntity("permit", {
  label: { en: "Permit", "pt-BR": "Alvará" },
  fields: {
    property: field.lookup("property", { required: true }),
    status: field.choice(["applied", "granted", "denied"], { required: true, default: "applied" }),
    validUntil: field.date(),
  },
  checks: {
    granted: {
      where: { or: [{ status: { ne: "granted" } }, { validUntil: { isNull: false } }] },
      message: { en: "a granted permit says until when it is valid", "pt-BR": "alvará concedido diz até quando vale" },
    },
  },
});
const entities = [citizen, property, holding, taxNotice, parkingFine, permit] as const;
export const model = defineModel({ entities, currency: "BRL" });
export interface Entities extends EntitiesOf<typeof model> {}
