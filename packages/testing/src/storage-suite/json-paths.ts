/** Filters on what stands at a path in a json field. */

import assert from "node:assert/strict";
import { defineModel } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { column, refused, topic } from "./case.ts";
import { thing } from "./fixture.ts";

const values: readonly unknown[] = [
  { theme: { color: "dark", size: 12 }, tags: ["a", "b"], on: true },
  { theme: { color: "Dark", size: 9 }, tags: [], on: false },
  { theme: { color: null }, tags: [["x"], { y: 1 }] },
  { theme: ["dark", "light"], size: "12" },
  { "theme.color": "dotted", 'a"b': 1, "a\\b": 2, ключ: 3, "": 4, "0": "zero", $: 5, "a b": 6, "'": 7 },
  [1, 2.5, [3]],
  "dark",
  12,
  null,
  { n: 2 ** 53, big: 1e21, small: 5e-324, third: 1 / 3, neg: -0 },
  { theme: { color: "dark%_", size: 2 ** 60 } },
];

/** Cases on paths. */
export const jsonPaths = topic("json-paths", {
  async "the-end-of-a-path"(t) {
    const things = (await t.open(thing({ value: { kind: "json" } as never }))).entity("thing");
    const rows = await things.createMany(values.map((value) => ({ value })));
    const found = async (test: object) => {
      const ids = (await things.findMany({ where: { value: test }, select: { id: true } })).map((row) => row["id"]);
      const others = await things.findMany({ where: { not: { value: test } }, select: { id: true } });
      assert.equal(ids.length + others.length, rows.length, "a condition is true or false");
      return rows.flatMap((row, i) => (ids.includes(row["id"]) ? [i] : []));
    };
    const all = values.map((_, i) => i);
    const but = (...out: number[]) => all.filter((i) => !out.includes(i));
    assert.deepEqual(await found({ path: "theme.color", eq: "dark" }), [0]);
    assert.deepEqual(await found({ path: ["theme", "color"], eq: "dark" }), [0]);
    assert.deepEqual(await found({ path: "theme.color", ne: "dark" }), but(0));
    assert.deepEqual(await found({ path: "theme.color", in: ["dark", "Dark", 5, true] }), [0, 1]);
    assert.deepEqual(await found({ path: "theme.color", notIn: ["dark", "Dark"] }), but(0, 1));
    assert.deepEqual(await found({ path: "theme.color", in: [] }), []);
    assert.deepEqual(await found({ path: "theme.color", notIn: [] }), all);
    assert.deepEqual(await found({ path: "theme.color", in: ["dark", null] }), but(1, 10));
    assert.deepEqual(await found({ path: "theme.color", isNull: false }), [0, 1, 10]);
    assert.deepEqual(await found({ path: "theme.color", eq: null }), but(0, 1, 10));
    assert.deepEqual(await found({ path: "theme.color", ne: null }), [0, 1, 10]);
    assert.deepEqual(await found({ path: "theme.color", contains: "ark" }), [0, 1, 10]);
    assert.deepEqual(await found({ path: "theme.color", startsWith: "dark" }), [0, 10]);
    assert.deepEqual(await found({ path: "theme.color", endsWith: "%_" }), [10]);
    assert.deepEqual(await found({ path: "theme.color", contains: "_" }), [10]);
    assert.deepEqual(await found({ path: "theme.color", gte: "dark" }), [0, 10]);
    assert.deepEqual(await found({ path: "theme.color", lt: "dark" }), [1]);
    assert.deepEqual(await found({ path: "theme.color", between: ["Dark", "dark"] }), [0, 1]);
    assert.deepEqual(await found({ path: "theme.size", gt: 9 }), [0, 10]);
    assert.deepEqual(await found({ path: "theme.size", lte: 12, gte: 9 }), [0, 1]);
    assert.deepEqual(await found({ path: "theme.size", eq: "12" }), []);
    assert.deepEqual(await found({ path: "size", eq: 12 }), []);
    assert.deepEqual(await found({ path: "theme.size", eq: 2 ** 60 }), [10]);
    assert.deepEqual(await found({ path: "theme.size", between: [9, 9] }), [1]);
    assert.deepEqual(await found({ path: "on", eq: true }), [0]);
    assert.deepEqual(await found({ path: "on", in: [false, 1, 0] }), [1]);
    assert.deepEqual(await found({ path: "on", gt: false }), [0]);
  },

  async "places-and-strange-keys"(t) {
    const things = (await t.open(thing({ value: { kind: "json" } as never }))).entity("thing");
    const rows = await things.createMany(values.map((value) => ({ value })));
    const found = async (path: unknown, eq: unknown) => {
      const [row, more] = await things.findMany({ where: { value: { path, eq } } });
      assert.equal(more, undefined);
      return rows.findIndex(({ id }) => id === row?.["id"]);
    };
    assert.equal(await found("tags.1", "b"), 0);
    assert.equal(await found("tags.0.0", "x"), 2);
    assert.equal(await found("tags.1.y", 1), 2);
    assert.equal(await found("theme.0", "dark"), 3);
    assert.equal(await found("1", 2.5), 5);
    assert.equal(await found([2, 0], 3), 5);
    assert.equal(await found(["theme.color"], "dotted"), 4);
    // A key is no place, and a place no key.
    assert.equal(await found(["0"], "zero"), 4);
    assert.equal(await found([0], "zero"), -1);
    assert.equal(await found(["1"], 2.5), -1);
    assert.equal(await found(['a"b'], 1), 4);
    assert.equal(await found(["a\\b"], 2), 4);
    assert.equal(await found("ключ", 3), 4);
    assert.equal(await found([""], 4), 4);
    assert.equal(await found("$", 5), 4);
    assert.equal(await found("a b", 6), 4);
    assert.equal(await found("'", 7), 4);
    assert.equal(await found("n", 2 ** 53), 9);
    assert.equal(await found("big", 1e21), 9);
    assert.equal(await found("small", 5e-324), 9);
    assert.equal(await found("third", 1 / 3), 9);
    assert.equal(await found("neg", 0), 9);
    assert.equal(await found("length", 4), -1);
    assert.equal(await found("constructor", "Object"), -1);
  },

  async "one-shape-for-each-path-and-type"(t) {
    const note = defineEntity("note", {
      fields: { path: field.text(), data: field.json(), file: field.lookup("note") },
      checks: { low: { where: { data: { path: "low", lt: 10 } }, message: "low is below 10" } },
    });
    const notes = (await t.open(defineModel({ entities: [note] }))).entity("note");
    const [a, b] = await notes.createMany([
      { path: "x", data: { low: 1, a: 1, b: "1" } },
      { path: "y", data: { low: 2, a: "1", b: 1 } },
    ]);
    for (let round = 0; round < 2; round++) {
      const count = (where: object) => notes.count({ where });
      assert.equal(await count({ data: { path: "a", eq: 1 } }), 1);
      assert.equal(await count({ data: { path: "a", eq: "1" } }), 1);
      assert.equal(await count({ data: { path: "a", in: [1, "1"] } }), 2);
      assert.equal(await count({ data: { path: "a", in: ["1"] } }), 1);
      assert.equal(await count({ data: { path: "b", in: [2, "1"] } }), 1);
      assert.equal(await count({ data: { path: ["b"], eq: 1 } }), 1);
      // A field of that name is a field.
      assert.equal(await count({ path: "x" }), 1);
      assert.equal(await count({ path: { startsWith: "x" }, data: { path: "a", eq: 1 } }), 1);
    }
    await notes.update(String(a?.["id"]), { file: b?.["id"] });
    assert.deepEqual(column(await notes.findMany({ where: { file: { path: "y" } } }), "path"), ["x"]);
    await refused("INVALID_RECORD", notes.create({ data: { low: 10 } }));
    await refused("INVALID_RECORD", notes.create({ data: { low: "1" } }));
    for (const data of [
      { path: "a" },
      { path: "", eq: 1 },
      { path: [], eq: 1 },
      { path: [-1], eq: 1 },
      { path: [1.5], eq: 1 },
      { path: 5, eq: 1 },
      { path: "a", eq: { x: 1 } },
      { path: "a", eq: [1] },
      { path: "a", gt: null },
      { path: "a", gt: undefined },
      { path: "a", between: [1, "2"] },
      { path: "a", between: [1] },
      { path: "a", contains: 1 },
      { path: "a", like: "x" },
      { path: "a", isNull: 1 },
      { path: "a".repeat(300), eq: 1 },
      { path: Array.from({ length: 40 }, () => "a"), eq: 1 },
      { eq: 1 },
    ])
      await refused("INVALID_QUERY", notes.count({ where: { data } }));
  },
});
