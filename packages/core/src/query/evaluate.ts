/** A condition over one record in memory, for checks. It sees the record alone: conditions through relations have no meaning here. */

import { partsOf } from "@kith/schema";
import type { FieldModel } from "../model/model.ts";
import type { Condition } from "./ast.ts";

/** The value of a field, or of a part of a field, in a record; null when it has none. */
export function valueIn(row: Readonly<Record<string, unknown>>, field: FieldModel): unknown {
  const { owner } = field;
  if (!owner) return row[field.name] ?? null;
  const whole = valueIn(row, owner);
  return whole === null ? null : (partsOf(owner.type, whole, owner.def)[field.name] ?? null);
}

/** Whether a record meets a condition. */
export function evaluate(
  condition: Condition,
  row: Readonly<Record<string, unknown>>,
  params: readonly unknown[],
): boolean {
  switch (condition.kind) {
    case "all":
      return condition.of.every((one) => evaluate(one, row, params));
    case "any":
      return condition.of.some((one) => evaluate(one, row, params));
    case "not":
      return !evaluate(condition.of, row, params);
    case "null":
      return valueIn(row, condition.field) === null;
    case "test": {
      const value = valueIn(row, condition.field);
      return value === null
        ? condition.operator.nulls
        : condition.operator.test(value, params[condition.param], condition.field.def);
    }
    default:
      throw new TypeError(`A condition of kind '${condition.kind}' needs other records.`);
  }
}
