/** Checking what importRecords was given, as far as that goes without opening the source. */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type EntityModel, type Xrm, XrmError } from "@kith/core";
import { describe, type Issue } from "@kith/schema";
import { invalidOptions } from "./errors.ts";
import { checkShape, conversionShape, isObject } from "./mapping/shape.ts";
import type { ImportOptions } from "./options.ts";

/** Checked options, with what was left out filled in. */
export interface ImportSettings extends ImportOptions {
  readonly model: EntityModel;
  readonly batchSize: number;
  readonly maxRowBytes: number;
  readonly dryRun: boolean;
}

const isNames = (value: unknown) => Array.isArray(value) && value.every((name) => typeof name === "string");
const isWhole = (min: number, max: number) => (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
const isFlag = [(value: unknown) => typeof value === "boolean", "true or false"] as const;
const hasMethod = (value: unknown, name: string) => isObject(value) && typeof value[name] === "function";
const isPath = (value: unknown) => (typeof value === "string" && value !== "") || value instanceof URL;
/** One character that neither quotes nor ends a row. */
const isDelimiter = (value: unknown) => typeof value === "string" && value.length === 1 && !/["\r\n]/.test(value);

/** What `importRecords` takes, and what each must be. */
export const importShape: Readonly<Record<keyof ImportOptions, readonly [(value: unknown) => boolean, string]>> = {
  entity: [(value) => typeof value === "string", "an entity's name"],
  source: [
    (value) => isPath(value) || (typeof value === "object" && value !== null),
    "a path, a stream, or something that gives text or objects one by one",
  ],
  format: [(value) => value === "csv" || value === "jsonl", "'csv' or 'jsonl'"],
  delimiter: [isDelimiter, "one character, such as ';'"],
  map: [isObject, "an object: fields, each with its column"],
  auto: isFlag,
  defaults: [isObject, "an object, like { decimalComma: true }"],
  ignore: [isNames, "a list of columns"],
  ignoreUnmapped: isFlag,
  match: [
    (value) => typeof value === "string" || (isNames(value) && (value as string[]).length > 0),
    "a field's name, or a list of names",
  ],
  onMatch: [(value) => value === "update" || value === "skip", "'update' or 'skip'"],
  batchSize: [isWhole(1, 5_000), "a whole number from 1 to 5,000"],
  dryRun: isFlag,
  rejects: [(value) => isPath(value) || hasMethod(value, "write"), "a path or a stream to write to"],
  onProgress: [(value) => typeof value === "function", "a function"],
  signal: [(value) => value instanceof AbortSignal, "an AbortSignal"],
  maxRowBytes: [isWhole(1, 1 << 30), "a whole number of bytes, at most 1 GiB"],
};

/**
 * Checks the options.
 *
 * @throws {XrmError} UNKNOWN_ENTITY, INVALID_OPTIONS
 */
export function readOptions(xrm: Xrm<any>, options: ImportOptions): ImportSettings {
  if (!isObject(options))
    throw new XrmError(
      "INVALID_OPTIONS",
      `importRecords takes a handle and an object: importRecords(xrm, { entity, source }), not ${describe(options)}.`,
    );
  const issues: Issue[] = [];
  const report = (path: Issue["path"], message: string) => void issues.push({ code: "OPTION", path, message });
  checkShape(options, importShape, (option, message) => report([option], message));
  const { defaults, onMatch, match, rejects, source } = options as ImportOptions;
  if (isObject(defaults)) {
    const { format: _, ...shared } = conversionShape;
    checkShape(defaults, shared, (option, message) => report(["defaults", option], message));
  }
  for (const option of ["entity", "source"] as const) if (options[option] === undefined) report([option], "is missing");
  if (onMatch !== undefined && match === undefined) report(["onMatch"], "says nothing without match");
  const files = [rejects, source].map((one) =>
    isPath(one) ? resolve(one instanceof URL ? fileURLToPath(one) : (one as string)) : undefined,
  );
  if (files[0] !== undefined && files[0] === files[1])
    report(["rejects"], "is the source itself, which would be lost; name another file");
  if (issues.length > 0) throw invalidOptions(undefined, issues);
  xrm.entity(options.entity as string);
  return {
    ...(options as ImportOptions),
    model: xrm.$.model.entities.get(options.entity as string) as EntityModel,
    batchSize: (options.batchSize as number | undefined) ?? 500,
    maxRowBytes: (options.maxRowBytes as number | undefined) ?? 1 << 24,
    dryRun: options.dryRun === true,
  };
}
