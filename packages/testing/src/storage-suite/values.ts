/** Every field type takes its values in and gives them back in normal form. */

import assert from "node:assert/strict";
import { defineModel } from "@kith/core";
import { defineEntity, type FieldDef, type FieldType, fieldTypes } from "@kith/schema";
import { edgeDates, edgeDurations, edgeFloats, edgeIntegers, edgeTexts, edgeTimes } from "../random/edges.ts";
import { isPolymorphic } from "../random/lookups.ts";
import { Random } from "../random/random.ts";
import { randomValue } from "../random/values.ts";
import { type StorageCase, topic } from "./case.ts";
import { thing } from "./fixture.ts";

/** A field to be tried, and values for it in normal form. */
export interface DeclaredField {
  readonly name: string;
  readonly type: FieldType;
  readonly def: FieldDef;
  readonly values: readonly unknown[];
}

/** Declarations beside the plain one of each kind; some kinds have no plain one. */
const variants: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  text: { text: {}, "text-unfolded": { fold: false } },
  decimal: { decimal: {}, "decimal-scale-0": { scale: 0 }, "decimal-scale-12": { scale: 12 } },
  choice: { choice: { values: ["z", "a", "é", "B", "b'", "10", "9"] } },
  multiChoice: { multiChoice: { values: ["z", "a", "é", "B", "b'", "10", "9"] } },
};

/** Fields of every kind that a record holds and a caller gives. */
export const declarations: readonly DeclaredField[] = fieldTypes
  .filter((type) => !type.relation && !type.generate && !isPolymorphic(type))
  .flatMap((type) =>
    Object.entries(variants[type.kind] ?? { [type.kind]: {} }).map(([name, options]) => declared(name, type, options)),
  );

function declared(name: string, type: FieldType, options: object): DeclaredField {
  const def: FieldDef = { ...options, kind: type.kind };
  const random = new Random(7);
  const made = random.times(25, () => randomValue(random, type, def)).filter((value) => value !== undefined);
  const read = [...edges(type.kind), ...made].map((value) => type.read(value, def));
  return { name, type, def, values: [...new Map(read.map((value) => [JSON.stringify(value), value])).values()] };
}

function edges(kind: string): readonly unknown[] {
  switch (kind) {
    case "text":
    case "longText":
    case "user":
      return edgeTexts;
    case "integer":
      return edgeIntegers;
    case "number":
    case "percent":
      return [...edgeFloats, Number.MAX_VALUE, -Number.MAX_VALUE];
    case "date":
      return edgeDates;
    case "datetime":
      return edgeDates.map((date) => `${date}T23:59:59.999Z`);
    case "time":
      return edgeTimes;
    case "boolean":
      return [true, false];
    case "duration":
      return edgeDurations;
    case "choice":
      return ["z", "a", "é", "B", "b'", "10", "9"];
    default:
      return [];
  }
}

/** One case for each field type, and those that need values of their own. */
export const values: readonly StorageCase[] = [
  ...topic(
    "values",
    Object.fromEntries(
      declarations.map(({ name, def, values: list }) => [
        name,
        async (t) => {
          const things = (await t.open(thing({ value: def as never }))).entity("thing");
          const made = await things.createMany(list.map((value) => ({ value })));
          assert.deepEqual(
            made.map((row) => row["value"]),
            list,
          );
          assert.deepEqual(await things.findMany(), made);
          const [first] = made;
          for (const value of [...list.slice(0, 30), null]) {
            const changed = await things.update(String(first?.["id"]), { value });
            assert.deepEqual(changed["value"], value);
            assert.deepEqual(await things.get(String(first?.["id"])), changed);
          }
          assert.equal(await things.count({ where: { value: null } }), 1);
        },
      ]),
    ),
  ),
  ...topic("values", {
    async "all-kinds-in-one-record"(t) {
      const fields = Object.fromEntries(declarations.map(({ def }, i) => [`f${i}`, def]));
      const things = (await t.open(thing(fields as never))).entity("thing");
      const record = (at: number) =>
        Object.fromEntries(declarations.map(({ values: list }, i) => [`f${i}`, list[at % list.length]]));
      const empty = await things.create({});
      for (const [name, value] of Object.entries(empty)) if (/^f\d/.test(name)) assert.equal(value, null);
      for (let at = 0; at < 10; at++) {
        const made = await things.create(record(at));
        for (const [name, value] of Object.entries(record(at))) assert.deepEqual(made[name], value);
        assert.deepEqual(await things.get(String(made["id"])), made);
      }
    },

    async "long-text-of-a-megabyte"(t) {
      const model = defineModel({
        entities: [
          defineEntity("thing", { fields: { note: { kind: "longText" } as never, data: { kind: "json" } as never } }),
        ],
      });
      const things = (await t.open(model)).entity("thing");
      const note = "aé👍 ".repeat(180_000);
      const data = { list: Array.from({ length: 20_000 }, (_, i) => `item ${i} é`) };
      const made = await things.create({ note, data });
      const read = await things.get(String(made["id"]));
      assert.equal(read["note"], note);
      assert.deepEqual(read["data"], data);
    },

    async "json-keeps-its-shape"(t) {
      const things = (await t.open(thing({ value: { kind: "json" } as never }))).entity("thing");
      let deep: unknown = "end";
      for (let i = 0; i < 60; i++) deep = [deep];
      for (const value of [
        0,
        "",
        false,
        [],
        {},
        [null],
        { a: null },
        "null",
        "true",
        "1",
        { "": 1 },
        { constructor: 1, toString: 2 },
        [[], {}],
        1e21,
        0.1,
        deep,
        '"',
        "\\",
        { "a.b": 1, "$.x": 2 },
      ]) {
        const made = await things.create({ value });
        assert.deepEqual((await things.get(String(made["id"])))["value"], value);
      }
    },
  }),
];
