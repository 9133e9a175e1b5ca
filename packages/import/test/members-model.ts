// A model whose values stand in several columns: addresses, points, and lookups to one of several entities.
import { createXrm, defineEntity, defineModel, type EntitiesOf, field, type Storage } from "@kith/core";
import { importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { failure } from "./fixture.ts";

const account = defineEntity("account", {
  title: "name",
  label: { en: "Account", "pt-BR": "Conta" },
  fields: {
    name: field.text({ required: true, unique: true }),
    code: field.text({ unique: true }),
    address: field.address({ label: { en: "Address", "pt-BR": "Endereço" } }),
    place: field.geo({ label: { en: "Place", "pt-BR": "Local" } }),
  },
});
const contact = defineEntity("contact", {
  title: "name",
  fields: { name: field.text({ required: true }), email: field.email({ unique: true }) },
});
const note = defineEntity("note", {
  title: "text",
  fields: {
    text: field.text({ required: true, unique: true }),
    regarding: field.lookup(["account", "contact", "note"], { label: { en: "Regarding", "pt-BR": "Referente a" } }),
  },
});
const site = defineEntity("site", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true }),
    home: field.address({ required: true }),
    work: field.address({ default: { country: "BR" } }),
    length: field.duration(),
    kind: field.choice(["open", "won"], { labels: { won: { en: "Closed won", "pt-BR": "Ganho" } } }),
  },
});
const model = defineModel({ entities: [account, contact, note, site] });
interface Entities extends EntitiesOf<typeof model> {}

export const open = (storage: Storage) => createXrm<Entities>({ model, storage });
/** A source of text. */
export const csv = (text: string) => [text];
/** An address without parts. */
export const nulls = { street: null, street2: null, city: null, region: null, postcode: null, country: null };

/** What is wrong with a mapping, as `path: message`. */
export async function problems(entity: "account" | "note", header: string, options: object = {}): Promise<string[]> {
  const xrm = await open(memory());
  const error = await failure(importRecords(xrm, { entity, source: csv(`${header}\n`), ...options } as never));
  return error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}
