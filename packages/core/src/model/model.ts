/** The model: every entity, field and rule of one system, merged, checked and frozen. Pure data and functions, no IO. */

import type { Column, FieldDef, FieldType, Localized, OnDelete, Operator } from "@kith/schema";
import type { HookEntry } from "../hooks/hooks.ts";
import type { AnyOperation } from "../operations/operation.ts";
import type { Condition } from "../query/ast.ts";
import type { SearchModel } from "../search/search-model.ts";

/** Carries a model's registry of entities; exists in the type system only. */
export declare const registry: unique symbol;

/** A column with its stored name. */
export interface ColumnModel extends Column {
  readonly name: string;
}

/** A relation with both ends found. */
export type RelationModel =
  /** A lookup: this record holds the other's id. */
  | { readonly type: "one"; readonly target: EntityModel; readonly onDelete: OnDelete }
  /** The records of `target` whose lookup `via` holds this record's id. */
  | { readonly type: "children"; readonly target: EntityModel; readonly via: FieldModel }
  /** The records of `target` that a record of `through` ties to this one: its lookup `from` leads here, `into` leads there. */
  | {
      readonly type: "link";
      readonly target: EntityModel;
      readonly through: EntityModel;
      readonly from: FieldModel;
      readonly into: FieldModel;
    };

/** A field of a model's entity, or a part of a field. */
export interface FieldModel {
  readonly name: string;
  readonly entity: string;
  /** For a part: the field that it is a part of. */
  readonly owner: FieldModel | undefined;
  /** The plugin that declared it; `kith` for system fields. */
  readonly plugin: string;
  readonly def: FieldDef;
  readonly type: FieldType;
  readonly label: Localized;
  /** Never null. */
  readonly required: boolean;
  /** `always`, on `create` only (immutable), or `never` (system fields, generated values, what is stored elsewhere). */
  readonly writable: "always" | "create" | "never";
  /** Held by the record itself. */
  readonly stored: boolean;
  readonly system: boolean;
  /** Its columns, shadows included, in the order that the type's `encode` gives; of a field with parts, the columns of its parts. Empty when it is not stored. */
  readonly columns: readonly ColumnModel[];
  readonly operators: Readonly<Record<string, Operator>>;
  readonly relation: RelationModel | undefined;
  /** Named parts, each a field with columns of its own. */
  readonly parts: ReadonlyMap<string, FieldModel> | undefined;
}

/** Fields whose values together are unique. */
export interface UniqueModel {
  readonly fields: readonly FieldModel[];
}

/** A condition that every record must meet. */
export interface CheckModel {
  readonly name: string;
  readonly message: Localized;
  readonly condition: Condition;
  readonly params: readonly unknown[];
}

/** An entity of a model. */
export interface EntityModel {
  readonly name: string;
  /** The stored name of its table, without a prefix. */
  readonly table: string;
  readonly plugin: string;
  readonly label: Localized;
  readonly plural: Localized;
  readonly title: FieldModel | undefined;
  /** System fields first, then as declared, then what plugins added. */
  readonly fields: readonly FieldModel[];
  readonly byName: ReadonlyMap<string, FieldModel>;
  /** The fields that a record holds, in the order in which records show them. */
  readonly stored: readonly FieldModel[];
  readonly uniques: readonly UniqueModel[];
  /** Indexes asked for by `indexed` and `indexes`, and one for each lookup. */
  readonly indexes: readonly (readonly FieldModel[])[];
  readonly checks: readonly CheckModel[];
  /** What search looks into; undefined when no field is searchable. */
  readonly search: SearchModel | undefined;
  /** Lookups of all entities that lead here. */
  readonly incoming: readonly FieldModel[];
}

/** What a model was made of. */
export interface PluginInfo {
  readonly id: string;
  readonly requires: readonly string[];
}

/** The words of a model's queries. */
export interface Vocabulary {
  /** Every name and operator: what is not among them is misspelt. */
  readonly words: ReadonlySet<string>;
  /** The operators alone. No field has such a name. */
  readonly operators: ReadonlySet<string>;
}

/** A merged, checked and frozen model. `R` is its registry of entities, for the types. */
export interface Model<R = any> {
  readonly [registry]: R;
  /** The application's own count of its models; 1 unless given. */
  readonly version: number;
  /** SHA-256 (hex) of the canonical JSON form. Functions (default functions, hooks, handlers) are outside it. */
  readonly hash: string;
  /** ISO 4217; the currency of money fields that name none. */
  readonly currency: string | undefined;
  /** In the order of plugins and declarations. */
  readonly plugins: readonly PluginInfo[];
  readonly entities: ReadonlyMap<string, EntityModel>;
  readonly fieldTypes: ReadonlyMap<string, FieldType>;
  readonly hooks: readonly HookEntry[];
  readonly operations: ReadonlyMap<string, AnyOperation>;
  readonly vocabulary: Vocabulary;
  /** The canonical JSON form: what the hash is of, and what storages keep. */
  toJSON(): unknown;
}

/** The registry of a model, for `interface Entities extends EntitiesOf<typeof model> {}`. */
export type RegistryOf<M> = M extends { readonly [registry]: infer R } ? R : never;
