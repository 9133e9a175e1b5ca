/** Random models, as plain declarations: they can be printed, cut down and built again. */

import { defineModel, definePlugin, exchangeRates, type Model } from "@kith/core";
import {
  fieldTypes as builtIn,
  columnsOfType,
  defineEntity,
  type FieldDef,
  type FieldType,
  searchWeights,
} from "@kith/schema";
import { spotType } from "../plugin-types.ts";
import { isPolymorphic } from "./lookups.ts";
import { currencies, currencyPattern } from "./money.ts";
import type { Random } from "./random.ts";
import { randomValue } from "./values.ts";

/** The declaration of an entity, as data. */
export interface EntityPlan {
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldDef>>;
  readonly unique: readonly (readonly string[])[];
  readonly indexes: readonly (readonly string[])[];
}

/** The declaration of a model, as data. */
export type ModelPlan = readonly EntityPlan[];

type Fields = Record<string, FieldDef>;

/** The built-in types, and one of a plugin. */
const fieldTypes: readonly FieldType[] = [...builtIn, spotType];

const entityNames = [
  "account",
  "order",
  "group",
  "saleLine",
  "table",
  "select",
  "property",
  "taxNotice",
  "index",
  "user",
  "values2",
];
// Words of SQL and of the query language, and camel case: all of them are names like any other.
const fieldNames =
  "name from to desc default key value primary check limit offset where select include orderBy total group order by as set amount stage closedOn dueDate x y2 a1 lineTotal isActive note city rank label table column row rowid oid user type data state url2 link2 score ratio begin end owner2 parent kind count sum".split(
    " ",
  );

/** Builds the model of a plan. */
export function buildModel(plan: ModelPlan): Model {
  const entities = plan.map(({ name, fields, unique, indexes }) =>
    defineEntity(name, {
      fields: fields as never,
      ...(unique.length > 0 ? { unique: unique as never } : {}),
      ...(indexes.length > 0 ? { indexes: indexes as never } : {}),
    }),
  );
  const plugin = definePlugin({ id: "fuzz", entities, fieldTypes: [spotType] });
  return defineModel({ plugins: [exchangeRates(), plugin], currency: "EUR" });
}

/** A random model of four to six entities, in which every field type stands somewhere. */
export function randomModel(random: Random): ModelPlan {
  const names = random.some(entityNames, random.int(3, 5));
  const plans = names.map((name) => ({ name, fields: {} as Fields, free: random.some(fieldNames, fieldNames.length) }));
  const kinds = fieldTypes
    .filter((type) => columnsOfType(type, { kind: type.kind }).length > 0 && !type.relation && !isPolymorphic(type))
    .map((type) => type.kind);
  const spread = random.some(
    [...kinds, ...random.some(kinds, 8), "text", "text", "integer", "decimal", "choice", "date"],
    99,
  );
  for (const [i, kind] of spread.entries()) {
    const plan = plans[i % plans.length] as (typeof plans)[number];
    const def = randomField(random, kind);
    if (kind === "money" && random.chance(0.6)) {
      const beside = random.chance(0.7);
      const currencyField = beside ? (plan.free.pop() as string) : undefined;
      if (currencyField)
        plan.fields[currencyField] = { kind: "text", max: 3, pattern: currencyPattern, fold: random.chance(0.5) };
      Object.assign(def, currencyField ? { currencyField } : { currency: random.pick(currencies) });
    }
    plan.fields[plan.free.pop() as string] = def;
  }
  for (const [i, plan] of plans.entries()) {
    // A required lookup leads to an entity before, so that records can be made in order.
    const lookups = random.times(random.int(1, 2), () => {
      const required = i > 0 && random.chance(0.3);
      const onDelete = required ? random.pick(["restrict", "cascade"]) : random.pick(["restrict", "cascade", "clear"]);
      const rest = { onDelete, ...(required ? { required } : {}), ...(random.chance(0.1) ? { unique: true } : {}) };
      const open = required ? plans.slice(0, i) : plans;
      // An include tells entities from the keys of a query by their names.
      const several = random.some(
        open.filter(({ name }) => name !== "select"),
        random.int(2, 3),
      );
      if (several.length > 1 && random.chance(0.4))
        return { targets: several, def: { kind: "polyLookup", to: several.map(({ name }) => name), ...rest } };
      const to = random.pick(open);
      return { targets: [to], def: { kind: "lookup", to: to.name, ...rest } };
    });
    for (const { targets, def } of lookups) {
      const name = plan.free.pop() as string;
      plan.fields[name] = def;
      for (const to of targets)
        if (random.chance(0.8)) to.fields[to.free.pop() as string] = { kind: "children", to: plan.name, via: name };
    }
  }
  const tie = addLink(random, plans);
  return [...plans, tie].map(({ name, fields }) => ({
    name,
    fields,
    ...randomConstraints(random, fields, name === "membership"),
  }));
}

/** A link entity between two others (or one and itself), and the link on either side. */
function addLink(random: Random, plans: readonly { name: string; fields: Fields; free: string[] }[]) {
  const [left, right] = [random.pick(plans), random.pick(plans)];
  const lookup = (to: string) => ({ kind: "lookup", to, onDelete: "cascade", required: true });
  const fields: Fields = {
    left: lookup(left.name),
    right: lookup(right.name),
    since: { kind: "date" },
    role: { kind: "choice", values: ["a", "b", "c"] },
  };
  left.fields[left.free.pop() as string] = {
    kind: "link",
    to: right.name,
    through: "membership",
    from: "left",
    into: "right",
  };
  if (random.chance(0.5))
    right.fields[right.free.pop() as string] = {
      kind: "link",
      to: left.name,
      through: "membership",
      from: "right",
      into: "left",
    };
  return { name: "membership", fields, free: [] };
}

const choices: readonly (readonly string[])[] = [
  ["open", "won", "lost"],
  ["z", "a", "M", "é"],
  ["10", "9", "1", "b'c", "%"],
];

function randomField(random: Random, kind: string): FieldDef {
  const type = fieldTypes.find((one) => one.kind === kind);
  const takes = (option: string) => type?.common === undefined || (type.common as readonly string[]).includes(option);
  const options: Record<string, unknown> = { ...kindOptions(random, kind) };
  if (takes("unique") && random.chance(0.12)) options["unique"] = true;
  if (takes("indexed") && random.chance(0.2)) options["indexed"] = true;
  if (takes("required") && random.chance(0.2)) options["required"] = true;
  if (takes("immutable") && random.chance(0.05)) options["immutable"] = true;
  if (type?.search && random.chance(0.35))
    options["searchable"] = random.chance(0.6) ? true : { weight: random.pick(searchWeights) };
  if (takes("default") && random.chance(0.1) && type) {
    const value = randomValue(random, type, { ...options, kind });
    if (value !== undefined) options["default"] = value;
  }
  return { ...options, kind };
}

function kindOptions(random: Random, kind: string): object {
  switch (kind) {
    case "text":
    case "email":
    case "url":
    case "phone":
      return random.chance(0.3) ? { fold: false } : {};
    case "decimal":
    case "money":
      return random.chance(0.5) ? { scale: random.pick([0, 1, 2, 3, 6, 12]) } : {};
    case "choice":
    case "multiChoice":
      return { values: random.pick(choices) };
    case "autonumber":
      return {
        pattern: random.pick(["INV-{yyyy}-{0000}", "{0}", "{yy}{mm}/{000}"]),
        ...(random.chance(0.3) ? { start: 98 } : {}),
      };
    case "integer":
      return random.chance(0.3) ? { min: -100, max: 100 } : {};
    case "address":
      return random.chance(0.3) ? { indexedParts: random.some(["street", "city", "country"], 2) } : {};
    default:
      return {};
  }
}

function randomConstraints(random: Random, fields: Fields, tie: boolean): Pick<EntityPlan, "unique" | "indexes"> {
  const sortable = Object.entries(fields)
    .filter(([, def]) => fieldTypes.find((type) => type.kind === def.kind)?.compare !== undefined)
    .map(([name]) => name);
  const sets = (share: number) =>
    random.chance(share) && sortable.length > 1 ? [random.some(sortable, random.int(2, 3))] : [];
  return { unique: tie && random.chance(0.5) ? [["left", "right"]] : sets(0.4), indexes: sets(0.5) };
}
