/** Whether a record meets a condition: operators by their JavaScript reading, two-valued throughout. */

import type { Condition } from "@kith/core";
import type { SearchWord } from "@kith/schema";
import type { Rec } from "./copy.ts";
import { compareAlong, directed } from "./order.ts";
import type { Reader } from "./reader.ts";
import { finds } from "./search.ts";

/** Whether a record meets a condition. */
export function meets(reader: Reader, condition: Condition, row: Rec): boolean {
  reader.visit();
  switch (condition.kind) {
    case "all":
      return condition.of.every((part) => meets(reader, part, row));
    case "any":
      return condition.of.some((part) => meets(reader, part, row));
    case "not":
      return !meets(reader, condition.of, row);
    case "null":
      return reader.value(row, condition.field) === null;
    case "test": {
      const { field, operator, param } = condition;
      const value = reader.value(row, field);
      return value === null ? operator.nulls : operator.test(value, reader.params[param], field.def);
    }
    case "one": {
      const target = reader.one(row, condition.field);
      return target !== undefined && meets(reader, condition.where, target);
    }
    case "some":
      return reader.many(row, condition.field).some((other) => meets(reader, condition.where, other));
    case "search":
      return finds(condition.entity, row, reader.params[condition.param] as readonly SearchWord[]);
    case "after":
      return comesAfter(reader, condition, row);
  }
}

/** The first key in which the record and the place differ decides. */
function comesAfter(reader: Reader, condition: Extract<Condition, { kind: "after" }>, row: Rec): boolean {
  for (const [i, key] of condition.order.entries()) {
    const place = condition.place[i];
    const at = place === undefined || place === "null" ? null : reader.params[place.param];
    const difference = directed(
      key.direction,
      compareAlong(key.field, reader.valueAlong(row, key.path, key.field), at),
    );
    if (difference !== 0) return difference > 0;
  }
  return false;
}
