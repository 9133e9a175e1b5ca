/** Finding both ends of every relation. */

import { didYouMean, type Relation } from "@kith/schema";
import type { LooseEntity } from "./build.ts";
import type { LooseField } from "./field-models.ts";
import type { EntityModel, FieldModel, RelationModel } from "./model.ts";
import { lookupsOf, wholeField, withParts } from "./parts.ts";
import type { ReportDeclaration } from "./report.ts";

type Entities = ReadonlyMap<string, LooseEntity>;

/** Puts the relation of every field in place; what leads nowhere is reported. */
export function resolveRelations(entities: Entities, report: ReportDeclaration): void {
  const declared = new Map<LooseField, Relation>();
  for (const entity of entities.values()) {
    for (const field of entity.fields.flatMap(withParts) as LooseField[]) {
      const relation = field.type.relation?.(field.def);
      if (relation) declared.set(field, relation);
    }
  }
  // Lookups first: children and links find theirs by them.
  for (const [field, relation] of declared)
    if (relation.type === "one") field.relation = resolveLookup(entities, field, relation, report);
  for (const [field, relation] of declared) {
    if (relation.type === "children") field.relation = resolveChildren(entities, field, relation, report);
    if (relation.type === "link") field.relation = resolveLink(entities, field, relation, report);
  }
}

function find(
  entities: Entities,
  field: LooseField,
  option: string,
  name: string,
  report: ReportDeclaration,
): EntityModel | undefined {
  const entity = entities.get(name);
  // One that is not named at all is told of by the field's type.
  if (!entity && field.def[option] !== undefined) {
    report({
      ...where(field),
      code: "UNKNOWN_ENTITY",
      option,
      message: `names '${name}', which no plugin of the model declares.${didYouMean(name, entities.keys())}`,
    });
  }
  return entity as EntityModel | undefined;
}

const where = (field: LooseField) => ({ plugin: field.plugin, entity: field.entity, field: wholeField(field).name });

function resolveLookup(
  entities: Entities,
  field: LooseField,
  relation: Extract<Relation, { type: "one" }>,
  report: ReportDeclaration,
): RelationModel | undefined {
  const [name] = relation.targets;
  const target = name === undefined ? undefined : find(entities, field, "to", name, report);
  if (!target) return undefined;
  (target as LooseEntity).incoming.push(field as FieldModel);
  return { type: "one", target, onDelete: relation.onDelete };
}

function resolveChildren(
  entities: Entities,
  field: LooseField,
  relation: Extract<Relation, { type: "children" }>,
  report: ReportDeclaration,
): RelationModel | undefined {
  const target = find(entities, field, "to", relation.target, report);
  if (!target) return undefined;
  const via = lookupTo(target, relation.via, field.entity);
  if (via) return { type: "children", target, via };
  const hint = didYouMean(
    relation.via,
    lookupsTo(target, field.entity).map((one) => wholeField(one).name),
  );
  if (field.def["via"] === undefined) return undefined;
  report({
    ...where(field),
    code: "UNKNOWN_FIELD",
    option: "via",
    message: `names '${relation.via}', which is no lookup of '${target.name}' to '${field.entity}'.${hint}`,
  });
  return undefined;
}

function resolveLink(
  entities: Entities,
  field: LooseField,
  relation: Extract<Relation, { type: "link" }>,
  report: ReportDeclaration,
): RelationModel | undefined {
  const target = find(entities, field, "to", relation.target, report);
  const through = find(entities, field, "through", relation.through, report);
  if (!target || !through) return undefined;
  const from = linkEnd(field, through, "from", relation.from, field.entity, undefined, report);
  const into = from && linkEnd(field, through, "into", relation.into, target.name, from, report);
  return from && into ? { type: "link", target, through, from, into } : undefined;
}

function linkEnd(
  field: LooseField,
  through: EntityModel,
  option: "from" | "into",
  name: string | undefined,
  to: string,
  taken: FieldModel | undefined,
  report: ReportDeclaration,
): FieldModel | undefined {
  const found = lookupsTo(through, to).filter((one) => one !== taken);
  if (name !== undefined) {
    const named = lookupTo(through, name, to);
    if (named) return named;
    report({
      ...where(field),
      code: "UNKNOWN_FIELD",
      option,
      message: `names '${name}', which is no lookup of '${through.name}' to '${to}'.${didYouMean(
        name,
        found.map((one) => wholeField(one).name),
      )}`,
    });
    return undefined;
  }
  if (found.length === 1) return found[0];
  const why =
    found.length === 0
      ? `'${through.name}' has no lookup to '${to}'; add one`
      : `'${through.name}' has several lookups to '${to}' (${found.map((one) => wholeField(one).name).join(", ")}); name one`;
  report({ ...where(field), code: "LINK_END", option, message: why });
  return undefined;
}

function lookupsTo(entity: EntityModel, to: string): FieldModel[] {
  return lookupsOf(entity).filter((field) => field.relation?.type === "one" && field.relation.target.name === to);
}

function lookupTo(entity: EntityModel, name: string, to: string): FieldModel | undefined {
  return lookupsTo(entity, to).find((field) => wholeField(field).name === name);
}
