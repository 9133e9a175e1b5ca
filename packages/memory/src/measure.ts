/** The figures of an aggregate. Null values take no part in them. */

import { type FieldModel, type MeasurePlan, XrmError } from "@kith/core";
import { canonicalText, divideUnits, encodeValue, fromUnits, toUnits } from "@kith/schema";
import type { Rec } from "./copy.ts";
import { compareAlong, compareNullable } from "./order.ts";
import type { Reader } from "./reader.ts";

/** A figure that no number can hold. It may sort and be cut off by a limit; given it cannot be. */
export class Beyond {
  readonly figure: number;
  readonly #fn: string;
  readonly #field: FieldModel;

  constructor(figure: number, fn: string, field: FieldModel) {
    this.figure = figure;
    this.#fn = fn;
    this.#field = field;
  }

  /** The error of giving it. */
  get error(): XrmError {
    const { entity, name } = this.#field;
    const message = `The ${this.#fn} of ${entity}.${name} is beyond what a number can hold; narrow the question.`;
    return new XrmError("OUT_OF_RANGE", message, { entity, field: name });
  }
}

/** One figure of a group of records. */
export function measure(reader: Reader, { fn, field }: MeasurePlan, rows: readonly Rec[]): unknown {
  if (!field) return rows.length;
  const values = rows.map((row) => reader.value(row, field)).filter((value) => value !== null);
  switch (fn) {
    case "count":
      return values.length;
    case "countDistinct":
      return new Set(values.map(canonicalText)).size;
    case "min":
    case "max":
      return extreme(field, values, fn === "min" ? -1 : 1);
    case "sum":
    case "avg":
      return values.length === 0 ? null : total(field, values, fn);
  }
}

/** Compares two figures of the same measure; null is smallest. */
export function compareMeasures({ fn, field }: MeasurePlan, a: unknown, b: unknown): number {
  if (field && (fn === "min" || fn === "max")) return compareAlong(field, a, b);
  const scale = field && exactScale(field);
  return compareNullable(a, b, (x, y) => {
    if (scale === undefined) return Math.sign(numberOf(x) - numberOf(y));
    const difference = units(String(x), scale) - units(String(y), scale);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  });
}

function numberOf(figure: unknown): number {
  return figure instanceof Beyond ? figure.figure : (figure as number);
}

function extreme(field: FieldModel, values: readonly unknown[], sign: number): unknown {
  let best: unknown = null;
  for (const value of values) if (best === null || compareAlong(field, value, best) * sign > 0) best = value;
  return best;
}

function total(field: FieldModel, values: readonly unknown[], fn: "sum" | "avg"): unknown {
  const scale = exactScale(field);
  if (scale !== undefined) {
    const sum = values.reduce<bigint>((so, value) => so + BigInt(firstColumn(field, value)), 0n);
    return fromUnits(fn === "sum" ? String(sum) : divideUnits(sum, BigInt(values.length)), scale);
  }
  const whole = values.every((value) => Number.isSafeInteger(value));
  const sum = whole
    ? Number(values.reduce<bigint>((so, value) => so + BigInt(value as number), 0n))
    : addFloats(values as number[]);
  const figure = fn === "sum" ? sum : sum / values.length;
  const safe =
    field.columns[0]?.type === "integer" && fn === "sum" ? Number.isSafeInteger(figure) : Number.isFinite(figure);
  return safe ? figure + 0 : new Beyond(figure, fn, field);
}

/** Adds with the error of each step carried along (Neumaier), so that the order of the records plays no part that shows. */
function addFloats(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(lost) ? sum + lost : sum;
}

/** The scale of a field whose sums are decimal text. */
function exactScale(field: FieldModel): number | undefined {
  return field.type.measure === "exact" ? (field.type.scale?.(field.def) ?? 0) : undefined;
}

/** An exact field keeps its smallest units in its first column. */
function firstColumn(field: FieldModel, value: unknown): string {
  return String(encodeValue(field.type, value, field.def)[0]);
}

/** Decimal text of any size as a whole number of its smallest units; sums may be larger than any one value may be. */
function units(text: string, scale: number): bigint {
  const small = toUnits(text, scale);
  return "units" in small ? BigInt(small.units) : BigInt(text.replace(".", ""));
}
