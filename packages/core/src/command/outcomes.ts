/** The errors of writes that found no record to write. */

import { canonicalText, describe } from "@kith/schema";
import { XrmError } from "../errors.ts";
import type { EntityModel } from "../model/model.ts";
import type { Row } from "../storage/storage.ts";

/** There is no such record, or it may not be seen: both answer alike. */
export function notFound(entity: EntityModel, id: unknown): XrmError {
  return new XrmError("NOT_FOUND", `There is no '${entity.name}' with the id ${describe(id)}.`, {
    entity: entity.name,
    params: { id },
  });
}

/** The record has moved on. Names the fields whose values differ from those that were to be written. */
export function conflict(entity: EntityModel, current: Row, ifVersion: number, values: Row): XrmError {
  const fields = Object.keys(values).filter(
    (name) => canonicalText(values[name] ?? null) !== canonicalText(current[name] ?? null),
  );
  const differ = fields.length > 0 ? ` It differs in ${fields.join(", ")}.` : "";
  return new XrmError(
    "CONFLICT",
    `The '${entity.name}' has version ${current["version"]}, not ${ifVersion}: someone changed it.${differ} Read it again and decide.`,
    {
      entity: entity.name,
      params: { id: current["id"], version: current["version"], ifVersion, fields },
    },
  );
}
