import { defineEntity, defineModel, type EntityModel, field } from "@kith/core";
import { describe, expect, it } from "vitest";
import { recordBinder } from "../src/bindings.ts";
import { columnsOf } from "../src/columns.ts";
import type { Dialect } from "../src/dialect.ts";

const plain = { sqlType: "" };
const dialect = {
  columns: {
    text: plain,
    uuid: plain,
    instant: plain,
    date: plain,
    time: plain,
    integer: plain,
    float: plain,
    bigint: { sqlType: "", bind: Number },
    boolean: { sqlType: "", bind: (value: boolean) => (value ? 1 : 0) },
    json: { sqlType: "", bind: (value: unknown) => JSON.stringify(value) },
  },
} as unknown as Dialect;

const entity = defineModel({
  entities: [
    defineEntity("thing", {
      fields: {
        class: field.text(),
        exact: field.text({ fold: false }),
        amount: field.money({ currency: "EUR" }),
        done: field.boolean(),
        notes: field.json(),
        place: field.address(),
        day: field.date(),
      },
    }),
  ],
}).entities.get("thing") as EntityModel;

const records: Record<string, unknown>[] = [
  {
    class: "João",
    exact: "É",
    amount: "-12.50",
    done: false,
    notes: { b: [1] },
    place: { city: "Lyon" },
    day: "2026-01-31",
  },
  { class: null, exact: null, amount: null, done: null, notes: null, place: null, day: null },
  {},
  { class: "", amount: "0.00", done: true, notes: false },
];

describe("recordBinder", () => {
  const fields = entity.stored.filter((one) => !one.system);
  let width = 0;
  const bound = fields.map((one, i) => {
    const at = width;
    width += columnsOf(one).length;
    return { field: one, at, from: i % 2 === 0 ? ("first" as const) : ("second" as const) };
  });
  const bind = (generate: boolean) => recordBinder(dialect, bound, width + 2, generate);

  it("binds values, their shadows and parts", () => {
    const [whole = {}] = records;
    const values = bind(true)(whole, whole);
    expect(values.slice(0, 6)).toEqual(["João", "joao", "É", -1250, 0, '{"b":[1]}']);
    expect(values).toContain("Lyon");
    expect(values).toHaveLength(width + 2);
  });

  it("does the same as code and as closures", () => {
    for (const first of records)
      for (const second of records) expect(bind(true)(first, second)).toEqual(bind(false)(first, second));
  });
});
