/** The figures of an aggregate. Null values take no part in them. */

import { beyondError, type FieldModel, type MeasurePlan, type XrmError } from "@kith/core";
import { canonicalText, compareUnits, divideUnits, encodeValue, exactFigure } from "@kith/schema";
import { meets } from "./condition.ts";
import type { Rec } from "./copy.ts";
import { compareAlong, compareNullable } from "./order.ts";
import type { Reader } from "./reader.ts";

/** A figure that no number can hold. It may sort and be cut off by a limit; given it cannot be. */
export class Beyond {
  readonly figure: number;
  readonly error: XrmError;

  constructor(figure: number, error: XrmError) {
    this.figure = figure;
    this.error = error;
  }
}

/** One figure of a group of records. */
export function measure(reader: Reader, measured: MeasurePlan, all: readonly Rec[]): unknown {
  const { fn, path, field, where } = measured;
  const rows = where ? all.filter((row) => meets(reader, where, row)) : all;
  if (!field) return rows.length;
  const values = rows.map((row) => reader.valueAlong(row, path, field)).filter((value) => value !== null);
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
      return values.length === 0 ? null : total(field, values, measured);
  }
}

/** Compares two figures of the same measure; null is smallest. */
export function compareMeasures({ fn, field }: MeasurePlan, a: unknown, b: unknown): number {
  if (field && (fn === "min" || fn === "max")) return compareAlong(field, a, b);
  const figure = field && fn !== "countDistinct" ? exactFigure(field.type, field.def) : undefined;
  return compareNullable(a, b, (x, y) =>
    figure ? compareUnits(figure.units(String(x)), figure.units(String(y))) : Math.sign(numberOf(x) - numberOf(y)),
  );
}

function numberOf(figure: unknown): number {
  return figure instanceof Beyond ? figure.figure : (figure as number);
}

function extreme(field: FieldModel, values: readonly unknown[], sign: number): unknown {
  let best: unknown = null;
  for (const value of values) if (best === null || compareAlong(field, value, best) * sign > 0) best = value;
  return best;
}

function total(field: FieldModel, values: readonly unknown[], measured: MeasurePlan): unknown {
  const { fn } = measured;
  const exact = exactFigure(field.type, field.def);
  if (exact) {
    const sum = values.reduce<bigint>((so, value) => so + BigInt(firstColumn(field, value)), 0n);
    return exact.give(fn === "sum" ? String(sum) : divideUnits(sum, BigInt(values.length)));
  }
  const whole = values.every((value) => Number.isSafeInteger(value));
  const sum = whole
    ? Number(values.reduce<bigint>((so, value) => so + BigInt(value as number), 0n))
    : addFloats(values as number[]);
  const figure = fn === "sum" ? sum : sum / values.length;
  const counts = field.columns[0]?.type === "integer" && fn === "sum";
  const safe = counts ? Number.isSafeInteger(figure) : Number.isFinite(figure);
  return safe ? figure + 0 : new Beyond(figure, beyondError(field, measured, counts));
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

/** An exact field keeps its smallest units in its first column. */
function firstColumn(field: FieldModel, value: unknown): string {
  return String(encodeValue(field.type, value, field.def)[0]);
}
