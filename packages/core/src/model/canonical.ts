/** The canonical JSON form of a model, and its hash. Functions are outside both. */

import { createHash } from "node:crypto";
import {
  canonicalJson,
  canonicalText,
  type FieldDef,
  isPlainObject,
  isStandardSchema,
  jsonSchemaOf,
  maxJsonDepth,
} from "@kith/schema";
import type { EntityModel, FieldModel } from "./model.ts";

/** What the canonical form is made of. */
export interface CanonicalSource {
  readonly version: number;
  readonly currency: string | undefined;
  readonly plugins: readonly { readonly id: string; readonly requires: readonly string[] }[];
  readonly entities: ReadonlyMap<string, EntityModel>;
  /** Declared options of an entity, by name. */
  readonly options: (entity: string) => Readonly<Record<string, unknown>>;
}

/** The model as JSON: equal models give equal JSON, whatever the order of keys in their declarations. */
export function modelJson(source: CanonicalSource): unknown {
  return {
    version: source.version,
    ...(source.currency === undefined ? {} : { currency: source.currency }),
    plugins: source.plugins.map(({ id, requires }) => ({ id, requires })),
    entities: Object.fromEntries(
      [...source.entities.values()].map((entity) => [
        entity.name,
        {
          plugin: entity.plugin,
          ...plain(source.options(entity.name)),
          fields: entity.fields.filter((field) => !field.system).map(fieldJson),
        },
      ]),
    ),
  };
}

/** SHA-256 of the canonical text, without the version: two versions of one model are the same model. */
export function modelHash(json: unknown): string {
  const { version: _, ...rest } = json as { version: number };
  return createHash("sha256").update(canonicalText(rest)).digest("hex");
}

function fieldJson(field: FieldModel): unknown {
  return { name: field.name, plugin: field.plugin, ...plain(field.def) };
}

/** What in a declaration has no place in the model's JSON (a function inside an option, NUL in a label), or undefined. */
export function jsonProblem(def: Readonly<Record<string, unknown>>): { option: string; message: string } | undefined {
  const plainly = canonicalJson(plain(def));
  if ("value" in plainly) return undefined;
  const [option = "", ...rest] = plainly.problem.path.map(String);
  return { option, message: `${rest.length > 0 ? `at ${rest.slice(0, 8).join(".")} ` : ""}${plainly.problem.message}` };
}

/**
 * A frozen copy of a declaration's lists and plain objects, so that what is done to the original later does not reach the model. Functions and
 * schemas are kept as they are.
 */
export function frozenCopy<T>(value: T, seen = new Map<unknown, unknown>(), depth = 0): T {
  if (typeof value !== "object" || value === null || isStandardSchema(value)) return value;
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  // So deep that it is refused, see jsonProblem.
  if (depth > 2 * maxJsonDepth) return value;
  const known = seen.get(value);
  if (known !== undefined) return known as T;
  const copy: unknown = Array.isArray(value) ? [] : {};
  seen.set(value, copy);
  for (const key of Object.keys(value)) {
    const item = frozenCopy((value as Record<string, unknown>)[key], seen, depth + 1);
    Object.defineProperty(copy, key, { value: item, enumerable: true });
  }
  return Object.freeze(copy) as T;
}

/** A declaration without functions; schemas as the JSON Schema that they describe, when they can. */
function plain(def: FieldDef | Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(def)) {
    if (value === undefined || typeof value === "function") continue;
    out[key] = isStandardSchema(value) ? (jsonSchemaOf(value) ?? { vendor: value["~standard"].vendor }) : value;
  }
  return out;
}
