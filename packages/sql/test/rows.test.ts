import { describe, expect, it } from "vitest";
import type { FieldReader } from "../src/columns.ts";
import { rowMapper, type Slot } from "../src/rows.ts";

const direct = (at: number): FieldReader => ({ at: [at], direct: true, one: undefined, read: (row) => row[at] });
const converted = (at: number, one: (value: unknown) => unknown): FieldReader => ({
  at: [at],
  direct: false,
  one,
  read: (row) => (row[at] === null ? null : one(row[at])),
});
const joined = (...at: number[]): FieldReader => ({
  at,
  direct: false,
  one: undefined,
  read: (row) => at.map((i) => row[i]).join("+"),
});

const slots: Slot[] = [
  { kind: "field", name: "id", reader: direct(0) },
  { kind: "field", name: "constructor", reader: converted(1, Boolean) },
  { kind: "field", name: "class", reader: joined(0, 2) },
  {
    kind: "one",
    name: "if",
    present: 3,
    slots: [
      { kind: "field", name: "id", reader: direct(3) },
      { kind: "later", name: "many", many: true },
      { kind: "one", name: "deep", present: 4, slots: [{ kind: "field", name: "x", reader: converted(4, String) }] },
    ],
  },
  { kind: "later", name: "list", many: true },
  { kind: "later", name: "single", many: false },
];
const rows = [
  ["a", 1, "b", "c", 5],
  ["a", null, null, null, null],
  ["a", 0, "b", "c", null],
];

describe("row mappers", () => {
  it("agree, as code and as closures", () => {
    const [code, closure] = [true, false].map((generate) => rows.map(rowMapper(slots, generate)));
    expect(code).toEqual([
      { id: "a", constructor: true, class: "a+b", if: { id: "c", many: [], deep: { x: "5" } }, list: [], single: null },
      { id: "a", constructor: null, class: "a+", if: null, list: [], single: null },
      { id: "a", constructor: false, class: "a+b", if: { id: "c", many: [], deep: null }, list: [], single: null },
    ]);
    expect(closure).toEqual(code);
    expect(JSON.stringify(closure)).toBe(JSON.stringify(code));
  });

  it("give lists of their own", () => {
    for (const generate of [true, false]) {
      const map = rowMapper(slots, generate);
      expect(map(rows[0] as unknown[])["list"]).not.toBe(map(rows[0] as unknown[])["list"]);
    }
  });

  it("take names as they are", () => {
    const name = `"];throw 1;//`;
    const map = rowMapper([{ kind: "field", name, reader: direct(0) }], true);
    expect(map(["a"])).toEqual({ [name]: "a" });
  });
});
