/** Making one entry of a mapping ready. */

import type { EntityModel, FieldModel } from "@kith/core";
import type { Issue } from "@kith/schema";
import { type Converter, converterOf, memberConverter } from "../convert/convert.ts";
import type { Goal } from "./columns.ts";
import type { ColumnMapping, Conversion } from "./mapping.ts";
import { mapName } from "./members.ts";
import { planLookups } from "./plan-lookup.ts";
import type { PlannedColumn } from "./planned.ts";

/** Notes a problem of the mapping. */
export type ReportMapping = (path: Issue["path"], message: string) => void;

type ReportOption = (option: string, message: string) => void;

const conversions = ["trim", "decimalComma", "thousands", "format", "timeZone", "separator", "unit"] as const;

/** Makes an entry ready; its columns were found already. */
export function planColumn(
  entity: EntityModel,
  goal: Goal,
  given: ColumnMapping,
  columns: readonly { readonly place: number; readonly name: string }[],
  defaults: Conversion,
  report: ReportMapping,
): PlannedColumn {
  const { field, member } = goal;
  const name = mapName(field, member);
  const reportOption: ReportOption = (option, message) => report(["map", name, option], message);
  const width = given.value === undefined ? columns.length : 1;
  const convert = (make: (options: Conversion, report: ReportOption) => Converter) =>
    convertBy(make, { ...defaults, ...given }, reportOption);
  const byKey = (key: FieldModel) => convert((options, told) => converterOf(key, options, told));
  const lookups = planLookups(entity, goal, given, width, byKey, report);
  const what = `'${name}', ${member ? `a part of a field` : "a field"} of kind ${field.type.kind}`;
  if (lookups.length === 0 && given.lookupBy !== undefined)
    reportOption(
      "lookupBy",
      `is for lookups; '${name}' is ${member ? "a part of a field" : "a field"} of kind ${field.type.kind}`,
    );
  if (lookups.length === 0 && columns.length > 1)
    reportOption("from", `names ${columns.length} columns; only a lookup by several fields takes several`);
  const converter = convert((options, told) =>
    member ? memberConverter(member, options, told) : converterOf(field, options, told),
  );
  const keys = lookups.flatMap(({ by }) => by.flatMap((key) => key.converter.takes));
  const taken = new Set([...converter.takes, ...keys]);
  for (const option of conversions) {
    if (given[option] !== undefined && !taken.has(option))
      reportOption(option, `says nothing about ${what}; take it out`);
  }
  if (given.value !== undefined) {
    for (const option of ["from", "aliases", "empty", ...conversions] as const) {
      if (given[option] !== undefined)
        reportOption(option, "says nothing beside value, a constant; take one of the two out");
    }
  }
  const fixed = field.def["default"] !== undefined || (field.required && member?.role !== "value");
  return {
    field,
    member,
    path: name.split("."),
    places: columns.map(({ place }) => place),
    names: columns.map(({ name }) => name),
    constant: given.value,
    trim: given.trim ?? defaults.trim ?? true,
    aliases: given.aliases === undefined ? undefined : new Map(Object.entries(given.aliases)),
    clears: given.empty === undefined ? !fixed : given.empty === "clear",
    converter,
    lookups,
  };
}

function convertBy(
  make: (options: Conversion, report: ReportOption) => Converter,
  options: Conversion,
  report: ReportOption,
): Converter {
  const sign = options.decimalComma ? "," : ".";
  const converter = make(options, report);
  if (options.thousands === sign && converter.takes.includes("thousands"))
    report("thousands", `is the decimal sign too ('${sign}'); see decimalComma`);
  return converter;
}
