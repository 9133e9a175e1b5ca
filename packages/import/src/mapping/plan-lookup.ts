/** Making the lookups of one entry of a mapping ready. */

import type { EntityModel, FieldModel } from "@kith/core";
import { didYouMean, printable } from "@kith/schema";
import type { Converter } from "../convert/convert.ts";
import type { Goal } from "./columns.ts";
import type { ColumnMapping } from "./mapping.ts";
import { mapName, targetsOf } from "./members.ts";
import type { ReportMapping } from "./plan-column.ts";
import type { KeyPart, PlannedLookup } from "./planned.ts";

/** Makes the reader of a field by which records are found. */
export type ConvertKey = (field: FieldModel) => Converter;

/** The lookups of an entry: one, several for the key of a lookup to several entities, none for other fields. */
export function planLookups(
  entity: EntityModel,
  { field, member }: Goal,
  given: ColumnMapping,
  width: number,
  convert: ConvertKey,
  report: ReportMapping,
): PlannedLookup[] {
  const of = member?.part?.relation ?? field.relation;
  const targets = of?.type === "one" ? [of.target] : member?.role === "key" ? targetsOf(field) : [];
  const at = (option: string) => ["map", mapName(field, member), option];
  return targets.map((target) => {
    const asked = given.lookupBy === undefined ? undefined : [given.lookupBy].flat();
    const names = asked ?? (target.title ? [target.title.name] : []);
    const by = names.flatMap((name): KeyPart[] => {
      const key = target.byName.get(name);
      const problem = keyProblem(target, key, name);
      if (problem !== undefined) report(at("lookupBy"), problem);
      return key && problem === undefined ? [{ field: key, converter: convert(key) }] : [];
    });
    if (asked && new Set(asked).size < asked.length) report(at("lookupBy"), "names a field twice");
    if (by.length === names.length && width !== Math.max(1, by.length)) {
      report(at("from"), `names ${width} columns, lookupBy ${by.length} fields; each field needs its column`);
    }
    const waits = field.required || field.writable !== "always" ? "inTurn" : "after";
    const when = target === entity ? waits : "before";
    const path = mapName(field, member).split(".");
    return { field, path, target, by, idsToo: asked === undefined, names: field.relation === undefined, when };
  });
}

function keyProblem(target: EntityModel, key: FieldModel | undefined, name: string): string | undefined {
  if (!key?.stored)
    return `names '${printable(name)}', which '${target.name}' does not have.${didYouMean(name, target.byName.keys())}`;
  if (key.relation || !key.operators["in"] || key.parts)
    return `names '${name}' of '${target.name}', a field of kind ${key.type.kind}, by which records cannot be looked up`;
  return undefined;
}
