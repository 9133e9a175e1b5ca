/** Models that are written in a line, for what changes in them. */

import { defineModel, type Model, type ModelOptions } from "@kith/core";
import { defineEntity } from "@kith/schema";

/** An entity; its fields may be any, since cases change them. */
export function entity(name: string, fields: object, options: object = {}) {
  return defineEntity(name, { ...options, fields: fields as never });
}

/** A model of these entities. */
export function modelOf(entities: readonly ReturnType<typeof entity>[], options: ModelOptions = {}): Model<any> {
  return defineModel({ ...options, entities: entities as never });
}

/** A model of one entity, `thing`, with these fields. */
export function thing(fields: object, options: object = {}): Model<any> {
  return modelOf([entity("thing", fields, options)]);
}
