/** The canonical JSON form of a model, and its hash. Functions are outside both. */

import { createHash } from "node:crypto";
import { canonicalText, type FieldDef, isStandardSchema, jsonSchemaOf } from "@kith/schema";
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

/** A declaration without functions; schemas as the JSON Schema that they describe, when they can. */
function plain(def: FieldDef | Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(def)) {
    if (value === undefined || typeof value === "function") continue;
    out[key] = isStandardSchema(value) ? (jsonSchemaOf(value) ?? { vendor: value["~standard"].vendor }) : value;
  }
  return out;
}
