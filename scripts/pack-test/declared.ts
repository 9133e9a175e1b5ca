/**
 * What an application's own package may export, on `@kith/core` alone: pack-test emits its declarations where `@kith/schema` can only be reached through
 * core, as pnpm installs it. Each inferred type must have a name there.
 */

import { createXrm, defineEntity, defineModel, definePlugin, type EntitiesOf, field, type Storage } from "@kith/core";

export const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true }),
    deals: field.children("deal", { via: "account" }),
    clubs: field.link("club", { through: "membership" }),
  },
});
export const club = defineEntity("club", { fields: { name: field.text() } });
export const membership = defineEntity("membership", {
  fields: { account: field.lookup("account", { required: true }), club: field.lookup("club", { required: true }) },
});
export const deal = defineEntity("deal", {
  fields: {
    topic: field.text({ required: true }),
    account: field.lookup("account", { required: true }),
    stage: field.choice(["open", "won"], { required: true, default: "open" }),
  },
});
/** A field of each kind. */
export const thing = defineEntity("thing", {
  fields: {
    name: field.text({ searchable: true }),
    notes: field.longText(),
    email: field.email(),
    phone: field.phone(),
    site: field.url(),
    size: field.integer(),
    ratio: field.number(),
    share: field.percent(),
    weight: field.decimal(),
    price: field.money({ currency: "EUR" }),
    good: field.boolean(),
    day: field.date(),
    seenAt: field.datetime(),
    opens: field.time(),
    took: field.duration(),
    colour: field.choice(["red", "blue"]),
    sizes: field.multiChoice(["s", "m"]),
    tags: field.tags(),
    raw: field.json(),
    home: field.address(),
    place: field.geo(),
    about: field.lookup(["account", "deal"]),
    keeper: field.user(),
    number: field.autonumber("T-{0000}"),
  },
});
export const plugin = definePlugin({
  id: "app",
  entities: [account, club, membership, deal, thing],
  extend: { club: { city: field.text() } },
});
export const model = defineModel({ plugins: [plugin] });
export interface Entities extends EntitiesOf<typeof model> {}

/** What reads and writes give. */
export const open = (storage: Storage) => createXrm<Entities>({ model, storage });
export const deals = async (storage: Storage) =>
  (await open(storage)).deal.findMany({ include: { account: { include: { clubs: true, deals: { limit: 3 } } } } });
export const things = async (storage: Storage) => (await open(storage)).thing.findPage({ orderBy: { day: "asc" } });
export const chosen = async (storage: Storage) =>
  (await open(storage)).thing.findOne({ select: { home: true, place: true, raw: true }, include: { about: true } });
export const made = async (storage: Storage) => (await open(storage)).thing.create({ name: "a", tags: ["x"] });
export const figures = async (storage: Storage) =>
  (await open(storage)).deal.aggregate({
    groupBy: { stage: true, createdAt: "month" },
    measures: { all: "count", won: { count: true, where: { stage: "won" } } },
    having: { all: { gt: 1 } },
  });
export const hits = async (storage: Storage) => (await open(storage)).$.search("anvil");
