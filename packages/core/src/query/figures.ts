/** The figures of an aggregate as fields of their own: what `having` compares them as, and how they sort. */

import {
  compareBuckets,
  compareUnits,
  equality,
  exactFigure,
  type FieldDef,
  type FieldType,
  integerType,
  numberType,
  ordering,
  readText,
} from "@kith/schema";
import type { EntityModel, FieldModel } from "../model/model.ts";
import type { AggregatePlan, GroupKey, MeasurePlan } from "./ast.ts";
import { evaluate } from "./evaluate.ts";

/** The name of a group in `having`. */
export const groupName = ({ name }: GroupKey): string => name.join(".");

/** Names of spans of time. */
const labelType: FieldType<string> = {
  kind: "bucket",
  options: {},
  jsonSchema: () => ({ type: "string" }),
  widget: "text",
  columns: () => [{ suffix: "", type: "text" }],
  read: (value) => readText(value),
  operators: () => ({ ...equality(() => labelType), ...ordering(() => labelType) }),
  compare: compareBuckets,
  measure: "ordered",
};

function named(type: FieldType, def: FieldDef, name: string, like?: FieldModel): FieldModel {
  return {
    ...(like as FieldModel),
    name,
    entity: like?.entity ?? "",
    def,
    type,
    operators: type.operators(def),
    stored: true,
    columns: [],
    relation: undefined,
    owner: undefined,
    parts: undefined,
  } as FieldModel;
}

/** A group's value as a field. */
export function groupField(group: GroupKey): FieldModel {
  const { field, bucket } = group;
  return bucket
    ? named(labelType, { kind: "bucket" }, groupName(group))
    : named(field.type, field.def, groupName(group), field);
}

/** A measure's figure as a field. */
export function measureField({ name, fn, field }: MeasurePlan): FieldModel {
  if (!field || fn === "count" || fn === "countDistinct") return named(integerType, { kind: "integer" }, name);
  if (fn === "min" || fn === "max") return named(field.type, field.def, name, field);
  const exact = exactFigure(field.type, field.def);
  if (exact) {
    // Sums may have more digits than any one value.
    const type: FieldType = {
      ...field.type,
      operators: () => ({ ...equality(() => type), ...ordering(() => type) }),
      compare: (a: string, b: string) => compareUnits(exact.units(a), exact.units(b)),
    };
    return named(type, field.def, name, field);
  }
  const whole = fn === "sum" && field.columns[0]?.type !== "float";
  return whole ? named(integerType, { kind: "integer" }, name) : named(numberType, { kind: "number" }, name);
}

/** The groups and figures of an answer as the fields of an entity, in the shape of `groupBy`. */
export function figureEntity(groups: readonly GroupKey[], measures: readonly MeasurePlan[]): EntityModel {
  const byName = new Map<string, FieldModel>();
  for (const group of groups) {
    let level = byName;
    for (const step of group.name.slice(0, -1)) {
      const known = level.get(step);
      const parts = (known?.parts as Map<string, FieldModel> | undefined) ?? new Map<string, FieldModel>();
      if (!known) level.set(step, { ...named(labelType, { kind: "group" }, step), operators: {}, parts });
      level = parts;
    }
    level.set(group.name.at(-1) as string, groupField(group));
  }
  for (const measure of measures) byName.set(measure.name, measureField(measure));
  return { name: "groups and measures", byName } as unknown as EntityModel;
}

/** Whether a row of an answer (groups, then measures) meets the plan's `having`. Figures that no number holds come as the nearest that does. */
export function havingTest(
  plan: Pick<AggregatePlan, "groups" | "measures" | "having">,
): ((row: readonly unknown[], params: readonly unknown[]) => boolean) | undefined {
  const { having } = plan;
  if (!having) return undefined;
  const names = [...plan.groups.map(groupName), ...plan.measures.map(({ name }) => name)];
  return (row, params) => evaluate(having, Object.fromEntries(names.map((name, i) => [name, row[i]])), params);
}
