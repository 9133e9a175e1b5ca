import { createXrm, type Xrm } from "@kith/core";
import { errorOf } from "@kith/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { type Entities, lockHolder, model, temporaryFolder, waitsAside } from "./fixture.ts";

let xrm: Xrm<Entities>;
beforeEach(async () => {
  xrm = await createXrm<Entities>({ model, storage: sqlite({ file: ":memory:" }) });
});
afterEach(() => xrm.close());

const nowhere = "018f4e3a-0002-751a-a807-00000000dead";

describe("unique values", () => {
  it("name the field, the value and what to do", async () => {
    await xrm.contact.create({ email: "Ana@x.com" });
    const error = await errorOf(() => xrm.contact.create({ email: "ana@X.com" }));
    expect(error).toMatchObject({ code: "UNIQUE", entity: "contact", field: "email", params: { fields: ["email"] } });
    expect(error.message).toBe(
      `Another record of 'contact' already has email "ana@X.com"; give another value, or update that record.`,
    );
    const b = await xrm.contact.create({ email: "b@x.com" });
    expect(await errorOf(() => xrm.contact.update(b.id, { email: "ANA@x.com" }))).toMatchObject({
      code: "UNIQUE",
      field: "email",
    });
  });

  it("can be several fields together, and null is free", async () => {
    const a = await xrm.account.create({ name: "a" });
    await xrm.opportunity.create({ topic: "T", account: a.id });
    const error = await errorOf(() => xrm.opportunity.create({ topic: "t", account: a.id }));
    expect(error).toMatchObject({ code: "UNIQUE", field: undefined, params: { fields: ["account", "topic"] } });
    await xrm.account.createMany([{ name: "b" }, { name: "c" }]);
    expect(await xrm.account.count({ where: { code: null } })).toBe(3);
  });

  it("hold for ids", async () => {
    const { id } = await xrm.account.create({ name: "a" });
    const error = await errorOf(() => xrm.account.create({ id, name: "b" }));
    expect(error).toMatchObject({ code: "UNIQUE", field: "id", params: { fields: ["id"] } });
    expect(error.message).toContain("leave the id out");
  });
});

describe("references", () => {
  it("name the lookup and the id", async () => {
    const a = await xrm.account.create({ name: "a" });
    const error = await errorOf(() => xrm.opportunity.create({ topic: "t", account: a.id, contact: nowhere }));
    expect(error).toMatchObject({
      code: "REFERENCE",
      entity: "opportunity",
      field: "contact",
      params: { id: nowhere },
    });
    expect(error.message).toContain("create it first");
    expect(await errorOf(() => xrm.account.update(a.id, { parent: nowhere }))).toMatchObject({
      code: "REFERENCE",
      field: "parent",
    });
    expect(await xrm.opportunity.count()).toBe(0);
  });

  it("may lead to the record itself", async () => {
    const a = await xrm.account.create({ name: "a" });
    await xrm.account.update(a.id, { parent: a.id });
    const id = "018f4e3a-0002-751a-a807-000000000001";
    expect(await xrm.account.create({ id, name: "b", parent: id })).toMatchObject({ parent: id });
    await xrm.account.update(id, { parent: null });
    expect(await xrm.account.delete(id)).toBeUndefined();
  });

  it("restrict deleting, naming who looks up", async () => {
    const a = await xrm.account.create({ name: "a" });
    await xrm.opportunity.create({ topic: "t", account: a.id });
    const error = await errorOf(() => xrm.account.delete(a.id));
    expect(error).toMatchObject({
      code: "RESTRICTED",
      entity: "account",
      params: { by: "opportunity", lookup: "account" },
    });
    expect(await xrm.account.count()).toBe(1);
  });
});

describe("updates", () => {
  it("write nothing when nothing changes: JSON, lists, nulls and numbers included", async () => {
    const a = await xrm.account.create({ name: "a", revenue: "5.00" });
    expect(await xrm.account.update(a.id, { revenue: "5.0", name: "a", parent: null })).toEqual(a);
    const c = await xrm.contact.create({ email: "c@x.com", tags: ["x", "y"], settings: { b: 1, a: [2] } });
    expect(await xrm.contact.update(c.id, { tags: ["x", "y"], settings: { a: [2], b: 1 }, active: true })).toEqual(c);
    expect((await xrm.contact.update(c.id, { tags: ["y", "x"] })).version).toBe(2);
  });

  it("see that folded text differs in case alone", async () => {
    const a = await xrm.account.create({ name: "acme" });
    expect(await xrm.account.update(a.id, { name: "ACME" })).toMatchObject({ name: "ACME", version: 2 });
    expect(await xrm.account.count({ where: { name: { contains: "acme" } } })).toBe(1);
  });

  it("keep to the version asked for", async () => {
    const a = await xrm.account.create({ name: "a" });
    await xrm.account.update(a.id, { name: "b" });
    expect((await errorOf(() => xrm.account.update(a.id, { name: "c" }, { ifVersion: 1 }))).code).toBe("CONFLICT");
    expect((await errorOf(() => xrm.account.delete(a.id, { ifVersion: 1 }))).code).toBe("CONFLICT");
    expect((await xrm.account.update(a.id, { name: "c" }, { ifVersion: 2 })).version).toBe(3);
    expect((await errorOf(() => xrm.account.update(nowhere, { name: "x" }))).code).toBe("NOT_FOUND");
  });
});

describe("values", () => {
  it.each([
    "'; drop table account; --",
    '"; delete from "account',
    "%_\\?$1:name@x",
    "\u{10ffff}\u{0001}\u{7f}",
    "👩‍👩‍👧‍👦",
    "e\u0301 é",
    "\ufeffbom",
    " spaces ",
    "null",
    "x".repeat(255),
  ])("come back as they went in: %j", async (text) => {
    const a = await xrm.account.create({ name: text, country: text });
    expect(await xrm.account.get(a.id)).toEqual(a);
    expect(a).toMatchObject({ name: text, country: text });
    for (const where of [
      { name: text },
      { country: text },
      { name: { in: [text] } },
      { country: { startsWith: text } },
      { name: { contains: text } },
    ]) {
      expect(await xrm.account.count({ where }), JSON.stringify(where)).toBe(1);
    }
    const c = await xrm.contact.create({
      email: "a@x.com",
      notes: text,
      tags: [text.trim().slice(0, 100)],
      settings: { [text]: [text] },
    });
    expect(await xrm.contact.get(c.id)).toEqual(c);
    expect(await xrm.contact.count({ where: { tags: { contains: text.trim().slice(0, 100) } } })).toBe(1);
  });

  it("may be a million characters", async () => {
    const notes = "á".repeat(1_000_000);
    const c = await xrm.contact.create({ email: "a@x.com", notes });
    expect((await xrm.contact.get(c.id)).notes).toBe(notes);
  });

  it("keep the extremes of numbers", async () => {
    const { id: account } = await xrm.account.create({ name: "a" });
    for (const probability of [5e-324, -5e-324, 1.7976931348623157e308, 0.1, -0]) {
      const row = await xrm.opportunity.create({ topic: `${probability}`, account, probability });
      expect((await xrm.opportunity.get(row.id)).probability).toBe(probability + 0);
    }
  });
});

describe("other processes", () => {
  it("that hold the lock are waited for without stopping this one; reads go on", async () => {
    const temporary = temporaryFolder();
    const file = temporary.path("shared.db");
    const mine = await createXrm<Entities>({ model, storage: sqlite({ file }) });
    const { id } = await mine.account.create({ name: "a" });
    const { letGo } = await lockHolder(file);
    const writing = mine.account.update(id, { name: "b" });
    const transaction = mine.transaction((tx) => tx.account.create({ name: "c" }));
    expect((await mine.account.get(id)).name).toBe("a");
    expect(await waitsAside(Promise.race([writing, transaction]))).toBe(true);
    expect((await mine.account.get(id)).name).toBe("a");
    await letGo();
    expect((await writing).name).toBe("b");
    await transaction;
    expect(await mine.account.count()).toBe(2);
    await mine.close();
    temporary.remove();
  }, 20_000);
});
