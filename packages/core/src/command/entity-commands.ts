/** What the write path needs to know of an entity, found once per model: hooks, defaults, generators, cascades. */

import type { Ajv2020 } from "ajv/dist/2020.js";
import type { HookEntry } from "../hooks/hooks.ts";
import { type FillIn, fillIn } from "../model/defaults.ts";
import type { EntityModel, FieldModel } from "../model/model.ts";
import { type EntityHookLists, hookLists } from "./hook-runner.ts";
import { ValueReader } from "./read-values.ts";

/** A field that is filled in when it is left out. */
export interface Filled {
  readonly field: FieldModel;
  readonly fill: FillIn;
}

/** An entity, ready for commands. */
export interface EntityCommands {
  readonly entity: EntityModel;
  readonly reader: ValueReader;
  readonly hooks: EntityHookLists;
  readonly defaults: readonly Filled[];
  /** Fields that the engine makes from a counter. */
  readonly generated: readonly FieldModel[];
  /** Fields whose value follows from the rest of the record. */
  readonly derived: readonly FieldModel[];
  readonly required: readonly FieldModel[];
  /** The stored fields that are not system fields, in order. */
  readonly own: readonly FieldModel[];
  /** Lookups of others whose `onDelete` is not left to the database. */
  readonly followUps: readonly FieldModel[];
  /** An update needs the previous record for a hook or a check. */
  readonly updateNeedsPrevious: boolean;
}

/** Prepares the commands of an entity. */
export function entityCommands(
  entity: EntityModel,
  allHooks: readonly HookEntry[],
  ajv: Ajv2020 | undefined,
): EntityCommands {
  const hooks = hookLists(allHooks, entity.name);
  const own = entity.stored.filter((field) => !field.system);
  const derived = own.filter((field) => field.type.derive);
  const required = own.filter((field) => field.required && !field.type.generate);
  const missing = hooks.beforeCreate
    ? []
    : required.filter((field) => field.def["default"] === undefined && !field.type.derive);
  return {
    entity,
    reader: new ValueReader(entity, ajv, missing),
    hooks,
    defaults: own.flatMap((field) => {
      const fill = fillIn(field.type, field.def);
      return fill ? [{ field, fill }] : [];
    }),
    generated: own.filter((field) => field.type.generate),
    derived,
    required,
    own,
    followUps: entity.incoming.filter(
      (field) => field.relation?.type === "one" && field.relation.onDelete !== "restrict",
    ),
    updateNeedsPrevious:
      hooks.beforeUpdate !== undefined ||
      hooks.afterUpdate !== undefined ||
      entity.checks.length > 0 ||
      derived.length > 0,
  };
}
