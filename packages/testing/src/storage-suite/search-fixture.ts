/** People and firms that the cases on search look for. */

import { defineModel, type Model, type Xrm } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { column } from "./case.ts";

const person = defineEntity("person", {
  title: "name",
  fields: {
    name: field.text({ required: true, searchable: true }),
    email: field.email({ searchable: true }),
    phone: field.phone({ searchable: true }),
    labels: field.tags({ searchable: true }),
    notes: field.longText({ searchable: true }),
    city: field.text(),
    age: field.integer(),
    firm: field.lookup("firm", { onDelete: "cascade" }),
    boss: field.lookup("person", { onDelete: "clear" }),
  },
});

const firm = defineEntity("firm", {
  title: "name",
  fields: {
    number: field.autonumber("F-{0000}", { searchable: { weight: "A" } }),
    name: field.text({ searchable: { weight: "B" } }),
    site: field.url({ searchable: { weight: "C" } }),
    code: field.text({ unique: true }),
    people: field.children("person", { via: "firm" }),
  },
});

const plain = defineEntity("plain", { fields: { name: field.text() } });

/** Entities with searchable fields of every kind, and one with none. */
export const model: Model<any> = defineModel({ entities: [person, firm, plain] });

/** The names of the people whom a search finds, in alphabetical order. */
export async function found(xrm: Xrm<any>, search: string, query: object = {}): Promise<unknown[]> {
  const rows = await xrm.entity("person").findMany({ search, orderBy: { name: "asc" }, ...query });
  return column(rows, "name");
}

/** The names of the people whom a search finds, the best first. */
export async function names(xrm: Xrm<any>, search: string): Promise<unknown[]> {
  return column(await xrm.entity("person").findMany({ search, select: { name: true } }), "name");
}

/** Makes four people. */
export async function people(xrm: Xrm<any>): Promise<void> {
  await xrm.entity("person").createMany([
    { name: "João da Silva", email: "joao.silva@example.com", phone: "+55 11 91234-5678", city: "Olinda", age: 30 },
    { name: "Ana Joaquina", labels: ["VIP", "São Paulo"], age: 40 },
    { name: "Zoë Ångström", notes: "Met João at the fair. O'Neil knows her.", age: 50 },
    { name: "Straßer", email: "info@STRASSE.example" },
  ]);
}
