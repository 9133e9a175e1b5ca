/** Lookups that may lead to a record of one of several entities. */

import assert from "node:assert/strict";
import { defineModel, type Xrm } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { column, refused, topic } from "./case.ts";

const account = defineEntity("account", {
  title: "name",
  fields: {
    name: field.text({ required: true }),
    parent: field.lookup("account"),
    activities: field.children("activity", { via: "regarding" }),
    guests: field.link("contact", { through: "invitation", from: "host", into: "guest" }),
    profile: field.children("profile", { via: "holder" }),
  },
});
const contact = defineEntity("contact", {
  fields: {
    name: field.text({ required: true }),
    account: field.lookup("account"),
    activities: field.children("activity", { via: "regarding" }),
  },
});
const activity = defineEntity("activity", {
  indexes: [["regarding", "topic"]],
  fields: {
    topic: field.text({ required: true }),
    regarding: field.lookup(["account", "contact"], { onDelete: "clear" }),
    notes: field.children("note", { via: "about" }),
  },
});
const note = defineEntity("note", {
  fields: {
    text: field.text(),
    about: field.lookup(["activity", "contact", "account"], { required: true, onDelete: "cascade" }),
  },
});
const invitation = defineEntity("invitation", {
  fields: {
    host: field.lookup(["account", "contact"], { required: true }),
    guest: field.lookup("contact", { required: true, onDelete: "cascade" }),
  },
});
const profile = defineEntity("profile", {
  unique: [["holder", "kind"]],
  fields: {
    holder: field.lookup(["account", "contact"]),
    only: field.lookup(["account", "contact"], { unique: true }),
    kind: field.text({ required: true }),
    score: field.integer(),
  },
});
const model = defineModel({ entities: [account, contact, activity, note, invitation, profile] });

const to = (entity: string) => (row: Record<string, unknown>) => ({ entity, id: String(row["id"]) });
const [toAccount, toContact] = [to("account"), to("contact")];

async function people(xrm: Xrm<any>) {
  const [acme, beta] = (await xrm.entity("account").createMany([{ name: "Acme" }, { name: "Beta" }])) as any[];
  const [ana, bia] = (await xrm
    .entity("contact")
    .createMany([{ name: "Ana", account: acme.id }, { name: "Bia" }])) as any[];
  const made = await xrm
    .entity("activity")
    .createMany([
      { topic: "a", regarding: toAccount(acme) },
      { topic: "b", regarding: toContact(ana) },
      { topic: "c", regarding: toAccount(beta) },
      { topic: "d", regarding: toContact(bia) },
      { topic: "e" },
      { topic: "f", regarding: toAccount(acme) },
    ]);
  return { acme, beta, ana, bia, made };
}

/** Cases on lookups to one of several entities. */
export const referencesToSeveral = topic("references-to-several", {
  async "values-and-filters"(t) {
    const xrm = await t.open(model);
    const { acme, ana, bia, made } = await people(xrm);
    const activities = xrm.entity("activity");
    assert.deepEqual(column(made, "regarding").slice(0, 2), [toAccount(acme), toContact(ana)]);
    assert.deepEqual(await activities.findMany(), made);
    const topics = async (where: object) => column(await activities.findMany({ where }), "topic").join("");
    assert.equal(await topics({ regarding: { eq: toContact(ana) } }), "b");
    // A record of one entity is not one of another, though ids are alike.
    assert.equal(await topics({ regarding: { eq: { entity: "account", id: ana.id } } }), "");
    assert.equal(await topics({ regarding: { ne: toAccount(acme) } }), "bcde");
    assert.equal(await topics({ not: { regarding: { ne: toAccount(acme) } } }), "af");
    assert.equal(await topics({ regarding: { in: [toAccount(acme), toContact(bia)] } }), "adf");
    assert.equal(await topics({ regarding: { in: [toContact(bia), null] } }), "de");
    assert.equal(await topics({ regarding: { notIn: [toAccount(acme), toContact(bia)] } }), "bce");
    assert.equal(await topics({ regarding: { notIn: [] } }), "abcdef");
    assert.equal(await topics({ regarding: null }), "e");
    assert.equal(await topics({ regarding: { isNull: false } }), "abcdf");
    assert.equal(await topics({ regarding: { account: { isNull: false } } }), "acf");
    assert.equal(await topics({ regarding: { contact: null } }), "acef");
    assert.equal(await topics({ regarding: { account: acme.id } }), "af");
    assert.equal(await topics({ regarding: { account: { name: { startsWith: "a" } } } }), "af");
    assert.equal(await topics({ regarding: { contact: { account: { name: "Acme" } } } }), "b");
    assert.equal(await topics({ not: { regarding: { contact: { name: "Ana" } } } }), "acdef");
    assert.equal(await topics({ or: [{ regarding: { contact: { name: "Bia" } } }, { regarding: null }] }), "de");
    const [first] = made as any[];
    const moved = await activities.update(first.id, { regarding: toContact(bia) });
    assert.deepEqual([moved["regarding"], moved["version"]], [toContact(bia), 2]);
    assert.equal((await activities.update(first.id, { regarding: toContact(bia) }))["version"], 2);
    assert.equal((await activities.update(first.id, { regarding: null }))["regarding"], null);
    for (const wrong of [ana.id, { entity: "note", id: ana.id }, { entity: "contact" }, { ...toContact(ana), x: 1 }])
      await refused("INVALID_RECORD", activities.create({ topic: "x", regarding: wrong }));
    for (const where of [
      { eq: ana.id },
      { eq: { entity: "note", id: ana.id } },
      { note: null },
      { gt: toContact(ana) },
    ])
      await refused("INVALID_QUERY", activities.findMany({ where: { regarding: where } }));
    await refused("INVALID_RECORD", xrm.entity("note").create({ text: "x" }));
  },

  async "keys-hold-for-each-target"(t) {
    const xrm = await t.open(model);
    const { acme, ana } = await people(xrm);
    const wrong = await refused(
      "REFERENCE",
      xrm.entity("activity").create({ topic: "x", regarding: { entity: "account", id: ana.id } }),
    );
    assert.equal(wrong.field, "regarding");
    await xrm.entity("contact").update(ana.id, { account: null });
    const invitations = xrm.entity("invitation");
    await invitations.create({ host: toAccount(acme), guest: ana.id });
    const held = await refused("RESTRICTED", xrm.entity("account").delete(acme.id));
    assert.equal(held.params?.["lookup"], "host");
    await invitations.deleteMany({});
    const notes = xrm.entity("note");
    await notes.createMany([
      { text: "1", about: toAccount(acme) },
      { text: "2", about: toContact(ana) },
    ]);
    await xrm.entity("account").delete(acme.id);
    assert.deepEqual(column(await notes.findMany(), "text"), ["2"]);
    const left = await xrm.entity("activity").findMany({ where: { regarding: null } });
    assert.deepEqual(column(left, "topic"), ["a", "e", "f"]);
    assert.deepEqual(column(left, "version"), [2, 1, 2]);
    await xrm.entity("contact").delete(ana.id);
    assert.equal(await notes.count(), 0);
  },

  async "includes-the-record"(t) {
    const xrm = await t.open(model);
    const { acme, beta, ana, bia } = await people(xrm);
    const activities = xrm.entity("activity");
    const [all, withAna] = [
      await activities.findMany({ include: { regarding: true }, select: { topic: true, regarding: true } }),
      await xrm.entity("contact").get(ana.id),
    ];
    const shown = (record: unknown, of: (row: any) => object, row: object) => ({ ...of(row), record });
    assert.deepEqual(all, [
      { topic: "a", regarding: shown(acme, toAccount, acme) },
      { topic: "b", regarding: shown(withAna, toContact, ana) },
      { topic: "c", regarding: shown(beta, toAccount, beta) },
      { topic: "d", regarding: shown(bia, toContact, bia) },
      { topic: "e", regarding: null },
      { topic: "f", regarding: shown(acme, toAccount, acme) },
    ]);
    const narrow = await activities.findMany({
      select: { topic: true },
      include: { regarding: { contact: { select: { name: true }, where: { name: { ne: "Bia" } } } } },
      orderBy: { topic: "desc" },
      limit: 5,
    });
    assert.deepEqual(narrow, [
      { topic: "f", regarding: shown(null, toAccount, acme) },
      { topic: "e", regarding: null },
      { topic: "d", regarding: shown(null, toContact, bia) },
      { topic: "c", regarding: shown(null, toAccount, beta) },
      { topic: "b", regarding: shown({ name: "Ana" }, toContact, ana) },
    ]);
    const deep = await activities.findMany({
      where: { topic: { in: ["a", "b"] } },
      select: { topic: true },
      include: {
        regarding: {
          account: { select: { name: true }, include: { activities: { select: { topic: true }, limit: 1 } } },
          contact: {
            select: { name: true },
            include: { account: { select: { name: true } }, activities: { select: { topic: true } } },
          },
        },
      },
    });
    assert.deepEqual(deep, [
      { topic: "a", regarding: shown({ name: "Acme", activities: [{ topic: "a" }] }, toAccount, acme) },
      {
        topic: "b",
        regarding: shown({ name: "Ana", account: { name: "Acme" }, activities: [{ topic: "b" }] }, toContact, ana),
      },
    ]);
    for (const regarding of [{}, { note: true }, { account: 1 }, { account: true, where: {} }, { account: { x: 1 } }])
      await refused("INVALID_QUERY", activities.findMany({ include: { regarding } }));
  },

  async "includes-below-a-record-of-another-entity"(t) {
    const xrm = await t.open(model);
    const { acme, made } = await people(xrm);
    await xrm.entity("note").createMany([
      { text: "on b", about: { entity: "activity", id: String(made[1]?.["id"]) } },
      { text: "on Acme", about: toAccount(acme) },
    ]);
    const account = { select: { name: true }, include: { activities: { select: { topic: true } } } };
    const contact = { select: { name: true }, include: { account } };
    const activity = { select: { topic: true }, include: { regarding: { contact } } };
    const notes = await xrm
      .entity("note")
      .findMany({ select: { text: true }, include: { about: { activity, account: { select: { name: true } } } } });
    const [onB, onAcme] = notes.map(({ about }) => (about as { record: unknown }).record) as any[];
    assert.deepEqual(onAcme, { name: "Acme" });
    assert.deepEqual(onB.regarding.record, {
      name: "Ana",
      account: { name: "Acme", activities: [{ topic: "a" }, { topic: "f" }] },
    });
  },

  async "children-and-links-through-it"(t) {
    const xrm = await t.open(model);
    const { acme, ana, bia } = await people(xrm);
    const accounts = xrm.entity("account");
    assert.deepEqual(
      await accounts.findMany({
        select: { name: true },
        include: { activities: { select: { topic: true }, orderBy: { topic: "desc" } } },
      }),
      [
        { name: "Acme", activities: [{ topic: "f" }, { topic: "a" }] },
        { name: "Beta", activities: [{ topic: "c" }] },
      ],
    );
    const names = async (where: object) => column(await accounts.findMany({ where }), "name");
    assert.deepEqual(await names({ activities: { some: { topic: "f" } } }), ["Acme"]);
    assert.deepEqual(await names({ activities: { none: { topic: "f" } } }), ["Beta"]);
    await xrm.entity("invitation").createMany([
      { host: toAccount(acme), guest: bia.id },
      { host: toContact(ana), guest: ana.id },
    ]);
    const [first] = await accounts.findMany({
      where: { guests: { some: { name: "Bia" } } },
      include: { guests: true },
    });
    assert.deepEqual([first?.["name"], column(first?.["guests"] as object[] as never, "name")], ["Acme", ["Bia"]]);
  },

  async "sorts-and-groups-by-what-it-leads-to"(t) {
    const xrm = await t.open(model);
    const { acme, ana } = await people(xrm);
    const activities = xrm.entity("activity");
    const orderBy = [{ regarding: { account: { name: "desc" } } }, { topic: "asc" }];
    assert.equal(column(await activities.findMany({ orderBy }), "topic").join(""), "cafbde");
    const page = await activities.findPage({ orderBy, limit: 4 });
    assert.deepEqual(column((await activities.findPage({ orderBy, limit: 4, after: page.next })).rows, "topic"), [
      "d",
      "e",
    ]);
    await refused("INVALID_QUERY", activities.findMany({ orderBy: { regarding: "asc" } }));
    const groups = await activities.aggregate({
      groupBy: { regarding: true },
      measures: { n: "count" },
      orderBy: { n: "desc" },
      limit: 1,
    });
    assert.deepEqual(groups, [{ regarding: toAccount(acme), n: 2 }]);
    const inOrder = await activities.aggregate({ groupBy: { regarding: true }, measures: { n: "count" } });
    assert.deepEqual(
      inOrder.map((row) => (row["regarding"] as { entity?: string } | null)?.entity),
      [undefined, "account", "account", "contact", "contact"],
    );
    assert.deepEqual(
      await activities.aggregate({
        where: { regarding: { contact: ana.id } },
        groupBy: { regarding: { contact: { name: true } } },
        measures: { n: { countDistinct: "regarding" } },
      }),
      [{ regarding: { contact: { name: "Ana" } }, n: 1 }],
    );
    assert.deepEqual(await activities.aggregate({ measures: { n: { countDistinct: "regarding" } } }), [{ n: 4 }]);
  },

  async "unique-and-upsert"(t) {
    const xrm = await t.open(model);
    const { acme, ana } = await people(xrm);
    const profiles = xrm.entity("profile");
    const made = await profiles.create({ holder: toAccount(acme), only: toAccount(acme), kind: "x" });
    await profiles.createMany([
      { holder: toContact(ana), only: toContact(ana), kind: "x" },
      { holder: toAccount(acme), kind: "y" },
      { kind: "x" },
      { kind: "x" },
    ]);
    const twice = await refused("UNIQUE", profiles.create({ holder: toAccount(acme), kind: "X" }));
    assert.deepEqual(twice.params?.["fields"], ["holder", "kind"]);
    assert.equal((await refused("UNIQUE", profiles.create({ only: toContact(ana), kind: "z" }))).field, "only");
    const again = await profiles.upsert({ holder: toAccount(acme), kind: "x", score: 5 }, { by: ["holder", "kind"] });
    assert.deepEqual([again["id"], again["score"]], [made["id"], 5]);
    const other = await profiles.upsert({ only: toContact(ana), kind: "q" }, { by: "only" });
    assert.deepEqual([other["holder"], other["kind"]], [toContact(ana), "q"]);
    assert.equal((await profiles.upsert({ kind: "new" }, { by: "only" }))["version"], 1);
    assert.equal(await profiles.count(), 6);
  },
});
