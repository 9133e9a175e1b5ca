// Lookups to one of several entities, in each of their forms.
import { createXrm, defineEntity, defineModel, type EntitiesOf, field } from "@kith/core";
import { importRecords } from "@kith/import";
import { describe, expect, it } from "vitest";
import { failure } from "./fixture.ts";
import { csv, open } from "./members-model.ts";
import { storages } from "./storages.ts";

describe.each(storages)("lookups to several entities on %s", (_, storage) => {
  async function filled() {
    const xrm = await open(storage());
    const acme = await xrm.account.create({ name: "Acme", code: "1" });
    const both = await xrm.account.create({ name: "Ana", code: "2" });
    const ana = await xrm.contact.create({ name: "Ana", email: "ana@example.com" });
    const notes = async () => {
      const rows = await xrm.note.findMany({ orderBy: [{ text: "asc" }] });
      return rows.map(({ regarding }) => regarding);
    };
    return { xrm, acme, both, ana, notes };
  }
  const to = (entity: string, { id }: { id: string }) => ({ entity, id });

  it("stand in a column for each target", async () => {
    const { xrm, acme, ana, notes } = await filled();
    const source = csv(
      "text,Account,Contact\na,acme,\nb,,ana@example.com\nc,,\nd,Acme,ana@example.com\ne,Acmee,\nf,,Bia\n",
    );
    const options = {
      entity: "note",
      source,
      match: "text",
      map: { text: "text", "regarding.contact": { from: "Contact", lookupBy: "email" } },
      auto: true,
    } as const;
    const result = await importRecords(xrm, options);
    expect(await notes()).toEqual([to("account", acme), to("contact", ana), null]);
    expect(result.rejects.map(({ line, code, field, reason }) => [line, code, field, reason])).toEqual([
      [
        5,
        "LOOKUP_TWICE",
        "regarding",
        "regarding names 2 records, of contact (column 'Contact') and account (column 'Account'), and can lead to one; empty the others",
      ],
      [
        6,
        "LOOKUP_MISSING",
        "regarding.account",
        "regarding.account (column 'Account') names the account \"Acmee\", which is not there. Did you mean 'Acme'?",
      ],
      [7, "EMAIL", "regarding.contact", expect.stringContaining("regarding.contact (column 'Contact') must be")],
    ]);
    expect(await importRecords(xrm, options)).toMatchObject({ created: 0, updated: 0, unchanged: 3, rejected: 3 });
  });

  it("stand in a column for the entity and one for what the record is called", async () => {
    const { xrm, acme, ana, both, notes } = await filled();
    const source = csv(
      "text,regarding.entity,regarding\na,account,Acme\nb,Contact,Ana\nc,Contas,Acme\nd,CONTA,Ana\ne,,\n",
    );
    await importRecords(xrm, { entity: "note", source });
    expect(await notes()).toEqual(
      [to("account", acme), to("contact", ana), null, to("account", both), null].toSpliced(2, 1, to("account", acme)),
    );
    const bad = csv("Text,Regarding type,Regarding ID\nf,acount,Acme\ng,account,\nh,,Acme\ni,contact,Acme\n");
    const result = await importRecords(xrm, { entity: "note", source: bad });
    expect(result.rejects.map(({ line, code, field, reason }) => [line, code, field, reason])).toEqual([
      [
        2,
        "ENTITY",
        "regarding.entity",
        "regarding.entity (column 'Regarding type') must be one of account, contact, note, not \"acount\". Did you mean 'account'?",
      ],
      [
        3,
        "INCOMPLETE",
        "regarding",
        "regarding (column 'Regarding ID') is empty beside \"account\"; fill in both, or neither",
      ],
      [
        4,
        "INCOMPLETE",
        "regarding.entity",
        "regarding.entity (column 'Regarding type') is empty, so that nobody knows what \"Acme\" is; fill it in",
      ],
      [
        5,
        "LOOKUP_MISSING",
        "regarding",
        "regarding (column 'Regarding ID') names the contact \"Acme\", which is not there.",
      ],
    ]);
  });

  it("stand in one column, where one record alone of all entities may be called so", async () => {
    const { xrm, acme, ana, notes } = await filled();
    const whole = JSON.stringify(to("account", acme)).replaceAll('"', '""');
    const source = csv(`text,regarding\na,Acme\nb,${ana.id}\nc,"${whole}"\nd,Ana\ne,Acm\n`);
    const result = await importRecords(xrm, { entity: "note", source });
    // A note may be called so, too, so that they wait for all notes to be in.
    expect(await notes()).toEqual([to("account", acme), to("contact", ana), to("account", acme), null, null]);
    expect(result.rejects.map(({ line, code, reason }) => [line, code, reason])).toEqual([
      [
        5,
        "LOOKUP_AMBIGUOUS",
        "regarding names \"Ana\", and there is such a record of account and of contact; say which in a column of its own, 'regarding.entity'",
      ],
      [
        6,
        "LOOKUP_MISSING",
        "regarding names \"Acm\", which is no record of account, contact, note. Did you mean 'Acme'?",
      ],
    ]);
  });

  it("may lead to a row that comes later in the source", async () => {
    const { xrm, acme, notes } = await filled();
    const source = csv("text,regarding.note,regarding.account\na,b,\nb,,Acme\nc,C,\n");
    const options = { entity: "note", source, match: "text" } as const;
    expect(await importRecords(xrm, options)).toMatchObject({ created: 3, secondPass: { updated: 2 } });
    const rows = await xrm.note.findMany({ orderBy: [{ text: "asc" }] });
    const [, b, c] = rows as [unknown, { id: string }, { id: string }];
    expect(await notes()).toEqual([to("note", b), to("account", acme), to("note", c)]);
    expect(await importRecords(xrm, options)).toMatchObject({ updated: 0, unchanged: 3, secondPass: { unchanged: 2 } });
    const any = csv("text,regarding\na,Acme\nb,c\nc,nobody\n");
    expect(await importRecords(xrm, { ...options, source: any })).toMatchObject({
      updated: 2,
      rejected: 1,
      secondPass: { updated: 2, rejected: 1 },
    });
    expect((await notes()).slice(0, 2)).toEqual([to("account", acme), to("note", c)]);
  });

  it("are emptied by an empty cell of the entity that they lead to, and of no other", async () => {
    const { xrm, acme, ana, notes } = await filled();
    await xrm.note.createMany([
      { text: "a", regarding: { entity: "account", id: acme.id } },
      { text: "b", regarding: { entity: "contact", id: ana.id } },
    ]);
    const options = { entity: "note", match: "text" } as const;
    const some = csv("text,regarding.account\na,\nb,\n");
    expect(await importRecords(xrm, { ...options, source: some })).toMatchObject({ updated: 1, unchanged: 1 });
    expect(await notes()).toEqual([null, to("contact", ana)]);
    expect(await importRecords(xrm, { ...options, source: csv("text,regarding\na,\nb,\n") })).toMatchObject({
      updated: 1,
    });
    expect(await notes()).toEqual([null, null]);
  });

  it("tell with other fields which record a row is, also when very many share one", async () => {
    const call = defineEntity("call", {
      fields: { about: field.lookup(["account", "contact"]), topic: field.text(), length: field.duration() },
      unique: [["about", "topic"]],
    });
    const account = defineEntity("account", { title: "name", fields: { name: field.text() } });
    const contact = defineEntity("contact", { title: "name", fields: { name: field.text() } });
    const model = defineModel({ entities: [account, contact, call] });
    const xrm = await createXrm<EntitiesOf<typeof model>>({ model, storage: storage() });
    const { id } = await xrm.account.create({ name: "Acme" });
    await xrm.contact.create({ name: "Ana" });
    const about = { entity: "account", id } as const;
    await xrm.call.createMany(Array.from({ length: 5_010 }, (_, i) => ({ about, topic: `t${i}` })));
    const source = csv(
      "about account,about contact,topic,length\nAcme,,T7,1h\n,Ana,t7,2h\nAcme,,t5009,3h\nAcme,,new,4h\n,,t7,5h\n",
    );
    const options = { entity: "call", source, match: ["about", "topic"] } as const;
    expect(await importRecords(xrm, options)).toMatchObject({ created: 3, updated: 2, rejected: 0 });
    expect(await importRecords(xrm, options)).toMatchObject({ created: 0, updated: 0, unchanged: 5 });
    expect(await xrm.call.count({ where: { length: { isNull: false } } })).toBe(5);
  });

  it("can be constants, and what rows are matched by", async () => {
    const { xrm, acme, notes } = await filled();
    const map = { text: "text", "regarding.account": { value: "Acme" } } as const;
    await importRecords(xrm, { entity: "note", source: csv("text\na\n"), map });
    const entity = { text: "text", "regarding.entity": { value: "account" }, regarding: "of" } as const;
    await importRecords(xrm, { entity: "note", source: csv("text,of\nb,Acme\nc,\n"), map: entity });
    expect(await notes()).toEqual([to("account", acme), to("account", acme), null]);
    const error = await failure(
      importRecords(xrm, { entity: "note", source: csv("text\n"), match: ["text", "regarding"] }),
    );
    expect(error.issues[0]?.message).toContain("a lookup to 'note' itself");
  });
});
