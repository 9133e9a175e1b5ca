/** Search: the same records on every storage, in the order that is promised. */

import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import { field } from "@kith/schema";
import { column, refused, topic } from "./case.ts";
import { thing } from "./fixture.ts";
import { found, model, names, people } from "./search-fixture.ts";

/** Cases on what search finds. */
export const searches = topic("search", {
  async "finds-words-by-their-beginning-whatever-accents-and-case"(t) {
    const xrm = await t.open(model);
    await people(xrm);
    assert.deepEqual(await found(xrm, "joao"), ["João da Silva", "Zoë Ångström"]);
    assert.deepEqual(await found(xrm, "JOÃO"), ["João da Silva", "Zoë Ångström"]);
    assert.deepEqual(await found(xrm, "joa"), ["Ana Joaquina", "João da Silva", "Zoë Ångström"]);
    assert.deepEqual(await found(xrm, "angstrom"), ["Zoë Ångström"]);
    assert.deepEqual(await found(xrm, "strass"), ["Straßer"]);
    assert.deepEqual(await found(xrm, "ilva"), []);
    assert.deepEqual(await found(xrm, "nobody"), []);
    assert.deepEqual(await found(xrm, "olinda"), [], "a field that is not searchable is not looked into");
  },

  async "all-words-must-be-found-in-any-field"(t) {
    const xrm = await t.open(model);
    await people(xrm);
    assert.deepEqual(await found(xrm, "silva joao"), ["João da Silva"]);
    assert.deepEqual(await found(xrm, "ana vip paulo"), ["Ana Joaquina"]);
    assert.deepEqual(await found(xrm, "ana silva"), []);
    assert.deepEqual(await found(xrm, "neil, (fair)!"), ["Zoë Ångström"]);
  },

  async "quoted-words-are-whole"(t) {
    const xrm = await t.open(model);
    await people(xrm);
    assert.deepEqual(await found(xrm, '"joa"'), []);
    assert.deepEqual(await found(xrm, '"joao"'), ["João da Silva", "Zoë Ångström"]);
    assert.deepEqual(await found(xrm, '"joao da" sil'), ["João da Silva"]);
    assert.deepEqual(await found(xrm, "“joao” fai"), ["Zoë Ångström"]);
  },

  async "addresses-and-numbers-by-their-parts"(t) {
    const xrm = await t.open(model);
    await people(xrm);
    assert.deepEqual(await found(xrm, "joao.silva@exam"), ["João da Silva"]);
    assert.deepEqual(await found(xrm, "example.com"), ["João da Silva"]);
    for (const number of ["+5511912345678", "(11) 91234-5678", "11912345678", "5678"])
      assert.deepEqual(await found(xrm, number), ["João da Silva"], number);
  },

  async "scripts-without-spaces"(t) {
    const xrm = await t.open(thing({ text: field.text({ searchable: true }) }));
    const things = xrm.entity("thing");
    await things.createMany([
      { text: "私は東京都に住む" },
      { text: "京都" },
      { text: "สวัสดีครับ" },
      { text: "한국어에서" },
    ]);
    const texts = async (search: string) =>
      column(await things.findMany({ search, orderBy: { id: "asc" } }), "text").length;
    assert.equal(await texts("東京"), 1);
    assert.equal(await texts("京都"), 2);
    assert.equal(await texts("京"), 2);
    assert.equal(await texts("都"), 2);
    assert.equal(await texts("東京都に"), 1);
    assert.equal(await texts("京東"), 0);
    assert.equal(await texts("สวัส"), 1);
    assert.equal(await texts("한국"), 1);
    assert.equal(await texts("국어"), 0);
  },

  async "nothing-in-a-search-is-syntax"(t) {
    const xrm = await t.open(model);
    await people(xrm);
    const hostile = [
      "joao OR ana",
      "joao AND NOT silva",
      "joao*",
      '"joao" *',
      "NEAR(joao silva)",
      "{a} : joao",
      "a : joao",
      "^joao",
      "joao:*A",
      "joao & !silva",
      "joao | ana",
      "<-> joao",
      "joao\\:x",
      "'joao'; --",
      "%",
      "joao\u0001x",
    ];
    for (const search of hostile) {
      const call = found(xrm, search);
      if (search === "%") await refused("INVALID_QUERY", call);
      else await call;
    }
    assert.deepEqual(await found(xrm, "joao*"), ["João da Silva", "Zoë Ångström"]);
    assert.deepEqual(await found(xrm, "joao OR ana"), []);
  },

  async "what-cannot-be-searched-is-refused"(t) {
    const xrm = await t.open(model);
    const persons = xrm.entity("person");
    for (const search of ["", "  ", "!?", '""', "😀", null, 5, ["a"], "a\0b", "\ud800", "x".repeat(1_001)])
      await refused("INVALID_QUERY", persons.findMany({ search }));
    await refused(
      "INVALID_QUERY",
      persons.findMany({ search: Array.from({ length: 17 }, (_, i) => `w${i}`).join(" ") }),
    );
    await refused("INVALID_QUERY", persons.findPage({ search: "joao" }));
    await refused("INVALID_QUERY", xrm.entity("plain").findMany({ search: "joao" }));
    await refused("INVALID_QUERY", persons.findMany({ include: { firm: { search: "joao" } } }));
    assert.deepEqual(await persons.findMany({ search: Array.from({ length: 16 }, (_, i) => `w${i}`).join(" ") }), []);
  },

  async "together-with-everything-else"(t) {
    const xrm = await t.open(model);
    await people(xrm);
    const persons = xrm.entity("person");
    assert.deepEqual(await found(xrm, "joa", { where: { age: { gte: 40 } } }), ["Ana Joaquina", "Zoë Ångström"]);
    assert.deepEqual(await found(xrm, "joa", { where: { not: { city: null } } }), ["João da Silva"]);
    assert.deepEqual(await found(xrm, "joa", { limit: 1 }), ["Ana Joaquina"]);
    assert.equal(await persons.count({ search: "joa" }), 3);
    assert.equal(await persons.count({ search: "joa", where: { age: 30 } }), 1);
    assert.equal(await persons.exists({ search: "silva" }), true);
    assert.equal(await persons.exists({ search: "silvia" }), false);
    assert.equal((await persons.findOne({ search: "angstr" }))?.["name"], "Zoë Ångström");
    assert.deepEqual(await persons.aggregate({ search: "joa", measures: { n: "count", oldest: { max: "age" } } }), [
      { n: 3, oldest: 50 },
    ]);
    const page = await persons.findPage({ search: "joa", orderBy: { age: "desc" }, limit: 2, total: true });
    assert.deepEqual(column(page.rows, "age"), [50, 40]);
    assert.equal(page.total, 3);
    const next = await persons.findPage({ search: "joa", orderBy: { age: "desc" }, limit: 2, after: page.next });
    assert.deepEqual(column(next.rows, "age"), [30]);
  },

  async "in-includes"(t) {
    const xrm = await t.open(model);
    const firms = xrm.entity("firm");
    const [acme, beta] = (await firms.createMany([{ name: "Acme" }, { name: "Beta" }])) as [any, any];
    await xrm.entity("person").createMany([
      { name: "Ann Lee", firm: acme.id },
      { name: "Lee", firm: acme.id },
      { name: "Bob", firm: acme.id },
      { name: "Leeward", firm: beta.id, notes: "lee" },
    ]);
    const include = { people: { search: "lee", select: { name: true }, limit: 2 } };
    const rows = await firms.findMany({ select: { name: true }, include, orderBy: { name: "asc" } });
    assert.deepEqual(rows, [
      { name: "Acme", people: [{ name: "Ann Lee" }, { name: "Lee" }] },
      { name: "Beta", people: [{ name: "Leeward" }] },
    ]);
  },

  async "the-best-come-first"(t) {
    const xrm = await t.open(model);
    const persons = xrm.entity("person");
    await persons.createMany([
      { name: "in notes", notes: "rocha" },
      { name: "begins in notes", notes: "rochas" },
      { name: "in a label", labels: ["rocha"] },
      { name: "Rochas" },
      { name: "Rocha" },
      { name: "begins in a label", labels: ["rochas"] },
      { name: "Ana Rocha", notes: "rocha" },
    ]);
    // A whole word before a beginning, the title before other fields, these before long text; equals in the order of creation.
    assert.deepEqual(await names(xrm, "rocha"), [
      "Rocha",
      "Ana Rocha",
      "in a label",
      "Rochas",
      "begins in a label",
      "in notes",
      "begins in notes",
    ]);
    assert.deepEqual(await names(xrm, '"rocha"'), ["Rocha", "Ana Rocha", "in a label", "in notes"]);
    assert.deepEqual((await persons.findOne({ search: "rocha" }))?.["name"], "Rocha");
    // Each word counts by its best place.
    assert.deepEqual((await names(xrm, "ana rocha"))[0], "Ana Rocha");
  },

  async "weights-as-declared"(t) {
    const xrm = await t.open(model);
    const firms = xrm.entity("firm");
    await firms.createMany([
      { name: "x", site: "https://f.example" },
      { name: "example 1", site: "https://y.example" },
      { name: "0003" },
    ]);
    const by = async (search: string) => column(await firms.findMany({ search }), "name");
    assert.deepEqual(await by("example"), ["example 1", "x"]);
    assert.deepEqual(await by("0003"), ["0003"]);
    assert.deepEqual(await by("f-0002"), ["example 1"]);
    assert.deepEqual((await by("f"))[0], "x", "an autonumber of weight A, and a site");
  },

  async "across-entities"(t) {
    const xrm = await t.open(model);
    const [acme] = (await xrm.entity("firm").createMany([{ name: "Rocha" }, { name: "Rochas Ltd" }])) as [any];
    const [ana] = (await xrm
      .entity("person")
      .createMany([{ name: "Ana Rocha", notes: "likes tea" }, { name: "Bob", notes: "rocha" }, { name: "Eve" }])) as [
      any,
    ];
    const hits = await xrm.$.search("rocha");
    assert.deepEqual(
      hits.map(({ entity, title, rank }: any) => [entity, title, rank]),
      [
        ["person", "Ana Rocha", 1],
        ["firm", "Rocha", 0.5],
        ["firm", "Rochas Ltd", 0.25],
        ["person", "Bob", 0.125],
      ],
    );
    assert.deepEqual(hits[0]?.record, ana);
    assert.equal(hits[1]?.id, acme.id);
    const two = await xrm.$.search("ana ro");
    assert.deepEqual(
      two.map(({ title, rank }: any) => [title, rank]),
      [["Ana Rocha", 0.75]],
    );
    assert.deepEqual(
      (await xrm.$.search("rocha", { limit: 2 })).map(({ title }: any) => title),
      ["Ana Rocha", "Rocha"],
    );
    const firms = await xrm.$.search("rocha", { entities: ["firm", "firm"] });
    assert.deepEqual(
      firms.map(({ title }: any) => title),
      ["Rocha", "Rochas Ltd"],
    );
    await xrm.transaction(async (tx: Xrm<any>) => {
      await tx.entity("person").update(ana.id, { name: "Ana" });
      assert.equal((await tx.$.search("rocha")).length, 3);
    });
    await refused("INVALID_QUERY", xrm.$.search("!"));
    await refused("INVALID_QUERY", xrm.$.search("rocha", { entities: ["plain"] }));
    await refused("UNKNOWN_ENTITY", xrm.$.search("rocha", { entities: ["nothing"] }));
    await refused("INVALID_OPTIONS", xrm.$.search("rocha", { entities: [] }));
    await refused("INVALID_OPTIONS", xrm.$.search("rocha", { limit: 0 }));
    await refused("INVALID_OPTIONS", xrm.$.search("rocha", { first: 2 } as object));
  },
});
