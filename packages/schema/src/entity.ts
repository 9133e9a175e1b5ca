/** Declaring entities. Nothing is checked here: `defineModel` checks everything together and tells every problem at once. */

import type { AnyField, Fields, Localized } from "./field.ts";
import type { FieldType } from "./field-type.ts";
import type { OwnWhere } from "./infer/where.ts";

/** A condition that every record must meet when it is written. */
export interface Check<F extends Fields = Fields> {
  /** The condition, over the entity's own stored fields. */
  readonly where: OwnWhere<F>;
  /** What to tell whoever breaks it. */
  readonly message: Localized;
}

/** Names of stored fields that belong together. */
export type FieldList<F extends Fields> = readonly [keyof F & string, ...(keyof F & string)[]];

/** What an entity declares. */
export interface EntityOptions<F extends Fields = Fields> {
  /** What people call one record. The default is made from the entity's name. */
  readonly label?: Localized;
  /** What people call several. The default is the label with an s. */
  readonly plural?: Localized;
  /** The field that stands for a record where there is room for one: in pickers, in messages, and as the natural key of imports. */
  readonly title?: NoInfer<keyof F & string>;
  /** The fields, in the order in which screens show them. */
  readonly fields: F;
  /** Sets of fields whose values together no two records may share. A record with a null among them is free. */
  readonly unique?: readonly FieldList<NoInfer<F>>[];
  /** Indexes over several fields, for the queries that filter and sort by them together. */
  readonly indexes?: readonly FieldList<NoInfer<F>>[];
  /** Conditions that every record must meet, by name. */
  readonly checks?: { readonly [name: string]: Check<NoInfer<F>> };
  /** Names that the entity had before: a database that still has one of them keeps its records under the new name. */
  readonly was?: string | readonly string[];
}

/** A declared kind of record. */
export interface Entity<N extends string = string, F extends Fields = Fields> {
  readonly name: N;
  readonly fields: F;
  readonly options: Omit<EntityOptions, "fields">;
}

/** The keys that an entity declaration takes. */
export const entityKeys = ["label", "plural", "title", "fields", "unique", "indexes", "checks", "was"] as const;

/**
 * Declares an entity. Its record types, table, validation and interfaces all follow from this.
 * Problems are reported by `defineModel`, all at once.
 *
 * @example
 * const account = defineEntity('account', {
 *   title: 'name',
 *   fields: { name: field.text({ required: true }), contacts: field.children('contact', { via: 'account' }) },
 * })
 */
export function defineEntity<const N extends string, F extends Fields>(
  name: N,
  options: EntityOptions<F>,
): Entity<N, F> {
  const { fields, ...rest } = (options ?? {}) as EntityOptions<F>;
  return { name, fields, options: rest } as Entity<N, F>;
}

/**
 * Declares a field type and gives the factory for its fields. A plugin lists the type under `fieldTypes`.
 *
 * @example
 * const ratingType: FieldType<number> = { kind: 'rating', … }
 * export const rating = defineFieldType(ratingType, (options: { max?: number } = {}) => options as …)
 */
export function defineFieldType<Args extends readonly unknown[], F extends AnyField>(
  type: FieldType,
  options: (...args: Args) => object,
): ((...args: Args) => F) & { readonly type: FieldType } {
  const factory = (...args: Args) => ({ ...options(...args), kind: type.kind }) as unknown as F;
  return Object.assign(factory, { type });
}
