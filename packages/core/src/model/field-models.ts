/** From a declared field to its model: the type found, options checked, columns named. */

import {
  type CommonOption,
  commonOptions,
  didYouMean,
  type FieldType,
  fittingName,
  isPlainObject,
  isStandardSchema,
  isStored,
  type JsonSchema,
  type Localized,
  labelFromName,
  partType,
  snakeCase,
} from "@kith/schema";
import { checkSearchable } from "../search/search-model.ts";
import { canCompile, optionProblems, schemaProblem } from "./ajv.ts";
import { jsonProblem } from "./canonical.ts";
import { defaultProblem } from "./defaults.ts";
import { checkKeys, type DraftEntity, type DraftField } from "./draft.ts";
import type { FieldModel } from "./model.ts";
import type { ReportDeclaration } from "./report.ts";

/** A field model whose relation is still to be found. */
export type LooseField = { -readonly [K in keyof FieldModel]: FieldModel[K] };

/** The model of a field, or undefined when its kind is not known. */
export function fieldModel(
  draft: DraftEntity,
  field: DraftField,
  types: ReadonlyMap<string, FieldType>,
  currency: string | undefined,
  report: ReportDeclaration,
): LooseField | undefined {
  const where = { plugin: field.plugin, entity: draft.name, field: field.name };
  const type = types.get(field.def.kind);
  if (!type) {
    const hint = didYouMean(field.def.kind, types.keys());
    report({
      ...where,
      code: "UNKNOWN_KIND",
      option: "kind",
      message: `'${field.def.kind}' is no kind of field here.${hint} A plugin that brings the kind lists it under fieldTypes`,
    });
    return undefined;
  }
  checkOptions(draft, field, type, types, currency, report);
  return makeField(draft.name, field, type, false);
}

/** A field model from parts that are known to be right. */
export function makeField(
  entity: string,
  field: DraftField,
  type: FieldType,
  system: boolean,
  within = "",
): LooseField {
  const stem = `${within}${snakeCase(field.name)}`;
  const { def } = field;
  const parts = type.parts ? partModels(entity, field, type, stem) : undefined;
  const columns = parts
    ? [...parts.values()].flatMap((part) => part.columns)
    : type.columns(def).map((column) => ({ ...column, name: fittingName(`${stem}${column.suffix}`) }));
  const stored = columns.length > 0;
  const model: LooseField = {
    name: field.name,
    entity,
    owner: undefined,
    plugin: field.plugin,
    def,
    type,
    label: (def["label"] as Localized | undefined) ?? labelFromName(field.name),
    required: def["required"] === true || type.generate !== undefined,
    writable:
      system || !stored || type.generate || type.derive ? "never" : def["immutable"] === true ? "create" : "always",
    stored,
    system,
    columns,
    operators: type.operators(def),
    relation: undefined,
    parts,
  };
  for (const part of parts?.values() ?? []) (part as LooseField).owner = model;
  return model;
}

function partModels(entity: string, field: DraftField, type: FieldType, stem: string): ReadonlyMap<string, FieldModel> {
  const parts = new Map<string, FieldModel>();
  for (const [name, def] of Object.entries(type.parts?.(field.def) ?? {})) {
    parts.set(name, makeField(entity, { name, def, plugin: field.plugin }, partType(type, def), false, `${stem}_`));
  }
  return parts;
}

function checkOptions(
  draft: DraftEntity,
  field: DraftField,
  type: FieldType,
  types: ReadonlyMap<string, FieldType>,
  currency: string | undefined,
  report: ReportDeclaration,
): void {
  const { def } = field;
  const where = { plugin: field.plugin, entity: draft.name, field: field.name };
  const common: readonly CommonOption[] = type.common ?? commonOptions;
  const before = new ProblemCount(report);
  checkKeys(
    where,
    `a field of kind ${type.kind}`,
    def,
    [
      "kind",
      ...common,
      ...(type.search ? ["searchable"] : []),
      // Whatever is stored can have had another name.
      ...(isStored({ ...field, type }) && !common.includes("was") ? ["was"] : []),
      ...Object.keys(type.options),
    ],
    before.report,
  );
  for (const option of ["required", "unique", "immutable", "indexed"] as const) {
    const value = def[option];
    if (value !== undefined && typeof value !== "boolean")
      before.report({ ...where, code: "WRONG_TYPE", option, message: "must be true or false" });
  }
  if (type.search) checkSearchable(def["searchable"], before.report, where);
  checkLocalized(where, "label", def["label"], before.report);
  checkLocalized(where, "help", def["help"], before.report);
  for (const problem of optionProblems(type, def)) before.report({ ...where, code: "BAD_OPTION", ...problem });
  const notJson = jsonProblem(def);
  if (notJson) before.report({ ...where, code: "BAD_OPTION", ...notJson });
  // Later checks take the options' types for granted.
  if (before.count > 0) return;
  const { schema } = def as { schema?: unknown };
  if (schema !== undefined && !isStandardSchema(schema)) {
    const wrong = schemaProblem(schema as JsonSchema);
    if (wrong)
      before.report({
        ...where,
        code: "BAD_OPTION",
        option: "schema",
        message: `is not a JSON Schema that can be used: ${wrong}`,
      });
  }
  if (type.schemaNeeded?.(def) && !canCompile) {
    before.report({
      ...where,
      code: "BAD_OPTION",
      option: "schema",
      message: "is a JSON Schema, which this host cannot compile; give a Standard Schema, such as zod's",
    });
  }
  type.check?.(def, (option, message) => before.report({ ...where, code: "BAD_OPTION", option, message }), {
    currency,
  });
  for (const sibling of type.siblings?.(def) ?? []) {
    const other = draft.fields.get(sibling.name)?.def;
    const [column] = (other && types.get(other.kind)?.columns(other)) ?? [];
    if (column?.type === sibling.column) continue;
    const hint = didYouMean(sibling.name, draft.fields.keys());
    const why = other
      ? `names '${sibling.name}', a field of kind ${other.kind}, which does not hold ${sibling.column}`
      : `names '${sibling.name}', which the entity does not have.${hint}`;
    before.report({ ...where, code: "UNKNOWN_FIELD", option: sibling.option, message: why });
  }
  if (before.count > 0 || def["default"] === undefined) return;
  const wrong = defaultProblem(type, def);
  if (wrong) before.report({ ...where, code: "BAD_OPTION", option: "default", message: wrong });
}

/** Checks text for people: a string, or an object of strings by locale with `en` among them. */
export function checkLocalized(
  where: { readonly plugin?: string; readonly entity?: string; readonly field?: string },
  option: string,
  value: unknown,
  report: ReportDeclaration,
): void {
  if (value === undefined || typeof value === "string") return;
  const good =
    isPlainObject(value) &&
    typeof value["en"] === "string" &&
    Object.values(value).every((text) => typeof text === "string");
  if (!good)
    report({
      ...where,
      code: "WRONG_TYPE",
      option,
      message: "must be text, or text by locale with en among them: { en: '…', 'pt-BR': '…' }",
    });
}

class ProblemCount {
  count = 0;
  readonly report: ReportDeclaration;
  constructor(report: ReportDeclaration) {
    this.report = (problem) => {
      this.count++;
      report(problem);
    };
  }
}
