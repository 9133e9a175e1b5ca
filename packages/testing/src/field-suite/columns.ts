/** How values are stored: columns, and back. */

import assert from "node:assert/strict";
import {
  type Column,
  type ColumnValue,
  canonicalJson,
  canonicalText,
  columnsOfType,
  type ExactFigure,
  encodeValue,
  exactFigure,
  isDate,
  isRecordId,
  isStorable,
  toInstant,
  toTime,
} from "@kith/schema";
import type { SuiteApi } from "../api.ts";
import type { Declared } from "./subject.ts";
import { show } from "./values.ts";

const fits: Readonly<Record<Column["type"], (value: ColumnValue) => boolean>> = {
  text: (value) => typeof value === "string" && isStorable(value),
  uuid: (value) => isRecordId(value) && value === String(value).toLowerCase(),
  integer: (value) => Number.isSafeInteger(value) && !Object.is(value, -0),
  bigint: (value) =>
    typeof value === "string" &&
    /^(0|-?[1-9][0-9]*)$/.test(value) &&
    BigInt.asIntN(64, BigInt(value)) === BigInt(value),
  float: (value) => typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0),
  boolean: (value) => typeof value === "boolean",
  json: (value) => "value" in canonicalJson(value),
  instant: (value) => typeof value === "string" && toInstant(value) === value,
  date: (value) => typeof value === "string" && isDate(value),
  time: (value) => typeof value === "string" && toTime(value) === value,
};

/** Tests of columns. */
export function columnTests({ it }: SuiteApi, { type, def, values }: Declared): void {
  const columns = columnsOfType(type, def);

  it("has columns with different suffixes, the same at each asking, the first without one", () => {
    assert.deepEqual(columnsOfType(type, def), columns);
    const own = type.columns(def);
    assert.equal(new Set(own.map((column) => column.suffix)).size, own.length);
    for (const [i, { suffix }] of own.entries()) assert.match(suffix, i === 0 ? /^(_[a-z0-9]+)*$/ : /^(_[a-z0-9]+)+$/);
    assert(columns.length === 0 || columns[0]?.shadow !== true, "the first column is a shadow");
  });

  if (columns.length === 0) return;

  it("encodes each value into columns of their types, and decodes it from those that are not shadows", () => {
    for (const value of values) {
      const encoded = encodeValue(type, value, def);
      assert.equal(
        encoded.length,
        columns.length,
        `${show(value)} has ${encoded.length} columns, ${columns.length} are declared`,
      );
      for (const [i, column] of columns.entries()) {
        const stored = encoded[i] as ColumnValue;
        assert(stored === null || fits[column.type](stored), `${show(stored)} does not fit a column of ${column.type}`);
      }
      assert(
        encoded.some((stored) => stored !== null),
        "a value leaves something in its columns, or it could not be told from null",
      );
      if (type.parts) continue;
      const kept = encoded.filter((_, i) => columns[i]?.shadow !== true);
      assert.deepEqual(type.decode ? type.decode(kept, def) : kept[0], value);
    }
  });

  it("indexes columns that there are", () => {
    for (const index of type.indexBy?.(def) ?? []) assert(index in columns, `indexBy names column ${index}`);
  });

  it("compares what unique compares: columns that there are, alike for alike values", () => {
    for (const index of type.uniqueBy?.(def) ?? [0]) assert(index in columns, `uniqueBy names column ${index}`);
    const keys = new Map<string, unknown>();
    for (const value of values)
      keys.set(
        canonicalText(value),
        (type.uniqueBy?.(def) ?? [0]).map((i) => encodeValue(type, value, def)[i]),
      );
    for (const value of values)
      assert.deepEqual(
        (type.uniqueBy?.(def) ?? [0]).map((i) => encodeValue(type, value, def)[i]),
        keys.get(canonicalText(value)),
      );
  });

  it("says truly what aggregates may do with it", () => {
    const first = columns[0] as Column;
    if (type.measure === "exact") {
      assert(first.type === "bigint" || first.type === "integer", "exact units are whole");
      const scale = type.scale?.(def);
      assert(
        type.figure || (scale !== undefined && scale >= 0),
        "an exact type has a scale, or says how figures are given",
      );
      const figure = exactFigure(type, def) as ExactFigure;
      for (const value of values) {
        const units = String(encodeValue(type, value, def)[0]);
        assert.equal(figure.give(units), value);
        assert.equal(figure.units(value as string), units);
      }
      const beyond = `${2n ** 70n}`;
      assert.equal(figure.units(figure.give(beyond)), beyond, "a sum may be larger than any one value");
      assert.equal(figure.units(figure.give(`-${beyond}`)), `-${beyond}`);
    }
    if (type.measure === "number") {
      assert(first.type === "integer" || first.type === "float");
      for (const value of values) assert.equal(encodeValue(type, value, def)[0], value);
    }
    if (type.measure === "parts") assert(type.parts, "only a type with parts says that its parts aggregate");
    else if (type.measure !== "plain") assert(type.compare, "what aggregates can compare needs a comparison");
    if (type.buckets?.length) {
      assert(first.type === "date" || first.type === "instant", "only dates and instants have buckets");
      for (const value of values)
        assert.equal(String(value).slice(0, 10), String(encodeValue(type, value, def)[0]).slice(0, 10));
    }
  });
}
