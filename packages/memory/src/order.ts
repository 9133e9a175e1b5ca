/** Sorting: nulls smallest, values by their type's own comparison. */

import type { FieldModel, OrderKey } from "@kith/core";
import type { Rec } from "./copy.ts";
import type { Reader } from "./reader.ts";

/** Compares two values of a field; null is smaller than any. */
export function compareAlong(field: FieldModel, a: unknown, b: unknown): number {
  return compareNullable(a, b, (x, y) => {
    if (!field.type.compare) throw new TypeError(`Fields of type ${field.type.kind} have no order.`);
    return field.type.compare(x, y, field.def);
  });
}

/** Compares two values of which either may be null, which is smallest. */
export function compareNullable(a: unknown, b: unknown, compare: (a: unknown, b: unknown) => number): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compare(a, b);
}

/** A comparison in a direction. */
export function directed(direction: "asc" | "desc", difference: number): number {
  return direction === "asc" ? difference : -difference;
}

/** Records in order. */
export function sorted(reader: Reader, rows: readonly Rec[], order: readonly OrderKey[]): Rec[] {
  return [...rows].sort((a, b) => {
    for (const { path, field, direction } of order) {
      const difference = compareAlong(field, reader.valueAlong(a, path, field), reader.valueAlong(b, path, field));
      if (difference !== 0) return directed(direction, difference);
    }
    return 0;
  });
}
