/** `defineModel`: plugins in, one checked and frozen model out. */

import type { Entity } from "@kith/schema";
import { isPlainObject } from "@kith/schema";
import { orderPlugins } from "../plugin/order.ts";
import type { AnyPlugin, RegistryOfEntities, RegistryOfPlugins } from "../plugin/plugin.ts";
import { buildEntities } from "./build.ts";
import { frozenCopy, modelHash, modelJson } from "./canonical.ts";
import { checkOperatorNames, collectFieldTypes, collectHooks, collectOperations } from "./contributions.ts";
import { checkKeys, type DraftEntity, readEntities, readPlugins } from "./draft.ts";
import type { Model, RegistryOf } from "./model.ts";
import { checkRenames } from "./renames.ts";
import { Problems } from "./report.ts";

/** What a model is made of. */
export interface ModelOptions {
  /** ISO 4217: the currency of money fields that name none. */
  readonly currency?: string;
  /** Counts the models of an application: a database written by a higher one is refused. 1 unless given. */
  readonly version?: number;
}

/** The keys that `defineModel` takes. */
export const modelKeys = ["plugins", "entities", "currency", "version"] as const;

/** The registry of entities that a model (or a list of entities, or of plugins) makes: `interface Entities extends EntitiesOf<typeof model> {}`. */
export type EntitiesOf<M> = M extends readonly Entity<any, any>[]
  ? RegistryOfEntities<M>
  : M extends readonly AnyPlugin[]
    ? RegistryOfPlugins<M>
    : RegistryOf<M>;

/**
 * Merges plugins (or just entities) into one model, and checks everything together. Pure: no database, no clock.
 *
 * @throws {XrmError} INVALID_MODEL, whose `issues` name every problem at once, each with its plugin, entity and field
 * @example
 * const model = defineModel({ plugins: [crm, sales], currency: 'BRL' })
 * export interface Entities extends EntitiesOf<typeof model> {}
 */
export function defineModel<const P extends readonly AnyPlugin[]>(
  options: ModelOptions & { readonly plugins: P },
): Model<RegistryOfPlugins<P>>;
/** A model of entities alone; they belong to plugin `app`. */
export function defineModel<const E extends readonly Entity<any, any>[]>(
  options: ModelOptions & { readonly entities: E },
): Model<RegistryOfEntities<E>>;
export function defineModel(options: unknown): Model {
  const problems = new Problems();
  const { report } = problems;
  if (!isPlainObject(options)) {
    report({ code: "WRONG_TYPE", message: "defineModel takes an object: { plugins: […] }" });
    throw problems.error();
  }
  checkKeys({}, "a model", options, modelKeys, report);
  const { currency, version } = readSettings(options, problems);
  const given = readPlugins(pluginsOf(options, problems), report);
  const plugins = orderPlugins(given, report);
  const types = collectFieldTypes(plugins, report);
  const drafts = readEntities(plugins, report);
  checkRenames(drafts, report);
  const { entities, vocabulary } = buildEntities(drafts, types, currency, report);
  checkOperatorNames(vocabulary.operators, fieldOwners(drafts), report);
  const hooks = collectHooks(plugins, new Set(drafts.keys()), report);
  const operations = collectOperations(plugins, report);
  if (problems.any) throw problems.error();
  const infos = plugins.map(({ id, requires = [] }) => Object.freeze({ id, requires: Object.freeze([...requires]) }));
  const json = frozenCopy(
    modelJson({
      version,
      currency,
      plugins: infos,
      entities,
      options: (name) => (drafts.get(name) as DraftEntity).options,
    }),
  );
  return Object.freeze({
    version,
    currency,
    hash: modelHash(json),
    plugins: Object.freeze(infos),
    entities,
    fieldTypes: types,
    hooks: Object.freeze(hooks),
    operations,
    vocabulary,
    toJSON: () => json,
  }) as unknown as Model;
}

function readSettings(
  options: Readonly<Record<string, unknown>>,
  { report }: Problems,
): { currency: string | undefined; version: number } {
  const { currency, version = 1 } = options;
  const goodCurrency = currency === undefined || (typeof currency === "string" && /^[A-Z]{3}$/.test(currency));
  const goodVersion = typeof version === "number" && Number.isSafeInteger(version) && version >= 1;
  if (!goodCurrency)
    report({ code: "BAD_OPTION", option: "currency", message: "must be three capitals, like 'BRL' (ISO 4217)" });
  if (!goodVersion) report({ code: "BAD_OPTION", option: "version", message: "must be a whole number from 1 up" });
  return { currency: goodCurrency ? (currency as string | undefined) : undefined, version: goodVersion ? version : 1 };
}

function pluginsOf(options: Readonly<Record<string, unknown>>, problems: Problems): unknown {
  const { report } = problems;
  const { plugins, entities } = options;
  if (plugins !== undefined && entities !== undefined)
    report({ code: "BAD_OPTION", option: "entities", message: "cannot stand beside plugins; put them into a plugin" });
  if (plugins === undefined && entities === undefined)
    report({ code: "BAD_OPTION", option: "plugins", message: "is missing: a model needs plugins or entities" });
  if (entities === undefined) return plugins ?? [];
  problems.implicit = "app";
  return [{ id: "app", entities }];
}

function fieldOwners(drafts: ReadonlyMap<string, DraftEntity>): Map<string, string> {
  return new Map(
    [...drafts.values()].flatMap((draft) => [...draft.fields.keys()].map((name) => [name, draft.name] as const)),
  );
}
