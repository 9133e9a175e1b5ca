/** Reading plugins into drafts of entities: shapes and names are checked here, meanings in check.ts. */

import {
  didYouMean,
  entityKeys,
  entityNameProblem,
  type FieldDef,
  fieldNameProblem,
  isPlainObject,
  printable,
} from "@kith/schema";
import { type AnyPlugin, pluginKeys } from "../plugin/plugin.ts";
import { frozenCopy, jsonProblem } from "./canonical.ts";
import { notYet } from "./not-yet.ts";
import type { ReportDeclaration } from "./report.ts";

/** A field as declared, and by whom. */
export interface DraftField {
  readonly name: string;
  readonly def: FieldDef;
  readonly plugin: string;
}

/** An entity as declared, with what plugins added. */
export interface DraftEntity {
  readonly name: string;
  readonly plugin: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly fields: Map<string, DraftField>;
}

/** Reports the keys of a declaration that are not known: misspelt, or not due yet. */
export function checkKeys(
  where: { readonly plugin?: string; readonly entity?: string; readonly field?: string },
  what: string,
  value: object,
  known: readonly string[],
  report: ReportDeclaration,
): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const coming = notYet(key);
    report({
      ...where,
      code: coming ? "NOT_YET" : "UNKNOWN_KEY",
      option: printable(key),
      message: coming ?? `is not known on ${what}.${didYouMean(key, known)} Known are ${known.join(", ")}.`,
    });
  }
}

/** Plugins whose own shape is right; the others are reported and left out. */
export function readPlugins(given: unknown, report: ReportDeclaration): AnyPlugin[] {
  if (!Array.isArray(given)) {
    report({ code: "WRONG_TYPE", option: "plugins", message: "must be a list of plugins" });
    return [];
  }
  const seen = new Set<string>();
  return given.filter((plugin: unknown, i): plugin is AnyPlugin => {
    if (!isPlainObject(plugin)) {
      report({
        code: "WRONG_TYPE",
        option: "plugins",
        message: `has something at place ${i} that is not a plugin; use definePlugin`,
      });
      return false;
    }
    const id = plugin["id"];
    if (typeof id !== "string" || !/^[a-z][a-z0-9-]{0,39}$/.test(id) || id === "kith") {
      report({
        code: "BAD_NAME",
        option: "id",
        message: `'${printable(id)}' cannot be a plugin's id: small letters, digits and hyphens, at most 40, and not 'kith'`,
      });
      return false;
    }
    if (seen.has(id)) {
      report({ code: "DUPLICATE", plugin: id, message: `stands in the model twice; plugins have one id each` });
      return false;
    }
    seen.add(id);
    checkKeys({ plugin: id }, "a plugin", plugin, pluginKeys, report);
    return checkLists(id, plugin, report);
  });
}

function checkLists(id: string, plugin: Readonly<Record<string, unknown>>, report: ReportDeclaration): boolean {
  let good = true;
  for (const option of ["requires", "entities", "fieldTypes", "operations"]) {
    if (plugin[option] === undefined || Array.isArray(plugin[option])) continue;
    report({ code: "WRONG_TYPE", plugin: id, option, message: "must be a list" });
    good = false;
  }
  const { requires } = plugin;
  if (Array.isArray(requires) && requires.some((other) => typeof other !== "string")) {
    report({ code: "WRONG_TYPE", plugin: id, option: "requires", message: "must be a list of plugins' ids" });
    good = false;
  }
  for (const option of ["extend", "hooks"]) {
    if (plugin[option] === undefined || isPlainObject(plugin[option])) continue;
    report({ code: "WRONG_TYPE", plugin: id, option, message: "must be an object, by entity" });
    good = false;
  }
  return good;
}

/** The entities of ordered plugins, extensions merged in. */
export function readEntities(plugins: readonly AnyPlugin[], report: ReportDeclaration): Map<string, DraftEntity> {
  const drafts = new Map<string, DraftEntity>();
  for (const plugin of plugins)
    for (const entity of plugin.entities ?? []) readEntity(plugin.id, entity, drafts, report);
  for (const plugin of plugins) extendEntities(plugin, drafts, report);
  return drafts;
}

function readEntity(
  plugin: string,
  entity: unknown,
  drafts: Map<string, DraftEntity>,
  report: ReportDeclaration,
): void {
  if (!isPlainObject(entity) || !isPlainObject(entity["options"])) {
    report({
      code: "WRONG_TYPE",
      plugin,
      option: "entities",
      message: "has something that is not an entity; use defineEntity",
    });
    return;
  }
  const name = entity["name"];
  const problem = entityNameProblem(name);
  if (problem) {
    report({ code: "BAD_NAME", plugin, entity: printable(name), message: problem });
    return;
  }
  const earlier = drafts.get(name as string);
  if (earlier) {
    const by = earlier.plugin === plugin ? "already" : `already, by plugin '${earlier.plugin}'`;
    report({
      code: "DUPLICATE",
      plugin,
      entity: name as string,
      message: `is declared ${by}; extend it, or choose another name`,
    });
    return;
  }
  const draft: DraftEntity = {
    name: name as string,
    plugin,
    options: frozenCopy(entity["options"]),
    fields: new Map(),
  };
  checkKeys({ plugin, entity: draft.name }, "an entity", draft.options, entityKeys, report);
  const notJson = jsonProblem(draft.options);
  if (notJson) report({ plugin, entity: draft.name, code: "BAD_OPTION", ...notJson });
  drafts.set(draft.name, draft);
  if (isPlainObject(entity["fields"])) addFields(draft, plugin, entity["fields"], report);
  else
    report({
      code: "WRONG_TYPE",
      plugin,
      entity: draft.name,
      option: "fields",
      message: "must be an object of fields",
    });
}

function extendEntities(plugin: AnyPlugin, drafts: Map<string, DraftEntity>, report: ReportDeclaration): void {
  for (const [name, fields] of Object.entries((plugin.extend ?? {}) as Record<string, unknown>)) {
    const draft = drafts.get(name);
    if (!draft) {
      const hint = didYouMean(name, drafts.keys());
      report({
        code: "UNKNOWN_ENTITY",
        plugin: plugin.id,
        entity: printable(name),
        message: `is extended but not declared by any plugin of the model.${hint}`,
      });
    } else if (isPlainObject(fields)) addFields(draft, plugin.id, fields, report);
    else
      report({
        code: "WRONG_TYPE",
        plugin: plugin.id,
        entity: name,
        option: "extend",
        message: "must be an object of fields",
      });
  }
}

function addFields(
  draft: DraftEntity,
  plugin: string,
  fields: Readonly<Record<string, unknown>>,
  report: ReportDeclaration,
): void {
  for (const [name, def] of Object.entries(fields)) {
    const where = { plugin, entity: draft.name, field: printable(name) };
    const problem = fieldNameProblem(name);
    const earlier = draft.fields.get(name);
    if (problem) report({ ...where, code: "BAD_NAME", message: problem });
    else if (earlier) {
      const by = earlier.plugin === plugin ? "" : ` by plugin '${earlier.plugin}'`;
      report({ ...where, code: "DUPLICATE", message: `is declared${by} already; choose another name` });
    } else if (!isPlainObject(def) || typeof def["kind"] !== "string") {
      report({ ...where, code: "WRONG_TYPE", message: "is not a field; use field.text(…) and its relatives" });
    } else draft.fields.set(name, { name, def: frozenCopy(def) as FieldDef, plugin });
  }
}
