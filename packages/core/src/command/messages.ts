/** The problems of a record's values, as issues. */

import { didYouMean, type Invalid, type Issue, labelFromName } from "@kith/schema";
import type { EntityModel, FieldModel } from "../model/model.ts";

/** A field's value that its type refuses. */
export function invalidIssue(field: FieldModel, invalid: Invalid): Issue {
  return {
    code: invalid.code,
    path: [field.name, ...invalid.path],
    message: invalid.message,
    ...(invalid.params === undefined ? {} : { params: invalid.params }),
  };
}

/** A required field without a value. */
export function requiredIssue(field: FieldModel): Issue {
  return { code: "REQUIRED", path: [field.name], message: "is required; give it a value" };
}

/** A key that the entity does not have. */
export function unknownIssue(entity: EntityModel, name: string, shown: string): Issue {
  const writable = entity.fields.filter((field) => field.writable !== "never").map((field) => field.name);
  return {
    code: "UNKNOWN_FIELD",
    path: [shown],
    message: `is no field of '${entity.name}'.${didYouMean(name, writable)}`,
  };
}

/** A key that may not be written. */
export function unwritableIssue(field: FieldModel, use: "create" | "update"): Issue {
  if (!field.stored) {
    return {
      code: "NOT_WRITABLE",
      path: [field.name],
      message: `is stored with the records it leads to; write their lookup instead`,
    };
  }
  if (field.writable === "create" && use === "update") {
    return { code: "IMMUTABLE", path: [field.name], message: "is fixed once the record is made; leave it out" };
  }
  const why = field.system
    ? "is set by the engine"
    : `is made by the engine (${labelFromName(field.type.kind).toLowerCase()})`;
  return { code: "NOT_WRITABLE", path: [field.name], message: `${why}; leave it out` };
}
