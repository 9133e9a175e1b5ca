/** The whole contract of a plugin's author: one object. */

import type { Entity, Fields, FieldType } from "@kith/schema";
import type { AnyOperation } from "../operations/operation.ts";

/** What a plugin contributes. The type parameters carry its entities and the fields that it adds to others'. */
export interface Plugin<
  E extends readonly Entity<any, any>[] = readonly Entity[],
  X = unknown,
  Id extends string = string,
> {
  readonly id: Id;
  readonly requires?: readonly string[];
  readonly entities?: E;
  readonly extend?: X;
  readonly fieldTypes?: readonly FieldType[];
  readonly hooks?: object;
  readonly operations?: readonly AnyOperation[];
}

/** A plugin of which nothing is known. */
export type AnyPlugin = Plugin<readonly Entity<any, any>[], any>;

/** The keys that a plugin takes. */
export const pluginKeys = ["id", "requires", "entities", "extend", "fieldTypes", "hooks", "operations"] as const;

/**
 * Declares a plugin. Nothing is checked here: `defineModel` checks everything together and tells every problem at once.
 *
 * @example
 * export const sales = definePlugin({
 *   id: 'sales',
 *   requires: ['crm'],
 *   entities: [opportunity],
 *   extend: { account: { creditLimit: field.money() } },
 *   hooks,
 *   operations: [win],
 * })
 */
export function definePlugin<
  const Id extends string,
  const E extends readonly Entity<any, any>[] = readonly [],
  X extends { readonly [entity: string]: Fields } = {},
>(plugin: {
  /** A short word, unique in a model; it stands in errors and in what belongs to the plugin. */
  readonly id: Id;
  /** Ids of plugins that must be in the model too. They come first. */
  readonly requires?: readonly string[];
  /** The entities that it brings. */
  readonly entities?: E;
  /** Fields that it adds to entities of other plugins, by entity. */
  readonly extend?: X;
  /** Kinds of field that it brings. */
  readonly fieldTypes?: readonly FieldType[];
  /** What runs before and after writes; see `defineHooks`. */
  readonly hooks?: object;
  /** Domain verbs; see `defineOperation`. */
  readonly operations?: readonly AnyOperation[];
}): Plugin<E, X, Id> {
  return plugin as Plugin<E, X, Id>;
}

type Intersect<U> = (U extends unknown ? (k: U) => void : never) extends (k: infer I) => void ? I : never;
type Added<X, N extends string> = Intersect<X extends { readonly [K in N]: infer F } ? F : never>;
type Merge<U extends Entity<any, any>, X> = {
  readonly [E in U as E["name"]]: unknown extends Added<X, E["name"]>
    ? E
    : Entity<E["name"], E["fields"] & Added<X, E["name"]>>;
};

/** The registry of entities that a list of plugins makes. */
export type RegistryOfPlugins<P extends readonly AnyPlugin[]> = Merge<
  NonNullable<P[number]["entities"]>[number],
  P[number]["extend"]
>;

/** The registry of entities that a list of entities makes. */
export type RegistryOfEntities<E extends readonly Entity<any, any>[]> = Merge<E[number], never>;
