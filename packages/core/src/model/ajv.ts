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

/** What is wrong with a field's own options, by the JSON Schemas that its type gives for them. */
export function optionProblems(type: FieldType, options: Readonly<Record<string, unknown>>): readonly ErrorObject[] {
  if (!canCompile) return [];
  declarations ??= new Ajv2020({ strict: false, allErrors: true, logger: false });
  let validate = compiled.get(type);
  if (!validate) {
    validate = declarations.compile({ type: "object", properties: type.options });
    compiled.set(type, validate);
  }
  return validate(options) ? [] : (validate.errors ?? []);
}

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
