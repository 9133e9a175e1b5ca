/** What plugins contribute besides entities: field types, hooks and operations. */

import {
  didYouMean,
  type FieldType,
  fieldTypes,
  isPlainObject,
  isStandardSchema,
  operatorNames,
  printable,
} from "@kith/schema";
import { type HookEntry, type HookEvent, hookEvents } from "../hooks/hooks.ts";
import { type AnyOperation, operationKeys } from "../operations/operation.ts";
import type { AnyPlugin } from "../plugin/plugin.ts";
import { checkKeys } from "./draft.ts";
import { checkLocalized } from "./field-models.ts";
import type { ReportDeclaration } from "./report.ts";

/** The built-in field types and those of plugins, by kind. */
export function collectFieldTypes(plugins: readonly AnyPlugin[], report: ReportDeclaration): Map<string, FieldType> {
  const types = new Map(fieldTypes.map((type) => [type.kind, type]));
  const owners = new Map<string, string>();
  for (const plugin of plugins) {
    for (const type of plugin.fieldTypes ?? []) {
      const problem = typeProblem(type);
      const owner = owners.get(type?.kind) ?? (types.has(type?.kind) ? "kith" : undefined);
      if (problem) report({ code: "BAD_FIELD_TYPE", plugin: plugin.id, option: "fieldTypes", message: problem });
      else if (owner)
        report({
          code: "DUPLICATE",
          plugin: plugin.id,
          option: "fieldTypes",
          message: `brings kind '${type.kind}', which '${owner}' has already; choose another kind`,
        });
      else {
        types.set(type.kind, type);
        owners.set(type.kind, plugin.id);
      }
    }
  }
  return types;
}

function typeProblem(type: unknown): string | undefined {
  if (!isPlainObject(type)) return "has something that is not a field type; see the FieldType contract";
  const kind = type["kind"];
  if (typeof kind !== "string" || !/^[a-z][A-Za-z0-9]{0,39}$/.test(kind))
    return `'${printable(kind)}' cannot be a kind: a small letter, then letters and digits`;
  for (const part of ["columns", "read", "jsonSchema", "operators"]) {
    if (typeof type[part] !== "function") return `kind '${kind}' has no ${part}; the FieldType contract asks for it`;
  }
  if (!isPlainObject(type["options"])) return `kind '${kind}' has no options; give {} when it takes none`;
  if (typeof type["widget"] !== "string" || typeof type["measure"] !== "string")
    return `kind '${kind}' must state its widget and its measure`;
  return undefined;
}

/** Operators of plugin types must not be names of fields, since filters tell the two apart by name. */
export function checkOperatorNames(
  words: Iterable<string>,
  fieldNames: ReadonlyMap<string, string>,
  report: ReportDeclaration,
): void {
  for (const word of words) {
    const entity = fieldNames.get(word);
    if (entity && !operatorNames.includes(word)) {
      report({
        code: "NAME_CLASH",
        entity,
        field: word,
        message: `is also the name of an operator of one of the model's field types; rename the field`,
      });
    }
  }
}

/** The hooks of all plugins, in the order in which they run. */
export function collectHooks(
  plugins: readonly AnyPlugin[],
  entities: ReadonlySet<string>,
  report: ReportDeclaration,
): HookEntry[] {
  const entries: HookEntry[] = [];
  for (const plugin of plugins) {
    const own: HookEntry[] = [];
    const all: HookEntry[] = [];
    for (const [entity, hooks] of Object.entries((plugin.hooks ?? {}) as Record<string, unknown>)) {
      const where = { plugin: plugin.id, entity: printable(entity), option: "hooks" };
      if (entity !== "*" && !entities.has(entity)) {
        report({
          ...where,
          code: "UNKNOWN_ENTITY",
          message: `is hooked but not declared by any plugin of the model.${didYouMean(entity, entities)}`,
        });
      } else if (!isPlainObject(hooks)) report({ ...where, code: "WRONG_TYPE", message: "must be an object of hooks" });
      else {
        for (const [event, run] of Object.entries(hooks)) {
          if (!hookEvents.includes(event as HookEvent)) {
            report({
              ...where,
              code: "UNKNOWN_KEY",
              message: `has '${printable(event)}', which is no hook.${didYouMean(event, hookEvents)} Hooks are ${hookEvents.join(", ")}.`,
            });
          } else if (typeof run !== "function")
            report({ ...where, code: "WRONG_TYPE", message: `has a ${event} that is not a function` });
          else
            (entity === "*" ? all : own).push({
              plugin: plugin.id,
              entity,
              event: event as HookEvent,
              run: run as HookEntry["run"],
            });
        }
      }
    }
    entries.push(...own, ...all);
  }
  return entries;
}

/** The operations of all plugins, by name. */
export function collectOperations(plugins: readonly AnyPlugin[], report: ReportDeclaration): Map<string, AnyOperation> {
  const operations = new Map<string, AnyOperation>();
  const owners = new Map<string, string>();
  for (const plugin of plugins) {
    for (const operation of plugin.operations ?? []) {
      const where = { plugin: plugin.id, option: "operations" };
      const problem = operationProblem(operation);
      if (problem) report({ ...where, code: "BAD_OPERATION", message: problem });
      else if (operations.has(operation.name))
        report({
          ...where,
          code: "DUPLICATE",
          message: `brings '${operation.name}', which plugin '${owners.get(operation.name)}' has already; choose another name`,
        });
      else {
        checkKeys(where, `operation '${operation.name}'`, operation, operationKeys, report);
        checkLocalized(where, "label", operation.label, report);
        operations.set(operation.name, operation);
        owners.set(operation.name, plugin.id);
      }
    }
  }
  return operations;
}

function operationProblem(operation: unknown): string | undefined {
  if (!isPlainObject(operation)) return "has something that is not an operation; use defineOperation";
  const { name, input, output, handler } = operation;
  if (typeof name !== "string" || !/^[a-z][A-Za-z0-9]{0,39}\.[a-z][A-Za-z0-9-]{0,39}$/.test(name)) {
    return `'${printable(name)}' cannot be an operation's name: noun.verb, like 'lead.convert'`;
  }
  if (!isStandardSchema(input)) return `'${name}' needs an input schema: zod's, or any other Standard Schema`;
  if (output !== undefined && !isStandardSchema(output)) return `'${name}' has an output that is not a schema`;
  return typeof handler === "function" ? undefined : `'${name}' has no handler`;
}
