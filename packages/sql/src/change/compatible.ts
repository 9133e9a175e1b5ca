/** Whether a program may go on writing although the database's model has moved on: what it writes must be what the newer model would let pass. */

import type { Model } from "@kith/core";
import { canonicalText, type FieldType, type Json } from "@kith/schema";

type Plain = Readonly<Record<string, unknown>>;

/** What may differ in an entity: names for people, what was before, and how it is found. */
const silentInEntity = new Set(["label", "plural", "title", "was", "fields", "indexes"]);
/** The same in a field. */
const silentInField = new Set(["label", "labels", "help", "was", "indexed"]);
/** What a new field must not ask of those who do not know it. */
const asks = ["required", "unique", "default", "searchable"];

/**
 * Whether the stored model has everything that a program's model has, as it has it, and besides only what a record can do without: entities, indexes, and
 * optional fields that nothing is written into by itself.
 */
export function isExtended(model: Model, stored: unknown): boolean {
  const own = plain(model.toJSON());
  const other = plain(stored);
  const { entities, version: _, ...rest } = own;
  const { entities: others, version: _v, ...otherRest } = other;
  return (
    same(rest, otherRest) &&
    Object.entries(plain(entities)).every(([name, entity]) =>
      hasEntity(plain(entity), plain(others)[name], model.fieldTypes),
    )
  );
}

function hasEntity(own: Plain, other: unknown, types: ReadonlyMap<string, FieldType>): boolean {
  if (other === undefined || !same(without(own, silentInEntity), without(plain(other), silentInEntity))) return false;
  const left = fieldsOf(plain(other));
  for (const [name, field] of fieldsOf(own)) {
    const there = left.get(name);
    if (!there || !same(without(field, silentInField), without(there, silentInField))) return false;
    left.delete(name);
  }
  return [...left.values()].every((field) => isOptional(field, types));
}

function isOptional(field: Plain, types: ReadonlyMap<string, FieldType>): boolean {
  const type = types.get(String(field["kind"]));
  const idle = type !== undefined && !type.generate && !type.derive;
  return idle && asks.every((option) => field[option] === undefined || field[option] === false);
}

const fieldsOf = ({ fields }: Plain) =>
  new Map((Array.isArray(fields) ? fields : []).map(plain).map((field) => [String(field["name"]), field]));

const plain = (value: unknown): Plain => (typeof value === "object" && value !== null ? (value as Plain) : {});
const without = (value: Plain, names: ReadonlySet<string>) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)));
const same = (a: Plain, b: Plain) => canonicalText(a as Json) === canonicalText(b as Json);
