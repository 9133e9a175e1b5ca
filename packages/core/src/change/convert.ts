/** From a field's old values to its new ones: which changes of a declaration leave values as they are, and how the others are turned into the new form. */

import { canonicalText, type FieldDef, fieldTypes, fromUnits, Invalid, renamedValues, toUnits } from "@kith/schema";
import type { ValidateFunction } from "ajv/dist/2020.js";
import { canCompile, makeAjv } from "../model/ajv.ts";
import type { FieldModel } from "../model/model.ts";

/**
 * What becomes of a field's values. `same`: nothing. `check`: they stay, but some may be outside the new limits. `require`: the same, and the one
 * limit is that the field is required now. `exact`: each has one obvious new form
 * and nothing is lost. `convert`: the form changes, so that somebody should agree.
 */
export type ConversionKind = "same" | "check" | "require" | "exact" | "convert";

/** How a field's values go from one declaration to another. */
export interface Conversion {
  readonly kind: ConversionKind;
  /** The new value, in normal form, or what is wrong with the old one. Never called with null. */
  readonly convert: (value: unknown) => unknown;
}

/** Options that say nothing about values. */
const silent = new Set(["kind", "label", "help", "labels", "was", "default", "required", "unique", "indexed"]);
for (const option of ["immutable", "onDelete", "to", "searchable", "currency", "currencyField", "widget"])
  silent.add(option);
/** Options with a limit, and which of two limits lets more through. */
const wider: Readonly<Record<string, (before: unknown, after: unknown) => boolean>> = {
  max: (before, after) => after === undefined || (before !== undefined && above(after, before)),
  min: (before, after) => after === undefined || (before !== undefined && above(before, after)),
  pattern: (_, after) => after === undefined,
  schema: (_, after) => after === undefined,
  values: (before, after) =>
    Array.isArray(before) && Array.isArray(after) && before.every((value) => after.includes(value)),
  // Of new numbers only.
  start: () => true,
};

function above(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return a >= b;
  // Decimals of one scale, dates and instants; anything else has to be looked at.
  return typeof a === "string" && a === b;
}

/** Kinds whose every value is one of another kind in an obvious form. */
const widening: Readonly<Record<string, readonly string[]>> = {
  integer: ["number", "percent", "decimal", "money"],
  number: ["percent"],
  percent: ["number"],
  decimal: ["money"],
  money: ["decimal"],
  text: ["longText"],
  email: ["text", "longText"],
  url: ["text", "longText"],
  phone: ["text", "longText"],
  choice: ["text", "longText", "multiChoice", "tags"],
  multiChoice: ["tags"],
  user: ["text"],
};

/** Entities that have another name than before, each by the one that it had. */
export type RenamedEntities = ReadonlyMap<string, string>;

/** How values of `before` become values of `after`. */
export function conversionOf(before: FieldModel, after: FieldModel, entities: RenamedEntities = new Map()): Conversion {
  const read = reader(after);
  const renamed = renamedValues(after.def);
  const several = [...(before.parts?.values() ?? [])].some(leadsAway);
  const convert = (given: unknown) => {
    const value = several ? renameEntity(given, entities) : given;
    if (before.type.kind === after.type.kind && sameRelation(before, after, entities))
      return read(renameIn(value, renamed));
    for (const candidate of candidates(value, before, after, entities)) {
      const found = read(candidate);
      if (!(found instanceof Invalid)) return found;
    }
    return read(renameIn(value, renamed));
  };
  return { kind: kindOf(before, after, entities), convert };
}

function kindOf(before: FieldModel, after: FieldModel, entities: RenamedEntities): ConversionKind {
  const { kind } = after.type;
  if (before.type.kind !== kind) return widening[before.type.kind]?.includes(kind) ? "exact" : "convert";
  if (!sameRelation(before, after, entities)) return "convert";
  const options = new Set([...Object.keys(before.def), ...Object.keys(after.def)]);
  const changed = [...options].filter(
    (option) => !silent.has(option) && text(before.def[option]) !== text(after.def[option]),
  );
  // What values were called before is of interest only while some still are.
  const renames = changed.includes("wasValues") || (changed.includes("values") && renamedValues(after.def).size > 0);
  if (renames) return "exact";
  const limits = changed.filter((option) => option !== "wasValues");
  // An option that nothing is known about (a scale, a fold, a plugin's own) may decide about the columns.
  if (limits.some((option) => !wider[option])) return "exact";
  const wide = limits.every((option) => wider[option]?.(before.def[option], after.def[option]));
  // A required text is not empty unless it says so.
  return !wide ? "check" : before.required || !after.required ? "same" : "require";
}

/** How many entities a field leads to decides about its columns. */
function sameRelation(before: FieldModel, after: FieldModel, entities: RenamedEntities): boolean {
  if (before.parts === undefined || after.parts === undefined) return before.parts === after.parts;
  // The parts of a lookup to several are lookups, and have the names of what they lead to.
  const names = [...before.parts].map(([name, part]) => (leadsAway(part) ? (entities.get(name) ?? name) : name));
  return text(names) === text([...after.parts.keys()]);
}

const text = (value: unknown) => (value === undefined ? "" : canonicalText(value as never));

/** Values that a value of another kind may stand for, the best first: itself. */
function candidates(value: unknown, before: FieldModel, after: FieldModel, entities: RenamedEntities): unknown[] {
  const found: unknown[] = [value];
  if (typeof value === "string") found.push(...ofText(value, before, entities));
  if (typeof value === "number") found.push(...ofNumber(value, after));
  if (typeof value === "boolean") found.push(...(value ? ["true", 1, "1"] : ["false", 0, "0"]));
  if (Array.isArray(value)) found.push(...(value.length === 1 ? [value[0]] : []));
  else if (typeof value === "object" && value !== null) found.push(...ofReference(value, after));
  else found.push([value]);
  return found;
}

function ofText(value: string, before: FieldModel, entities: RenamedEntities): unknown[] {
  const found: unknown[] = [];
  const [target] = targetsOf(before);
  if (target !== undefined) found.push({ entity: entities.get(target) ?? target, id: value });
  const trimmed = value.trim();
  if (/^[+-]?\d+(\.\d+)?$/.test(trimmed)) found.push(Number(trimmed));
  // A decimal's zeros behind the point are no digits of a whole number.
  if (/^[+-]?\d+\.\d*?0+$/.test(trimmed)) found.push(trimmed.replace(/\.?0+$/, ""));
  if (trimmed === "true" || trimmed === "false") found.push(trimmed === "true");
  found.push(trimmed);
  if (/^\d{4}-\d\d-\d\dT/.test(trimmed)) found.push(trimmed.slice(0, 10), trimmed.slice(11, 19), trimmed.slice(11, 16));
  if (/^\d{4}-\d\d-\d\d$/.test(trimmed)) found.push(`${trimmed}T00:00:00.000Z`);
  return found;
}

function ofNumber(value: number, { type, def }: FieldModel): unknown[] {
  // A number with an exponent has no decimal text of its own; `toFixed` gives all its digits up to the scale.
  const plain = String(value);
  const scale = type.scale?.(def);
  const exact = scale !== undefined && /e/i.test(plain) ? value.toFixed(scale) : plain;
  return [exact, ...(value === 0 || value === 1 ? [value === 1] : [])];
}

function ofReference(value: object, after: FieldModel): unknown[] {
  const { entity, id } = value as { entity?: unknown; id?: unknown };
  return typeof entity === "string" && targetsOf(after).includes(entity) ? [id] : [];
}

const leadsAway = (field: FieldModel) => targetsOf(field).length > 0;

function targetsOf({ type, def }: FieldModel): readonly string[] {
  const relation = type.relation?.(def);
  return relation?.type === "one" ? relation.targets : [];
}

/** A record that a value leads to, by the name that its entity has now. */
function renameEntity(value: unknown, entities: RenamedEntities): unknown {
  if (typeof value !== "object" || value === null) return value;
  const now = entities.get((value as { entity?: unknown }).entity as string);
  return now === undefined ? value : { ...value, entity: now };
}

function renameIn(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (renamed.size === 0) return value;
  if (Array.isArray(value)) return value.map((one) => renamed.get(one as string) ?? one);
  return renamed.get(value as string) ?? value;
}

/** Reads a value as a write would: form, limits, and the JSON Schema where that alone decides. */
function reader({ type, def }: FieldModel): (value: unknown) => unknown {
  let schema: ValidateFunction | undefined;
  if (canCompile && type.schemaNeeded?.(def)) schema = makeAjv([...fieldTypes, type]).compile(type.jsonSchema(def));
  const scale = type.scale?.(def);
  return (value) => {
    const given = scale === undefined || typeof value !== "string" ? value : atScale(value, scale);
    const normal = type.read(given, def as FieldDef);
    if (normal instanceof Invalid) return normal;
    const limit = type.limit?.(normal, def);
    if (limit) return limit;
    return !schema || schema(normal)
      ? normal
      : new Invalid("JSON", schema.errors?.[0]?.message ?? "does not match its schema");
  };
}

/** Decimal text without the zeros that a larger scale had. */
function atScale(value: string, scale: number): string {
  const units = toUnits(value, scale);
  return "units" in units ? fromUnits(units.units, scale) : value;
}
