/** The errors of what a database refuses, worded alike on every storage. */

import { describe } from "@kith/schema";
import { XrmError } from "../errors.ts";
import type { EntityModel, FieldModel } from "../model/model.ts";
import { wholeField } from "../model/parts.ts";
import type { MeasurePlan } from "../query/ast.ts";
import type { Row } from "./storage.ts";

/** Another record already has these values. `fields` are those of the constraint; `row` holds what was to be written. */
export function uniqueError(
  entity: EntityModel,
  fields: readonly FieldModel[],
  row: Row,
  id: string | undefined,
  cause?: unknown,
): XrmError {
  const names = fields.map((field) => wholeField(field).name);
  const shown = names
    .map((name) => (name === "id" ? `id ${describe(id)}` : name in row ? `${name} ${shownValue(row[name])}` : name))
    .join(", ");
  const advice =
    names[0] === "id"
      ? "leave the id out to get a new one, or update that record"
      : "give another value, or update that record";
  const message = `Another record of '${entity.name}' already has ${shown || "these values"}; ${advice}.`;
  return new XrmError("UNIQUE", message, {
    entity: entity.name,
    field: names.length === 1 ? names[0] : undefined,
    params: { fields: names },
    cause,
  });
}

/** A value in a message; a short object as JSON. */
function shownValue(value: unknown): string {
  const json = typeof value === "object" && value !== null && !Array.isArray(value) ? JSON.stringify(value) : "";
  return json === "" || json.length > 100 ? describe(value) : json;
}

/** A lookup names a record that is not there. Without a field when it is not known which lookup. */
export function referenceError(
  entity: EntityModel,
  field: FieldModel | undefined,
  id: string,
  cause?: unknown,
): XrmError {
  if (field?.relation?.type !== "one") {
    const message = `A lookup of this record of '${entity.name}' names a record that is not there; give the id of one that exists.`;
    return new XrmError("REFERENCE", message, { entity: entity.name, cause });
  }
  const target = field.relation.target.name;
  const { name } = wholeField(field);
  const message = `${entity.name}.${name} names the ${target} '${id}', which is not there; create it first, or give the id of one that exists.`;
  return new XrmError("REFERENCE", message, {
    entity: entity.name,
    field: name,
    params: { id, target },
    cause,
  });
}

/** Other records look up to the one that was to go. Without a lookup when it is not known which. */
export function restrictedError(
  entity: EntityModel,
  id: string,
  lookup: FieldModel | undefined,
  cause?: unknown,
): XrmError {
  const name = lookup && wholeField(lookup).name;
  const by = lookup ? `named by ${lookup.entity}.${name} of other records` : "looked up to by other records";
  return new XrmError("RESTRICTED", `The ${entity.name} '${id}' is ${by}; delete or change those first.`, {
    entity: entity.name,
    params: { id, ...(lookup ? { by: lookup.entity, lookup: name } : {}) },
    cause,
  });
}

/** A figure of an aggregate that cannot be given: a whole number beyond what JavaScript holds exactly, or an infinite float. */
export function beyondError(field: FieldModel, { name, fn }: MeasurePlan, whole: boolean): XrmError {
  const what = fn === "avg" ? "average" : "sum";
  const limit = whole
    ? "±9,007,199,254,740,991, which JavaScript holds exactly"
    : "the range of floating-point numbers";
  return new XrmError(
    "OUT_OF_RANGE",
    `The ${what} '${name}' of ${field.entity}.${field.name} is beyond ${limit}; aggregate fewer records, or declare the field as decimal.`,
    { entity: field.entity, field: field.name, params: { measure: name } },
  );
}
