/**
 * Aggregates that convert money. Storages add up plain sums by currency and day; the rates are put to them here, in exact arithmetic, so that all
 * storages give the same figure. One statement for the other figures, one for each converted one, one for all rates.
 */

import { canonicalText, compareBuckets, exactFigure } from "@kith/schema";
import { XrmError } from "../errors.ts";
import type { EntityModel, FieldModel } from "../model/model.ts";
import { ConvertedSum, type DatedRate, RateTable } from "../money/rates.ts";
import type { Connection, Prepared, ReadResult, RunControl, StorageTransaction } from "../storage/storage.ts";
import type { AggregatePlan, BucketPlan, Condition, GroupKey, MeasurePlan } from "./ast.ts";
import { havingTest, measureField } from "./figures.ts";

/** How a measure is converted. */
export interface ConversionPlan {
  readonly to: string;
  readonly rates: EntityModel;
  /** Where an amount's currency stands: fixed, or in a field beside it. */
  readonly currency: { readonly fixed: string } | { readonly field: FieldModel };
  /** The day of the rate: fixed, or that of a record's date or instant. */
  readonly day: { readonly fixed: string } | { readonly field: FieldModel; readonly bucket: BucketPlan };
}

/** An aggregate, some of whose measures (by their place) are converted. */
export interface ConvertedPlan {
  readonly plan: AggregatePlan;
  readonly conversions: ReadonlyMap<number, ConversionPlan>;
}

type Rows = unknown[][];

interface Converter {
  readonly index: number;
  readonly measure: MeasurePlan;
  readonly conversion: ConversionPlan;
  readonly sums: Prepared<Rows>;
}

/** A sum of a group's amounts (by the group's key) in one currency, at the rate of one day. */
interface Part {
  readonly key: string;
  readonly code: string;
  readonly on: string;
  readonly sum: string;
  readonly count: number;
}

/** Makes an aggregate with conversions ready. */
export function prepareConverted(connection: Connection, { plan, conversions }: ConvertedPlan): Prepared<Rows> {
  const plain = { ...plan, having: undefined, limit: undefined, order: groupOrder(plan) };
  const others = plan.measures.filter((_, i) => !conversions.has(i));
  const count: MeasurePlan = { name: "n", fn: "count", path: [], field: undefined, where: undefined };
  const main = connection.prepareAggregate({ ...plain, measures: others.length > 0 ? others : [count] });
  const converters = [...conversions].map(([index, conversion]): Converter => {
    const measure = plan.measures[index] as MeasurePlan;
    return {
      index,
      measure,
      conversion,
      sums: connection.prepareAggregate(sumsPlan(plan, measure, conversion)),
    };
  });
  const [{ rates: entity }] = [...conversions.values()] as [ConversionPlan];
  const rates = connection.prepareRead(ratesPlan(entity));
  const having = havingTest(plan);
  const compare = rowOrder(plan);
  const run = async (params: readonly unknown[], tx?: StorageTransaction, control?: RunControl): Promise<Rows> => {
    const groups = plan.groups.length;
    const rows = (await main.run(params, tx, control)).map((row) => {
      const rest = row.slice(groups);
      return [...row.slice(0, groups), ...plan.measures.map((_, i) => (conversions.has(i) ? null : rest.shift()))];
    });
    const byKey = new Map(rows.map((row) => [canonicalText(row.slice(0, groups)), row]));
    const sums: Part[][] = [];
    for (const converter of converters) sums.push(await partsOf(plan, converter, params, tx, control));
    const wanted = wantedRates(converters, sums);
    const dated = wanted ? datedRates(entity, await rates.run(wanted, tx, control)) : [];
    converters.forEach((converter, i) => {
      for (const [key, figure] of convert(plan, converter, sums[i] as Part[], dated)) {
        const row = byKey.get(key);
        if (row) row[groups + converter.index] = figure;
      }
    });
    const kept = having ? rows.filter((row) => having(row, params)) : rows;
    kept.sort(compare);
    return plan.limit === undefined ? kept : kept.slice(0, params[plan.limit] as number);
  };
  return { run };
}

/** What a measure adds up, by group, currency and day. */
async function partsOf(
  plan: AggregatePlan,
  { measure, conversion, sums }: Converter,
  params: readonly unknown[],
  tx: StorageTransaction | undefined,
  control: RunControl | undefined,
): Promise<Part[]> {
  const groups = plan.groups.length;
  const { currency, day, to } = conversion;
  const parts = (await sums.run(params, tx, control))
    .map((row) => {
      const [count, sum, ...keys] = [row.at(-1), row.at(-2), ...row.slice(groups, -2)];
      const code = "field" in currency ? keys.shift() : currency.fixed;
      const on = "field" in day ? keys.shift() : day.fixed;
      return { key: canonicalText(row.slice(0, groups)), code, on, sum, count };
    })
    .filter(({ sum }) => sum !== null);
  for (const { code, on } of parts) {
    const lacking =
      code === null && "field" in currency ? currency.field : on === null && "field" in day ? day.field : undefined;
    if (lacking) throw lacks(plan.entity, measure, lacking, to);
  }
  return parts as Part[];
}

/** The parameters of the read of all rates that sums need; undefined when they need none. */
function wantedRates(converters: readonly Converter[], sums: readonly (readonly Part[])[]): unknown[] | undefined {
  const targets = new Set<string>();
  const codes = new Set<string>();
  let last = "";
  converters.forEach(({ conversion: { to } }, i) => {
    for (const { code, on } of sums[i] ?? []) {
      if (code === to) continue;
      targets.add(to);
      codes.add(code);
      if (on > last) last = on;
    }
  });
  return codes.size === 0 ? undefined : [[...targets], [...codes], last];
}

/** Rates as they were read, in the order of their days. */
function datedRates(entity: EntityModel, { rows }: ReadResult): DatedRate[] {
  const { type, def } = entity.byName.get("rate") as FieldModel;
  const { units } = exactFigure(type, def) as NonNullable<ReturnType<typeof exactFigure>>;
  return rows.map((row) => ({ ...row, units: BigInt(units(row["rate"] as string)) }) as unknown as DatedRate);
}

/** The figures by group. */
function convert(
  plan: AggregatePlan,
  { measure, conversion }: Converter,
  parts: readonly Part[],
  dated: readonly DatedRate[],
): Map<string, string> {
  const { to, rates } = conversion;
  const field = measure.field as FieldModel;
  const exact = exactFigure(field.type, field.def) as NonNullable<ReturnType<typeof exactFigure>>;
  const rate = rates.byName.get("rate");
  const table = new RateTable(to, rate?.type.scale?.(rate.def) ?? 0, dated);
  const totals = new Map<string, ConvertedSum>();
  for (const { key, code, on, sum, count } of parts) {
    let total = totals.get(key);
    if (!total) totals.set(key, (total = new ConvertedSum()));
    total.add(BigInt(exact.units(sum)), BigInt(count), table.of(code, on, plan.entity.name));
  }
  return new Map([...totals].map(([key, total]) => [key, exact.give(total.units(measure.fn === "avg"))]));
}

function lacks(entity: EntityModel, measure: MeasurePlan, field: FieldModel, to: string): XrmError {
  return new XrmError(
    "NO_RATE",
    `Some amounts of '${measure.name}' cannot be converted to ${to}, since their '${field.name}' is empty; filter them out, like where: { ${field.name}: { isNull: false } }.`,
    { entity: entity.name, field: field.name, params: { measure: measure.name, to } },
  );
}

/** The sums of a measure by group, currency and day, and how many amounts they are of. */
function sumsPlan(plan: AggregatePlan, measure: MeasurePlan, { currency, day }: ConversionPlan): AggregatePlan {
  const hidden: GroupKey[] = [];
  if ("field" in currency)
    hidden.push({ name: ["", "currency"], path: measure.path, field: currency.field, bucket: undefined });
  if ("field" in day) hidden.push({ name: ["", "day"], path: [], field: day.field, bucket: day.bucket });
  const groups = [...plan.groups, ...hidden];
  const given = measure.path.reduceRight<Condition>((where, field) => ({ kind: "one", field, where }), {
    kind: "not",
    of: { kind: "null", field: measure.field as FieldModel },
  });
  const where: Condition = measure.where ? { kind: "all", of: [measure.where, given] } : given;
  return {
    entity: plan.entity,
    where: plan.where ? { kind: "all", of: [plan.where, where] } : where,
    groups,
    measures: [
      { ...measure, name: "sum", fn: "sum", where: undefined },
      { name: "count", fn: "count", path: [], field: undefined, where: undefined },
    ],
    having: undefined,
    order: groupOrder({ groups }),
    limit: undefined,
  };
}

const groupOrder = ({ groups }: Pick<AggregatePlan, "groups">): AggregatePlan["order"] =>
  groups.map((_, index) => ({ by: "group", index, direction: "asc" }));

/** The rates between some currencies (parameter 0) and others (1), up to a day (2), by day. */
function ratesPlan(entity: EntityModel): Parameters<Connection["prepareRead"]>[0] {
  const [from, to, rate, on, id] = ["from", "to", "rate", "on", "id"].map(
    (name) => entity.byName.get(name) as FieldModel,
  );
  const test = (field: FieldModel | undefined, word: string, param: number): Condition => {
    const one = field as FieldModel;
    return {
      kind: "test",
      field: one,
      operator: one.operators[word] as NonNullable<(typeof one.operators)[string]>,
      word,
      param,
    };
  };
  const pair = (a: FieldModel | undefined, b: FieldModel | undefined): Condition => ({
    kind: "all",
    of: [test(a, "in", 1), test(b, "in", 0)],
  });
  return {
    entity,
    where: { kind: "all", of: [test(on, "lte", 2), { kind: "any", of: [pair(from, to), pair(to, from)] }] },
    order: [on, id].map((field) => ({ path: [], field: field as FieldModel, direction: "asc" })),
    fields: [from, to, rate, on] as FieldModel[],
    includes: [],
    limit: undefined,
    page: false,
    lock: false,
  };
}

/** The order that a plan asks for, of rows that a storage did not order. */
function rowOrder(plan: AggregatePlan): (a: readonly unknown[], b: readonly unknown[]) => number {
  const comparers = plan.order.map(({ by, index, direction }) => {
    const at = by === "group" ? index : plan.groups.length + index;
    const group = by === "group" ? (plan.groups[index] as GroupKey) : undefined;
    const field = group ? group.field : measureField(plan.measures[index] as MeasurePlan);
    const compare = group?.bucket ? compareBuckets : (field.type.compare as NonNullable<typeof field.type.compare>);
    const sign = direction === "asc" ? 1 : -1;
    return (a: readonly unknown[], b: readonly unknown[]) => {
      const [x, y] = [a[at] ?? null, b[at] ?? null];
      if (x === null || y === null) return (Number(x !== null) - Number(y !== null)) * sign;
      return compare(x as never, y as never, field.def) * sign;
    };
  });
  return (a, b) => {
    for (const compare of comparers) {
      const found = compare(a, b);
      if (found !== 0) return found;
    }
    return 0;
  };
}
