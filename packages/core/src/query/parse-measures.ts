/** The figures of an aggregate, from as written to the plan's measures. */

import { describe, didYouMean, isDate, isPlainObject, printable, timeZone } from "@kith/schema";
import type { EntityModel, FieldModel, Model, Vocabulary } from "../model/model.ts";
import { fieldPath } from "../model/parts.ts";
import { ratesOf } from "../money/exchange-rates.ts";
import type { GroupKey, MeasurePlan } from "./ast.ts";
import type { ConversionPlan } from "./convert.ts";
import type { ParseContext, Path } from "./parse-context.ts";
import { knownKeys } from "./parse-read.ts";
import { parseWhere } from "./parse-where.ts";

const functions = ["countDistinct", "sum", "avg", "min", "max"] as const;
/** The keys of a measure. */
export const measureKeys: ReadonlySet<string> = new Set(["count", ...functions, "where", "convertTo", "on"]);

const connectives: ReadonlySet<string> = new Set(["and", "or", "not", "isNull"]);

/** Whether a name stands for something else in filters. */
function isWord({ operators }: Vocabulary, name: string): boolean {
  return operators.has(name) || connectives.has(name);
}

/** What parsing figures needs to know of the model. */
export type FigureModel = Pick<Model, "entities" | "currency" | "vocabulary">;

/** The figures under `measures`; those to be converted are put into `conversions` by their place. */
export function parseMeasures(
  context: ParseContext,
  entity: EntityModel,
  measures: unknown,
  model: FigureModel,
  conversions: Map<number, ConversionPlan>,
): MeasurePlan[] {
  if (!isPlainObject(measures) || Object.keys(measures).length === 0) {
    context.problem(["measures"], "must name at least one figure, like { count: 'count', total: { sum: 'amount' } }");
    return [];
  }
  const plans: MeasurePlan[] = [];
  for (const [name, value] of Object.entries(measures)) {
    const at = ["measures", printable(name)];
    if (!/^[A-Za-z][A-Za-z0-9]{0,39}$/.test(name) || name in Object.prototype)
      context.problem(at, "must be a name of letters and digits");
    else if (isWord(model.vocabulary, name))
      context.problem(at, "is a word of filters, which `having` could not tell from the figure; choose another name");
    else if (value === "count") plans.push({ name, fn: "count", path: [], field: undefined, where: undefined });
    else {
      const plan = parseMeasure(context, entity, name, value, at);
      if (!plan) continue;
      const conversion = parseConversion(context, entity, model, plan, value as Record<string, unknown>, at);
      if (conversion) conversions.set(plans.length, conversion);
      plans.push(plan);
    }
  }
  return plans;
}

function parseMeasure(
  context: ParseContext,
  entity: EntityModel,
  name: string,
  value: unknown,
  path: Path,
): MeasurePlan | undefined {
  const words = isPlainObject(value) ? Object.keys(value) : [];
  const chosen = words.filter((word) => word === "count" || functions.includes(word as never));
  const fn = chosen[0] as MeasurePlan["fn"] | undefined;
  if (!fn || chosen.length !== 1) {
    const [word] = words;
    const hint = word !== undefined && words.length === 1 ? didYouMean(word, functions) : "";
    context.problem(
      path,
      `must be 'count' or one of ${functions.join(", ")} with a field's name, like { sum: 'amount' }.${hint}`,
    );
    return undefined;
  }
  const given = value as Record<string, unknown>;
  knownKeys(context, given, measureKeys, path);
  // In the order of the keys, since parameters are numbered by it.
  const where =
    given["where"] === undefined ? undefined : parseWhere(context, entity, given["where"], [...path, "where"]);
  if (fn === "count") {
    if (given["count"] !== true) context.problem([...path, "count"], `must be true, not ${describe(given["count"])}`);
    return { name, fn, path: [], field: undefined, where };
  }
  const found = parseTarget(context, entity.byName, entity.name, given[fn], [...path, fn], []);
  if (!found) return undefined;
  const { measure, kind } = found.field.type;
  const adds = measure === "number" || measure === "exact";
  const suits =
    fn === "countDistinct"
      ? found.field.stored
      : fn === "sum" || fn === "avg"
        ? adds
        : measure !== "plain" && measure !== "parts";
  if (!suits) {
    context.problem([...path, fn], `cannot be taken of '${found.field.name}', a field of kind ${kind}`);
    return undefined;
  }
  return { name, fn, where, ...found };
}

/** `convertTo`, and the day of the rate. */
function parseConversion(
  context: ParseContext,
  entity: EntityModel,
  model: FigureModel,
  { fn, field }: MeasurePlan,
  given: Record<string, unknown>,
  path: Path,
): ConversionPlan | undefined {
  const { convertTo: to, on } = given;
  if (to === undefined) {
    if (on !== undefined) context.problem([...path, "on"], "says the day of a conversion; it goes with convertTo");
    return undefined;
  }
  const problem = (key: string, message: string): undefined => context.problem([...path, key], message) as undefined;
  if (typeof to !== "string" || !/^[A-Z]{3}$/.test(to))
    return problem("convertTo", `must be a currency, like 'BRL', not ${describe(to)}`);
  if (fn !== "sum" && fn !== "avg")
    return problem(
      "convertTo",
      `goes with sum and avg; which amount is the ${fn} would hang on each record's own rate`,
    );
  const rates = ratesOf(model);
  if (!rates) return problem("convertTo", "needs exchange rates: add exchangeRates() to the model's plugins");
  const owner = field && model.entities.get(field.entity);
  if (!field?.type.currency || !owner) return problem("convertTo", "is for amounts of money");
  const stands = field.type.currency(field.def) ?? { fixed: model.currency as string };
  const currency = "field" in stands ? { field: owner.byName.get(stands.field) as FieldModel } : stands;
  if (typeof on === "string" && isDate(on)) return { to, rates, currency, day: { fixed: on } };
  const dated =
    typeof on === "string" ? entity.byName.get(on) : on === undefined ? entity.byName.get("createdAt") : undefined;
  if (!dated?.type.buckets?.includes("day")) {
    const hint = typeof on === "string" ? didYouMean(on, entity.byName.keys()) : "";
    return problem(
      "on",
      `must be a day, like '2026-01-31', or a field of dates or instants, not ${describe(on)}.${hint}`,
    );
  }
  const zone = dated.columns[0]?.type === "instant" ? timeZone(context.operands.timeZone) : undefined;
  return { to, rates, currency, day: { field: dated, bucket: { bucket: "day", zone, fiscalYearStart: 1 } } };
}

/** `'amount'`, or `{ account: 'employees' }` for the field of a record that a lookup leads to, or for a part. */
function parseTarget(
  context: ParseContext,
  fields: ReadonlyMap<string, FieldModel>,
  entity: string,
  target: unknown,
  path: Path,
  lookups: readonly FieldModel[],
): { readonly path: readonly FieldModel[]; readonly field: FieldModel } | undefined {
  const inner = isPlainObject(target) ? Object.entries(target) : undefined;
  const name = inner ? (inner.length === 1 ? inner[0]?.[0] : undefined) : target;
  if (typeof name !== "string") {
    context.problem(path, `must be a field's name, or { lookup: 'field' }, not ${describe(target)}`);
    return undefined;
  }
  const field = fields.get(name);
  if (!field) {
    const hint = didYouMean(name, fields.keys());
    context.problem(path, `'${printable(name)}' is no field of '${entity}'.${hint}`, "UNKNOWN_FIELD");
    return undefined;
  }
  if (!inner) return { path: lookups, field };
  const [, further] = inner[0] as [string, unknown];
  const at = [...path, printable(name)];
  if (field.relation?.type === "one") {
    const { target: next } = field.relation;
    return parseTarget(context, next.byName, next.name, further, at, [...lookups, field]);
  }
  if (field.parts) return parseTarget(context, field.parts, `${entity}.${name}`, further, at, lookups);
  context.problem(at, `leads to no other record: only lookups do, and fields with parts have parts`);
  return undefined;
}

/** What a filter says of a record, as written: to find out whether it lets one currency through alone. */
interface Written {
  readonly where: unknown;
  /** The filters of single measures, by name. */
  readonly measures: unknown;
}

/** Amounts whose currency stands in a sibling field can only be computed with within one currency. */
export function checkCurrencies(
  context: ParseContext,
  measures: readonly MeasurePlan[],
  groups: readonly GroupKey[],
  written: Written,
  conversions: ReadonlyMap<number, ConversionPlan>,
): void {
  for (const [i, { name, fn, path, field }] of measures.entries()) {
    if (conversions.has(i)) continue;
    const currency = field?.type.currency?.(field.def);
    if (!field || !currency || !("field" in currency) || fn === "countDistinct") continue;
    const place = [...path.flatMap((lookup) => fieldPath(lookup).split(".")), currency.field];
    const grouped = groups.some((group) => group.name.join(".") === place.join("."));
    const own = (written.measures as Record<string, { where?: unknown }>)[name]?.where;
    if (grouped || fixesOne(written.where, place) || fixesOne(own, place)) continue;
    const nested = (value: string) => place.reduceRight((inside, step) => `{ ${step}: ${inside} }`, value);
    context.problem(
      ["measures", name],
      `would mix currencies: group by '${place.join(".")}' too, convert with convertTo, or filter on one, like where: ${nested("'BRL'")}`,
      "MIXED_CURRENCIES",
    );
  }
}

/** Whether a filter lets one value of a field through at the most. */
function fixesOne(where: unknown, [name = "", ...rest]: readonly string[]): boolean {
  if (where === null || typeof where !== "object") return false;
  const { [name]: value, and } = where as Record<string, unknown>;
  const here =
    rest.length > 0
      ? fixesOne(value, rest)
      : typeof value === "string" ||
        (value !== null && typeof value === "object" && typeof (value as { eq?: unknown }).eq === "string");
  return here || (Array.isArray(and) && and.some((item) => fixesOne(item, [name, ...rest])));
}
