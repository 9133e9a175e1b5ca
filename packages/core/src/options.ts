/** Checking the options of calls and plugins. */

import {
  describe,
  didYouMean,
  isPlainObject,
  isStandardSchema,
  issuePath,
  printable,
  type StandardSchema,
} from "@kith/schema";
import { issuesError, XrmError } from "./errors.ts";

/**
 * Refuses keys that a call does not know, naming the nearest that it does.
 *
 * @throws {XrmError} INVALID_OPTIONS
 */
export function onlyKeys(call: string, options: object, known: readonly string[]): void {
  if (!isPlainObject(options))
    throw new XrmError("INVALID_OPTIONS", `${call} takes its options as an object, not ${describe(options)}.`);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new XrmError(
      "INVALID_OPTIONS",
      `${call} has no option '${printable(key)}'.${didYouMean(key, known)} It takes ${known.join(", ") || "none"}.`,
      {
        params: { option: key },
      },
    );
  }
}

/**
 * A whole number within bounds, or the default when it is left out.
 *
 * @throws {XrmError} INVALID_OPTIONS
 */
export function wholeNumber(
  call: string,
  option: string,
  value: unknown,
  bounds: { min: number; max: number; default: number },
): number {
  if (value === undefined) return bounds.default;
  if (typeof value === "number" && Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return value;
  throw new XrmError(
    "INVALID_OPTIONS",
    `${call}: ${option} must be a whole number from ${bounds.min} to ${bounds.max}, not ${printable(value)}.`,
    {
      params: { option },
    },
  );
}

/**
 * Reads the options that a plugin was given with its schema: unknown values in, typed values out.
 *
 * @throws {XrmError} INVALID_OPTIONS, with every issue
 * @example const sales = (options: unknown = {}) => { const { currency } = parseOptions('sales', schema, options); … }
 */
export function parseOptions<O>(
  plugin: string,
  schema: StandardSchema<unknown, O> | StandardSchema<any, O>,
  options: unknown,
): O {
  if (!isStandardSchema(schema))
    throw new XrmError("INVALID_OPTIONS", `The options of plugin '${plugin}' need a Standard Schema, such as zod's.`, {
      plugin,
    });
  const result = schema["~standard"].validate(options);
  if (result instanceof Promise)
    throw new XrmError("INVALID_OPTIONS", `The options schema of plugin '${plugin}' must answer at once.`, { plugin });
  if (!result.issues) return result.value as O;
  const issues = result.issues.map((issue) => ({ code: "OPTION", message: issue.message, path: issuePath(issue) }));
  throw issuesError("INVALID_OPTIONS", `The options of plugin '${plugin}' are not right`, issues, { plugin });
}
