/** What becomes of each field of a table: its columns stay, are renamed, or are made anew from its old values. */

import { type Backfill, type Conversion, conversionOf, type FieldModel, fillIn } from "@kith/core";
import { fittingName } from "@kith/schema";
import { columnsOf, valueColumns } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import { stagedPrefix } from "../names.ts";
import { type ColumnSpec, columnSpecs } from "./desired.ts";
import { columnsByName, type DbTable } from "./introspect.ts";
import type { EntityMatch, FieldMatch } from "./match.ts";

/** What a record that has no value gets. */
export type Filler =
  /** The same for all. */
  | { readonly kind: "value"; readonly value: unknown }
  /** Made for each record, from its other values. */
  | { readonly kind: "each"; readonly make: (record: Readonly<Record<string, unknown>>) => unknown }
  /** The next number of a counter. */
  | { readonly kind: "number" };

/** What becomes of a field. */
export interface FieldPlan extends FieldMatch {
  /**
   * `copy`: its columns hold what they should. `fill`: they are made from the old values. `add`: there are no old values.
   */
  readonly mode: "copy" | "fill" | "add";
  readonly conversion: Conversion | undefined;
  /** The columns that it will have, each with the name of the one that holds its values when the table is put in order. */
  readonly columns: readonly ColumnPlan[];
  /** Records may be without a value, and must not. */
  readonly lacking: boolean;
  /** What those get; undefined when there is nothing to give them. */
  readonly filler: Filler | undefined;
}

/** A column that a table will have. */
export interface ColumnPlan {
  readonly spec: ColumnSpec;
  /** Its name now; undefined when it is to be made. */
  readonly now: string | undefined;
  /** The column that holds its values when everything is filled. */
  readonly from: string;
}

/** The plans of a table's fields. `staged`: what is made stands in columns of its own until the end, so that the others can be used until then. */
export function planFields(
  context: SqlContext,
  match: EntityMatch,
  db: DbTable,
  backfill: Backfill,
  now: string,
  staged: boolean,
): FieldPlan[] {
  const there = columnsByName(db);
  const plans: FieldPlan[] = [];
  for (const one of match.fields) {
    const { field, old } = one;
    const specs = columnSpecs(field);
    const before = old?.model ? columnsOf(old.model) : [];
    const whole = before.length > 0 && before.every(({ name }) => there.has(name));
    const filler = fillerOf(field, backfill, now);
    // A column that something else takes away would be in the way of a new one of the same name.
    const name = (column: string) => (staged || there.has(column) ? fittingName(`${stagedPrefix}${column}`) : column);
    if (!old?.model || !whole) {
      const columns = specs.map((spec) => ({ spec, now: undefined, from: name(spec.name) }));
      plans.push({
        ...one,
        old: undefined,
        mode: "add",
        conversion: undefined,
        columns,
        lacking: field.required,
        filler,
      });
      continue;
    }
    const conversion = conversionOf(old.model, field, match.renamed);
    const shaped = (index: number) => {
      const spec = specs[index] as ColumnSpec;
      const column = there.get(before[index]?.name as string);
      return column !== undefined && column.type === context.dialect.columns[spec.type].sqlType;
    };
    const reencoded =
      (conversion.kind === "exact" && !samePlain(old.model, field)) ||
      conversion.kind === "convert" ||
      field.type.derive !== undefined;
    const nullable = before.some(({ name: column, shadow }) => !shadow && there.get(column)?.notNull === false);
    // Columns that hold a value together may be empty one by one: that it was required is what the model says, and what writes held it to.
    const held = valueColumns(old.model).length > 1 && old.model.required && !one.restored;
    const lacking = field.required && nullable && !held;
    const copies =
      before.length === specs.length &&
      specs.every((_, i) => shaped(i)) &&
      !reencoded &&
      !(staged && lacking && filler !== undefined);
    const columns = specs.map((spec, i) => {
      const present = before[i]?.name;
      return copies ? { spec, now: present, from: spec.name } : { spec, now: undefined, from: name(spec.name) };
    });
    plans.push({ ...one, mode: copies ? "copy" : "fill", conversion, columns, lacking, filler });
  }
  return plans;
}

/** Kinds that keep a value in the same one column in the same form, so that nothing has to be written anew. */
function samePlain(before: FieldModel, after: FieldModel): boolean {
  const simple = ({ type, def }: FieldModel) => !type.encode && !type.decode && type.columns(def).length === 1;
  const renames = before.type.kind === after.type.kind;
  return simple(before) && simple(after) && !renames && before.columns[0]?.type === after.columns[0]?.type;
}

function fillerOf(field: FieldModel, backfill: Backfill, now: string): Filler | undefined {
  const { type, def } = field;
  if (type.generate) return { kind: "number" };
  const { derive } = type;
  if (derive) return { kind: "each", make: (record) => derive(record, def) };
  const key = `${field.entity}.${field.name}`;
  if (Object.hasOwn(backfill, key)) {
    const given = backfill[key];
    return typeof given === "function"
      ? { kind: "each", make: given as (record: Readonly<Record<string, unknown>>) => unknown }
      : { kind: "value", value: given };
  }
  const fill = fillIn(type, def);
  if (!fill) return undefined;
  const make = () => fill({ actor: null, now });
  if (typeof def["default"] === "function") return { kind: "each", make };
  const value = make();
  return value === null || value === undefined ? undefined : { kind: "value", value };
}
