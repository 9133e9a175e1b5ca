/** The one ajv: JSON Schema 2020-12, with the string formats of field types. */

import type { FieldType, JsonSchema } from "@kith/schema";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";

/** Whether this host lets code be made from text. Where it does not, field types' own `read` and closures serve. */
export const canCompile: boolean = (() => {
  try {
    return new Function("return true")() === true;
  } catch {
    return false;
  }
})();

/** A new ajv that knows the formats of these field types. */
export function makeAjv(types: Iterable<FieldType>): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: false, addUsedSchema: false, logger: false });
  for (const type of types) {
    for (const [name, check] of Object.entries(type.formats ?? {})) ajv.addFormat(name, check);
  }
  return ajv;
}

let declarations: Ajv2020 | undefined;
const compiled = new WeakMap<FieldType, ValidateFunction>();

/** An option that is not right. */
export interface OptionProblem {
  readonly option: string;
  readonly message: string;
}

/** What is wrong with a field's own options, by the JSON Schemas that its type gives for them. */
export function optionProblems(type: FieldType, options: Readonly<Record<string, unknown>>): readonly OptionProblem[] {
  if (!canCompile) return [];
  declarations ??= new Ajv2020({ strict: false, allErrors: true, logger: false });
  let validate = compiled.get(type);
  if (!validate) {
    validate = declarations.compile({ type: "object", properties: type.options });
    compiled.set(type, validate);
  }
  if (validate(options)) return [];
  const errors = validate.errors ?? [];
  // That none of several forms fits says less than what is wrong with each.
  const telling = errors.filter(({ keyword }) => keyword !== "anyOf");
  return (telling.length > 0 ? telling : errors).map(optionProblem);
}

function optionProblem({ instancePath, keyword, params, message = "is not right" }: ErrorObject): OptionProblem {
  const [option = "", ...rest] = instancePath.slice(1).split("/");
  const place = rest.length > 0 ? `at ${rest.join(".")} ` : "";
  return { option, message: place + (ruleText[keyword]?.(params) ?? message) };
}

/** What ajv would say in words of JSON Schema, by keyword. */
const ruleText: Readonly<Record<string, (params: Record<string, any>) => string>> = {
  enum: ({ allowedValues }) => `must be one of ${allowedValues.join(", ")}`,
  type: ({ type }) => `must be ${typeText[type as keyof typeof typeText] ?? type}`,
  minItems: ({ limit }) => `must list at least ${limit}`,
  maxItems: ({ limit }) => `must list at most ${limit}`,
  uniqueItems: ({ i, j }) => `lists the same twice, as number ${Math.min(i, j) + 1} and number ${Math.max(i, j) + 1}`,
  minLength: ({ limit }) => (limit === 1 ? "must not be empty" : `must have at least ${limit} characters`),
  maxLength: ({ limit }) => `must have at most ${limit} characters`,
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
};

const typeText = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** Why a JSON Schema that a declaration gives cannot be used. */
export function schemaProblem(schema: JsonSchema): string | undefined {
  if (!canCompile) return undefined;
  try {
    makeAjv([]).compile(schema);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
