/** From the plan of a table to the steps that people review, with the records that stand in the way of each. */

import type { StoredField } from "@kith/core";
import { canonicalText } from "@kith/schema";
import { columnsOf, valueColumns } from "../columns.ts";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import type { BrokenReference } from "./broken.ts";
import { checkName } from "./checks.ts";
import { isOwn } from "./compare.ts";
import { uniqueSets } from "./desired.ts";
import type { FieldPlan } from "./fields.ts";
import type { DbState } from "./introspect.ts";
import { duplicates, everyRecord, type Found, orphans, searchRecords, together, withoutValue } from "./offenders.ts";
import type { PassTable } from "./pass.ts";
import type { Steps } from "./steps.ts";
import type { TablePlan } from "./table-plan.ts";
import type { Task } from "./task.ts";

/** What explaining needs besides the plan. */
export interface ExplainScope {
  readonly context: SqlContext;
  readonly session: SqlSession;
  readonly db: DbState;
  readonly steps: Steps;
  /** The full name that the table of one of the model's entities has now; undefined when it is not there. */
  readonly tableNow: (entity: string) => string | undefined;
  readonly number: PassTable["number"];
  /** What leads nowhere, although there is a foreign key. */
  readonly broken: readonly BrokenReference[];
}

/** Adds the steps of a table. */
export function* explainTable(scope: ExplainScope, plan: TablePlan): Task<void> {
  const uniques = changedUniques(plan);
  const references = changedReferences(scope, plan);
  const checks = changedChecks(plan);
  const found = plan.rows === 0 ? new Map() : yield* search(scope, plan, uniques, references, checks);
  for (const field of plan.fields) yield* explainField(scope, plan, field, found);
  for (const field of plan.match.gone) explainGone(scope, plan, field);
  for (const { key, name, fields } of uniques) {
    const names = fields.map((field) => field.name).join(", ");
    const summary = `${plan.entity.name}: ${names} ${fields.length > 1 ? "together become" : "becomes"} unique`;
    scope.steps.add({
      action: "unique.add",
      entity: plan.entity.name,
      name,
      summary,
      rows: plan.rows,
      effort: "index",
      offenders: found.get(key),
    });
  }
  for (const { key, column, to } of references) {
    const summary = `${plan.entity.name}: ${column} refers to ${to}`;
    scope.steps.add({
      action: "reference.add",
      entity: plan.entity.name,
      name: column,
      summary,
      rows: plan.rows,
      effort: "look",
      offenders: found.get(key),
    });
  }
  for (const name of checks) {
    const summary = `${plan.entity.name}: every record must meet the check '${name}'`;
    scope.steps.add({
      action: "check.add",
      entity: plan.entity.name,
      name,
      summary,
      rows: plan.rows,
      effort: "look",
      offenders: found.get(`check ${name}`),
    });
  }
  explainIndexes(scope, plan);
}

function* explainField(
  { context, session, steps }: ExplainScope,
  plan: TablePlan,
  one: FieldPlan,
  found: Found,
): Task<void> {
  const { field, old, mode, conversion, lacking, filler } = one;
  const place = { entity: plan.entity.name, field: field.name };
  const title = `${plan.entity.name}.${field.name}`;
  const offenders = found.get(field.name);
  const missing = found.get(`required ${field.name}`);
  const advice = `give it a default, or a value for '${title}' in backfill`;
  if (!old) {
    if (mode !== "add" || one.field.system) return;
    const filled = plan.fills.includes(one);
    const summary = `${title} is new${filled ? ", and is filled in" : ""}`;
    const unfilled = lacking && plan.rows > 0 && !filler;
    steps.add({
      action: "field.add",
      ...place,
      summary,
      offenders:
        offenders ??
        missing ??
        (unfilled ? yield* everyRecord(context, session, plan.db.name, field.name, plan.rows) : undefined),
      advice,
      class: unfilled ? "refused" : "safe",
      rows: filled || unfilled ? plan.rows : 0,
      effort: "write",
    });
    return;
  }
  if (old.name !== field.name) {
    steps.add({
      action: "field.rename",
      ...place,
      summary: `${plan.entity.name}.${old.name} is now called ${field.name}`,
    });
  }
  if (one.restored)
    steps.add({
      action: "field.restore",
      ...place,
      summary: `${title} is taken up again, with the values that it had`,
    });
  if (mode === "fill" && conversion && !field.type.derive) {
    const kinds =
      old.def.kind === field.def.kind ? "gets another form" : `goes from ${old.def.kind} to ${field.def.kind}`;
    const kind = conversion.kind === "convert" ? "confirm" : "safe";
    steps.add({
      action: "field.convert",
      ...place,
      class: kind,
      summary: `${title} ${kinds}`,
      rows: plan.rows,
      effort: "write",
      offenders,
      advice: "change these values first, with the program of the model before",
    });
  } else if (conversion?.kind === "check" || (conversion?.kind === "require" && !lacking && offenders)) {
    steps.add({
      action: "field.limit",
      ...place,
      summary: `${title} has new limits`,
      rows: plan.rows,
      effort: "look",
      offenders,
    });
  }
  if (currencyOf(old) !== currencyOf(field)) {
    steps.add({
      action: "field.convert",
      ...place,
      class: "confirm",
      summary: `${title}: amounts stay as they are, and are now ${currencyOf(field) || "of the model's currency"}`,
      rows: plan.rows,
    });
  }
  if (lacking) {
    const value = new Set(valueColumns(field).map(({ name }) => name));
    const columns = one.columns.flatMap(({ spec, now }) => (now !== undefined && value.has(spec.name) ? [now] : []));
    const look = mode === "copy" && plan.rows > 0 && !filler && !missing;
    const without = look ? yield* withoutValue(context, session, plan.db.name, columns, field.name) : missing;
    steps.add({
      action: "field.require",
      ...place,
      summary: `${title} becomes required`,
      rows: plan.rows,
      effort: filler ? "write" : "look",
      offenders: together(conversion?.kind === "require" ? offenders : undefined, without),
      ...((without?.count ?? 0) > 0 ? { advice } : {}),
    });
  }
  const held = new Set(one.columns.map(({ now }) => now));
  if (!field.required && mode === "copy" && plan.db.columns.some(({ name, notNull }) => notNull && held.has(name))) {
    steps.add({
      action: "field.relax",
      ...place,
      summary: `${title} may be empty`,
      rows: plan.rows,
      effort: "rebuild",
    });
  }
}

const currencyOf = ({ def }: Pick<StoredField, "def">) =>
  [def["currency"], def["currencyField"]]
    .filter((one) => one !== undefined)
    .map(String)
    .join();

function explainGone({ steps }: ExplainScope, plan: TablePlan, field: StoredField): void {
  const place = { entity: plan.entity.name, field: field.name };
  const title = `${plan.entity.name}.${field.name}`;
  const before = plan.match.old?.retiredFields.has(field.name) === true;
  if (!before && plan.retired.includes(field)) {
    steps.add({
      action: "field.retire",
      ...place,
      summary: `${title} is no longer in the model; its values stay where they are`,
    });
  }
  const columns = field.model ? columnsOf(field.model).map(({ name }) => name) : plan.inTheWay;
  const blocks = plan.retired.includes(field) && columns.some((column) => plan.inTheWay.includes(column));
  const advice = blocks ? `confirm 'field.drop:${title}': its column is in the way of a new one` : undefined;
  steps.add({
    action: "field.drop",
    ...place,
    class: blocks ? "refused" : "destructive",
    summary: `${title} and its values are thrown away`,
    rows: plan.rows,
    effort: "rebuild",
    advice,
  });
}

interface ChangedUnique {
  readonly key: string;
  readonly name: string;
  readonly fields: readonly FieldPlan["field"][];
  readonly columns: readonly string[];
}

/** The unique sets that the table does not hold yet, or of which a field is made anew. */
function changedUniques({ entity, fields, fills, db }: TablePlan): ChangedUnique[] {
  const now = new Map(fields.flatMap(({ columns }) => columns.map((one) => [one.spec.name, one.now] as const)));
  return uniqueSets(entity).flatMap((set) => {
    const columns = set.columns.map((column) => now.get(column));
    const there = db.indexes.some(
      (index) => index.unique && index.valid && !index.special && index.columns.join() === columns.join(),
    );
    const made = set.fields.some((field) => fills.some((one) => one.field === field));
    if (there && !made) return [];
    const name = set.fields.map((field) => field.name).join("+");
    return [{ key: `unique ${name}`, name, ...set }];
  });
}

const isLimited = ({ conversion }: FieldPlan) => conversion?.kind === "check" || conversion?.kind === "require";

const isMade = (plan: FieldPlan | undefined) =>
  plan !== undefined && (plan.mode === "fill" || plan.filler !== undefined);

interface ChangedReference {
  readonly key: string;
  readonly field: FieldPlan;
  readonly column: string;
  readonly now: string | undefined;
  readonly to: string;
}

function changedReferences({ tableNow, broken }: ExplainScope, { fields, db }: TablePlan): ChangedReference[] {
  return fields.flatMap((plan) =>
    plan.columns.flatMap(({ spec, now }): ChangedReference[] => {
      if (spec.references === undefined) return [];
      const target = tableNow(spec.references);
      const there = db.references.some(({ column, table, valid }) => column === now && table === target && valid);
      const leads = !broken.some(({ table, column }) => table === db.name && column === now);
      if ((there && leads) || (plan.mode === "add" && !isMade(plan))) return [];
      return [{ key: `reference ${spec.name}`, field: plan, column: spec.name, now, to: spec.references }];
    }),
  );
}

/** The names of checks that are new, say something else, or look at values that are made. */
function changedChecks({ entity, match, fills }: TablePlan): ReadonlySet<string> {
  type Declared = Readonly<Record<string, { readonly where?: unknown }>>;
  const before = (match.old?.options["checks"] ?? {}) as Declared;
  const declared = match.declared["checks"] as Declared;
  const same = (name: string) =>
    canonicalText(before[name]?.where ?? null) === canonicalText(declared[name]?.where ?? null);
  const changed = entity.checks.filter(({ name }) => fills.length > 0 || !same(name));
  return new Set(changed.map(({ name }) => name));
}

function* search(
  { context, session, tableNow, number }: ExplainScope,
  plan: TablePlan,
  uniques: readonly ChangedUnique[],
  references: readonly ChangedReference[],
  checks: ReadonlySet<string>,
): Task<Found> {
  const { fields, db, entity } = plan;
  const looked = new Set(fields.filter((one) => plan.fills.includes(one) || isLimited(one)));
  const byField = new Map(fields.map((one) => [one.field, one]));
  const copied = (field: FieldPlan["field"]) =>
    byField.get(field)?.mode === "copy" && !looked.has(byField.get(field) as FieldPlan);
  const inPass = {
    fields: looked,
    uniques: uniques.filter(({ fields: all }) => !all.every(copied)),
    references: references
      .filter(({ field }) => field.mode !== "copy")
      .map(({ key, field, column, to }) => ({ key, field: field.field, column, table: tableNow(to) })),
    checks,
  };
  const needed = looked.size > 0 || inPass.uniques.length > 0 || inPass.references.length > 0 || checks.size > 0;
  const table: PassTable = { entity, table: db.name, fields, columnNow: (name) => name, number };
  const found: Found = needed ? yield* searchRecords(context, session, table, inPass) : new Map();
  const now = new Map(fields.flatMap(({ columns }) => columns.map((one) => [one.spec.name, one.now] as const)));
  for (const unique of uniques) {
    if (!unique.fields.every(copied)) continue;
    const same = yield* duplicates(
      context,
      session,
      db.name,
      unique.columns.map((column) => now.get(column) as string),
    );
    if (same.count > 0) found.set(unique.key, same);
  }
  for (const reference of references) {
    if (reference.field.mode !== "copy") continue;
    const lost = yield* orphans(context, session, db.name, reference.now as string, tableNow(reference.to));
    if (lost.count > 0) found.set(reference.key, lost);
  }
  return found;
}

function explainIndexes(
  { context, steps }: ExplainScope,
  { entity, spec, db, fields, rows, renames, match }: TablePlan,
): void {
  const now = new Map(fields.flatMap(({ columns }) => columns.map((one) => [one.spec.name, one.now] as const)));
  const left = new Set(db.indexes.filter(({ name }) => isOwn(context, name)));
  for (const { name, columns, unique } of spec.indexes) {
    const before = columns.map((column) => (column === "id" ? "id" : now.get(column))).join();
    const there = [...left].find(
      (index) => index.columns.join() === before && index.unique === unique && index.valid && !index.special,
    );
    if (there) left.delete(there);
    else if (!unique) {
      const place = name.slice(name.indexOf("__") + 2);
      steps.add({
        action: "index.add",
        entity: entity.name,
        name: place,
        summary: `${entity.name}: an index on ${columns.join(", ")}`,
        rows,
        effort: "index",
      });
    }
  }
  for (const index of left) {
    const action = index.unique ? "unique.drop" : "index.drop";
    const what = index.unique ? "need no longer be unique" : "no longer have an index";
    steps.add({
      action,
      entity: entity.name,
      name: index.columns.join("+"),
      summary: `${entity.name}: ${index.columns.join(", ")} ${what}`,
    });
  }
  const checks = new Set((spec.checks ?? []).map((check) => context.own(check.name)));
  for (const check of db.checks) {
    if (checks.has(check.name) || !check.name.startsWith(context.own("kith_check_"))) continue;
    if (
      match.old &&
      match.old.name !== entity.name &&
      entity.checks.some((one) => check.name === context.own(checkName(match.old ?? entity, one)))
    )
      continue;
    steps.add({
      action: "check.drop",
      entity: entity.name,
      name: check.name,
      summary: `${entity.name}: the check '${check.name}' goes`,
    });
  }
  const wanted = new Set(spec.columns.flatMap((column) => (column.references === undefined ? [] : [column.name])));
  for (const { column, table } of db.references) {
    const name = renames.get(column) ?? column;
    if (wanted.has(name)) continue;
    steps.add({
      action: "reference.drop",
      entity: entity.name,
      name,
      summary: `${entity.name}: ${name} need no longer be in ${table}`,
    });
  }
}
