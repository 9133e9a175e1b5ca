/** Names, numbers and sizes at the ends of what is allowed. */

import assert from "node:assert/strict";
import { defineModel } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { column, refused, topic } from "./case.ts";
import { fixture, plant, thing } from "./fixture.ts";

/** Cases on limits. */
export const limits = topic("limits", {
  async "lists-of-ten-thousand"(t) {
    const xrm = await t.open(fixture);
    await plant(xrm);
    const codes = Array.from({ length: 9_999 }, (_, i) => `x${i}`);
    const names = async (where: object) => column(await xrm.entity("account").findMany({ where }), "name");
    assert.deepEqual(await names({ code: { in: [...codes, "B"] } }), ["beta"]);
    assert.deepEqual(await names({ code: { notIn: [...codes, "B"] } }), ["Acme", "Gámma", "lone"]);
    await refused("INVALID_QUERY", xrm.entity("account").findMany({ where: { code: { in: [...codes, "B", "C"] } } }));
  },

  async "lookups-that-one-query-goes-through"(t) {
    const lookups = Array.from({ length: 45 }, (_, i) => `to${i}`);
    const fields = Object.fromEntries(lookups.map((name) => [name, field.lookup("thing")]));
    const things = (await t.open(thing({ ...fields, n: field.integer() }))).entity("thing");
    const [first, second] = await things.createMany([{ n: 1 }, { n: 2 }]);
    await things.update(String(first?.["id"]), { to39: second?.["id"] });
    const through = (count: number) => lookups.slice(0, count).map((name) => ({ [name]: { n: "desc" as const } }));
    assert.deepEqual(column(await things.findMany({ orderBy: through(40) }), "n"), [1, 2]);
    await refused("INVALID_QUERY", things.findMany({ orderBy: through(41) }));
    const groupBy = (count: number) => Object.fromEntries(lookups.slice(0, count).map((name) => [name, { n: true }]));
    assert.equal((await things.aggregate({ groupBy: groupBy(40), measures: { all: "count" } })).length, 2);
    await refused("INVALID_QUERY", things.aggregate({ groupBy: groupBy(41), measures: { all: "count" } }));
  },

  async "circles-of-one-query"(t) {
    const things = (await t.open(thing({ at: field.geo() }))).entity("thing");
    await things.create({ at: { lat: 10, lng: 20 } });
    const circles = (count: number) =>
      Array.from({ length: count }, (_, km) => ({ at: { near: { lat: 10, lng: 20, km } } }));
    assert.equal(await things.count({ where: { and: circles(160) } }), 1);
    await refused("INVALID_QUERY", things.count({ where: { and: circles(170) } }));
  },

  async "a-hundred-fields"(t) {
    const fields = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`field${i}`, i % 2 ? field.text() : field.integer()]),
    );
    const things = (await t.open(thing(fields))).entity("thing");
    const values = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`field${i}`, i % 2 ? `é${i}` : i]));
    const made = await things.create(values);
    const {
      id: _,
      version: __,
      createdAt: ___,
      createdBy: ____,
      updatedAt: _____,
      updatedBy: ______,
      ...rest
    } = await things.get(String(made["id"]));
    assert.deepEqual(rest, values);
    const where = { and: Array.from({ length: 100 }, (_, i) => ({ [`field${i}`]: values[`field${i}`] })) };
    assert.equal(await things.count({ where }), 1);
    assert.equal(await things.count({ where: { not: where } }), 0);
    assert.equal(
      (await things.findMany({ orderBy: Array.from({ length: 20 }, (_, i) => ({ [`field${i}`]: "desc" })) })).length,
      1,
    );
  },

  async "words-of-sql-as-names"(t) {
    const names = ["order", "group", "table", "index", "user", "select", "primary", "references", "from", "values2"];
    const entities = names.map((name, i) =>
      defineEntity(name, {
        unique: [["default", "check"]],
        indexes: [["limit", "offset"]],
        fields: {
          select: field.text(),
          from: field.integer(),
          default: field.text(),
          check: field.boolean(),
          limit: field.date(),
          offset: field.integer(),
          rowid: field.integer(),
          oid: field.text(),
          row: field.json(),
          to: field.lookup(names[(i + 1) % names.length] as string),
          group: field.children(names[(i + names.length - 1) % names.length] as string, { via: "to" }),
        },
      }),
    );
    const xrm = await t.open(defineModel({ entities }));
    for (const name of names) {
      const made = await xrm.entity(name).create({
        select: "a",
        from: 1,
        default: "d",
        check: true,
        limit: "2026-01-01",
        offset: 2,
        rowid: 77,
        oid: "o",
        row: { a: 1 },
      });
      const found = await xrm.entity(name).findMany({
        where: { from: 1, rowid: { gt: 70 }, select: { contains: "A" } },
        orderBy: [{ limit: "desc" }, { oid: "asc" }],
        include: { group: true, to: true },
      });
      assert.deepEqual(found, [{ ...made, to: null, group: [] }]);
      assert.deepEqual(
        await xrm.entity(name).aggregate({ groupBy: { check: true }, measures: { sum: { sum: "offset" } } }),
        [{ check: true, sum: 2 }],
      );
    }
  },

  async "names-of-forty-characters"(t) {
    const long = (letter: string) => letter + "n".repeat(38);
    const first = defineEntity(`${long("a")}x`, {
      fields: {
        [`${long("f")}x`]: field.text({ unique: true }),
        [`${long("f")}y`]: field.text({ unique: true }),
        kids: field.children(`${long("a")}y`, { via: `${long("p")}x` }),
      },
    });
    const second = defineEntity(`${long("a")}y`, {
      fields: { [`${long("p")}x`]: field.lookup(`${long("a")}x`), [`${long("p")}y`]: field.lookup(`${long("a")}x`) },
    });
    const xrm = await t.open(defineModel({ entities: [first, second] }));
    const made = await xrm.entity(`${long("a")}x`).create({ [`${long("f")}x`]: "v" });
    await refused("UNIQUE", xrm.entity(`${long("a")}x`).create({ [`${long("f")}x`]: "V" }));
    await xrm.entity(`${long("a")}y`).create({ [`${long("p")}x`]: made["id"] });
    assert.equal(await xrm.entity(`${long("a")}x`).count({ where: { kids: { some: {} } } }), 1);
  },

  async "hostile-text-stays-text"(t) {
    const xrm = await t.open(fixture);
    for (const name of [
      "'; DROP TABLE account; --",
      '") OR 1=1 --',
      "${1+1}",
      "\\",
      "\n",
      "%_",
      "0".repeat(255),
      "👍".repeat(255),
    ]) {
      const made = await xrm.entity("account").create({ name });
      assert.deepEqual(
        column(await xrm.entity("account").findMany({ where: { name }, orderBy: { name: "asc" } }), "id"),
        [made["id"]],
      );
      await xrm.entity("account").update(String(made["id"]), { name: `${[...name].slice(1).join("")}x` });
      await xrm.entity("account").delete(String(made["id"]));
    }
    for (const name of ["a\0b", "\ud800", "x".repeat(256)])
      await refused("INVALID_RECORD", xrm.entity("account").create({ name }));
    assert.equal(await xrm.entity("account").count(), 0);
  },
});
