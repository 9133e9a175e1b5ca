/** Any JSON, described by a schema or not. */

import type { DefaultOf, Field, FieldOptions, FixedOf, PresenceOf } from "../field.ts";
import type { FieldDef, FieldType } from "../field-type.ts";
import type { JsonFilter, NullFilter } from "../infer/filter.ts";
import { Invalid } from "../issue.ts";
import { canonicalJson, type Json, type JsonSchema } from "../json.ts";
import { isStandardSchema, issuePath, jsonSchemaOf, type StandardSchema } from "../standard-schema.ts";

/** Options of {@link json}. */
export interface JsonOptions extends Omit<FieldOptions, "unique" | "indexed"> {
  /** What the value must be: a zod schema (or any Standard Schema), or a JSON Schema. */
  readonly schema?: StandardSchema<any, any> | JsonSchema;
  /** Used when the field is left out on create. */
  readonly default?: DefaultOf<Json>;
}

type ValueOf<O> = O extends { readonly schema: StandardSchema<any, infer V> } ? V : Json;

const longest = 1_000_000;

/** The field type behind `field.json`. */
export const jsonType: FieldType<Json> = {
  kind: "json",
  // A JSON Schema is itself checked when the model's validators are compiled.
  options: { schema: { type: ["object", "boolean"] } },
  common: ["label", "help", "required", "default", "immutable", "was"],
  columns: () => [{ suffix: "", type: "json" }],
  read(value, field) {
    const plain = canonicalJson(value);
    if ("problem" in plain) return new Invalid("JSON", plain.problem.message, undefined, plain.problem.path);
    const schema = field["schema"];
    if (!isStandardSchema(schema)) return plain.value;
    let result: ReturnType<StandardSchema["~standard"]["validate"]>;
    try {
      result = schema["~standard"].validate(plain.value);
    } catch (error) {
      return new Invalid("JSON", `has a schema that failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    // What it would say later is of no use; should it fail, nobody is left to hear.
    if (result instanceof Promise) result.catch(() => undefined);
    if (result instanceof Promise)
      return new Invalid("JSON", "has a schema that answers later; give one that answers at once");
    if (result.issues) {
      const issue = result.issues[0];
      return new Invalid(
        "JSON",
        issue ? issue.message : "does not match its schema",
        undefined,
        issue ? issuePath(issue) : [],
      );
    }
    const again = canonicalJson(result.value);
    return "problem" in again ? new Invalid("JSON", again.problem.message, undefined, again.problem.path) : again.value;
  },
  limit: (value) => {
    const { length } = JSON.stringify(value);
    return length > longest
      ? new Invalid("TOO_LONG", `has ${length} characters as JSON; at most ${longest} are kept`)
      : undefined;
  },
  jsonSchema: (field) => schemaOf(field) ?? {},
  // A Standard Schema checks in `read`; a JSON Schema can only be compiled.
  schemaNeeded: (field) => field["schema"] !== undefined && !isStandardSchema(field["schema"]),
  paths: true,
  operators: () => ({}),
  measure: "plain",
  widget: "json",
};

/** The JSON Schema of a json field, when it has one or its schema can tell. */
function schemaOf(field: FieldDef): JsonSchema | undefined {
  const schema = field["schema"];
  if (schema === undefined) return undefined;
  return isStandardSchema(schema) ? jsonSchemaOf(schema) : (schema as JsonSchema);
}

/**
 * Any JSON value of up to a million characters, kept in canonical form (keys sorted). With a zod schema (or any Standard Schema) its type is
 * inferred and its value checked and transformed; with a JSON Schema it is checked.
 *
 * Filters go to what stands at a path in it: `{ settings: { path: 'theme.color', eq: 'dark' } }`.
 *
 * @example field.json({ schema: z.object({ theme: z.string() }) })
 */
export function json<const O extends JsonOptions = {}>(
  options?: O,
): Field<ValueOf<O>, PresenceOf<O>, null | NullFilter | JsonFilter, "plain", FixedOf<O>> {
  return { ...options, kind: "json" } as never;
}
