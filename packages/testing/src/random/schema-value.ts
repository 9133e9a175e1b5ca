/** A value that fits a JSON Schema: how values of unknown kinds are made. It knows the words that field types use, no more. */

import fc from "fast-check";
import { edgeDates, edgeTexts } from "./edges.ts";
import type { Random } from "./random.ts";

type Schema = Readonly<Record<string, unknown>>;

/** A value for a schema; undefined when the schema lets nothing through. Whoever takes it checks it. */
export function schemaValue(random: Random, schema: unknown): unknown {
  if (schema === true || typeof schema !== "object" || schema === null) return random.int(0, 9);
  const given = schema as Schema;
  if ("const" in given) return given["const"];
  if (Array.isArray(given["enum"])) return random.pick(given["enum"] as unknown[]);
  for (const word of ["anyOf", "oneOf"])
    if (Array.isArray(given[word])) return schemaValue(random, random.pick(given[word] as unknown[]));
  if (Array.isArray(given["allOf"]))
    return schemaValue(random, Object.assign({}, given, ...(given["allOf"] as Schema[]), { allOf: undefined }));
  if (given["not"] !== undefined) return undefined;
  const types = Array.isArray(given["type"])
    ? (given["type"] as string[]).filter((type) => type !== "null")
    : [given["type"]];
  switch (types.length > 0 ? random.pick(types) : "null") {
    case "string":
      return text(random, given);
    case "integer":
      return random.int(Math.ceil(bound(given, "minimum", -50)), Math.floor(bound(given, "maximum", 50)));
    case "number":
      return (
        bound(given, "minimum", -50) + random.next() * (bound(given, "maximum", 50) - bound(given, "minimum", -50))
      );
    case "boolean":
      return random.chance(0.5);
    case "array":
      return random.times(random.int(bound(given, "minItems", 0), bound(given, "maxItems", 3)), () =>
        schemaValue(random, given["items"] ?? {}),
      );
    case "object":
      return object(random, given);
    case "null":
      return null;
    default:
      return random.pick<unknown>([random.int(0, 9), "x", true]);
  }
}

function bound(schema: Schema, word: string, otherwise: number): number {
  const near = word.startsWith("max")
    ? Math.min(otherwise, (schema[word] as number | undefined) ?? otherwise)
    : ((schema[word] as number | undefined) ?? otherwise);
  const low = schema[word.replace("max", "min")] as number | undefined;
  return word.startsWith("max") && low !== undefined && near < low
    ? ((schema[word] as number | undefined) ?? low + 50)
    : near;
}

function text(random: Random, schema: Schema): string {
  if (typeof schema["pattern"] === "string") {
    const matching = fc.stringMatching(new RegExp(schema["pattern"], "u"));
    return fc.sample(matching, { seed: random.seed() | 0, numRuns: 1 })[0] as string;
  }
  switch (schema["format"]) {
    case "date":
      return random.pick(edgeDates);
    case "date-time":
      return `${random.pick(edgeDates)}T12:00:00.000Z`;
    case "uuid":
      return random.id(random.int(0, 9));
    case "email":
      return `user${random.int(0, 999)}@example.com`;
    case "url":
    case "uri":
      return `https://example.com/${random.int(0, 999)}`;
    default: {
      const made = random.pick(edgeTexts).padEnd((schema["minLength"] as number | undefined) ?? 0, "x");
      return [...made].slice(0, (schema["maxLength"] as number | undefined) ?? 100).join("");
    }
  }
}

function object(random: Random, schema: Schema): Record<string, unknown> {
  const properties = (schema["properties"] ?? {}) as Record<string, unknown>;
  const required = (schema["required"] ?? []) as readonly string[];
  const names = Object.keys(properties).filter((name) => required.includes(name) || random.chance(0.6));
  return Object.fromEntries(names.map((name) => [name, schemaValue(random, properties[name])]));
}
