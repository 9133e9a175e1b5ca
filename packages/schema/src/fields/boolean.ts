/** Yes or no. */

import type { Field, FixedOf, PresenceOf, ValueOptions } from "../field.ts";
import type { FieldType } from "../field-type.ts";
import type { EqualityFilter } from "../infer/filter.ts";
import { wrongType } from "../issue.ts";
import { equality } from "../operator.ts";

/** The field type behind `field.boolean`. */
export const booleanType: FieldType<boolean> = {
  kind: "boolean",
  options: {},
  common: ["label", "help", "required", "default", "immutable", "indexed", "was"],
  columns: () => [{ suffix: "", type: "boolean" }],
  read: (value) => (typeof value === "boolean" ? value : wrongType("true or false", value)),
  jsonSchema: () => ({ type: "boolean" }),
  schemaDecides: () => true,
  operators: () => equality(() => booleanType),
  compare: (a, b) => Number(a) - Number(b),
  measure: "ordered",
  widget: "checkbox",
};

/**
 * True or false. False sorts first.
 *
 * @example field.boolean({ required: true, default: false })
 */
export function boolean<const O extends ValueOptions<boolean> = {}>(
  options?: O,
): Field<boolean, PresenceOf<O>, boolean | null | EqualityFilter<boolean>, "ordered", FixedOf<O>> {
  return { ...options, kind: "boolean" } as never;
}
