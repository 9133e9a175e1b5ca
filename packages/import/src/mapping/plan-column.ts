/** Making one entry of a mapping ready. */

import type { EntityModel, FieldModel } from "@kith/core";
import { didYouMean, type Issue, printable } from "@kith/schema";
import { type Converter, converterOf } from "../convert/convert.ts";
import type { ColumnMapping, Conversion } from "./mapping.ts";
import type { KeyPart, PlannedColumn, PlannedLookup } from "./planned.ts";

/** Notes a problem of the mapping. */
export type ReportMapping = (path: Issue["path"], message: string) => void;

const conversions = ["trim", "decimalComma", "thousands", "format", "timeZone", "separator"] as const;

/** Makes a mapping of one field ready; its columns were found already. */
export function planColumn(
  entity: EntityModel,
  field: FieldModel,
  given: ColumnMapping,
  columns: readonly { readonly place: number; readonly name: string }[],
  defaults: Conversion,
  report: ReportMapping,
): PlannedColumn {
  const at = (option: string) => ["map", field.name, option];
  const lookup =
    field.relation?.type === "one"
      ? planLookup(entity, field, given, given.value === undefined ? columns.length : 1, defaults, report)
      : undefined;
  if (!lookup && given.lookupBy !== undefined)
    report(at("lookupBy"), `is for lookups; '${field.name}' is a field of kind ${field.type.kind}`);
  if (!lookup && columns.length > 1)
    report(at("from"), `names ${columns.length} columns; only a lookup by several fields takes several`);
  const own = convert(field, given, defaults, (option, message) => report(at(option), message));
  const taken = new Set([...own.takes, ...(lookup?.by ?? []).flatMap(({ converter }) => converter.takes)]);
  for (const option of conversions) {
    if (given[option] === undefined || taken.has(option)) continue;
    report(at(option), `says nothing about '${field.name}', a field of kind ${field.type.kind}; take it out`);
  }
  if (given.value !== undefined) {
    for (const option of ["from", "aliases", "empty", ...conversions] as const) {
      if (given[option] !== undefined)
        report(at(option), "says nothing beside value, a constant; take one of the two out");
    }
  }
  return {
    field,
    places: columns.map(({ place }) => place),
    names: columns.map(({ name }) => name),
    constant: given.value,
    trim: given.trim ?? defaults.trim ?? true,
    aliases: given.aliases === undefined ? undefined : new Map(Object.entries(given.aliases)),
    clears: given.empty === undefined ? !field.required && field.def["default"] === undefined : given.empty === "clear",
    converter: own,
    lookup,
  };
}

function convert(
  field: FieldModel,
  given: Conversion,
  defaults: Conversion,
  report: (option: string, message: string) => void,
): Converter {
  const options = { ...defaults, ...given };
  const sign = options.decimalComma ? "," : ".";
  const converter = converterOf(field, options, report);
  if (options.thousands === sign && converter.takes.includes("thousands"))
    report("thousands", `is the decimal sign too ('${sign}'); see decimalComma`);
  return converter;
}

function planLookup(
  entity: EntityModel,
  field: FieldModel,
  given: ColumnMapping,
  width: number,
  defaults: Conversion,
  report: ReportMapping,
): PlannedLookup | undefined {
  if (field.relation?.type !== "one") return undefined;
  const { target } = field.relation;
  const path = ["map", field.name, "lookupBy"];
  const asked = given.lookupBy === undefined ? undefined : [given.lookupBy].flat();
  const names = asked ?? (target.title ? [target.title.name] : []);
  const by = names.flatMap((name): KeyPart[] => {
    const key = target.byName.get(name);
    if (!key?.stored) {
      report(
        path,
        `names '${printable(name)}', which '${target.name}' does not have.${didYouMean(name, target.byName.keys())}`,
      );
      return [];
    }
    if (key.relation || !key.operators["in"]) {
      report(
        path,
        `names '${name}' of '${target.name}', a field of kind ${key.type.kind}, by which records cannot be looked up`,
      );
      return [];
    }
    return [
      {
        field: key,
        converter: convert(key, given, defaults, (option, message) => report(["map", field.name, option], message)),
      },
    ];
  });
  if (asked && new Set(asked).size < asked.length) report(path, "names a field twice");
  if (by.length === names.length && width !== Math.max(1, by.length)) {
    report(
      ["map", field.name, "from"],
      `names ${width} columns, lookupBy ${by.length} fields; each field needs its column`,
    );
  }
  return {
    target,
    by,
    idsToo: asked === undefined,
    when: target !== entity ? "before" : field.required || field.writable !== "always" ? "inTurn" : "after",
  };
}
