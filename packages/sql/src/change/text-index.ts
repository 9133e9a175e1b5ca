/** Text indexes: they hold nothing of their own, so that one that is not as the model wants it is thrown away and made anew. */

import { canonicalText, type Json } from "@kith/schema";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { searchFormat, searchTable } from "../names.ts";
import { createSearch, dropSearch, searchPlace } from "../search.ts";
import type { TableSpec } from "./desired.ts";
import type { DbState } from "./introspect.ts";
import { command, type Operation } from "./operations.ts";
import { rowsOf } from "./query.ts";
import type { KeptEntity, StoredState } from "./state.ts";
import type { Steps } from "./steps.ts";
import type { TablePlan } from "./table-plan.ts";
import type { Task } from "./task.ts";

/** What is done to the text index of a table that was there before. */
export interface TextIndexChange {
  /** Before anything else changes. */
  readonly before: readonly Operation[];
  /** When all else is done. */
  readonly after: readonly Operation[];
}

const none: TextIndexChange = { before: [], after: [] };

/** What becomes of the text index of a table. */
export function* planTextIndex(
  context: SqlContext,
  session: SqlSession,
  state: StoredState,
  db: DbState,
  plan: TablePlan,
  steps: Steps,
): Task<TextIndexChange> {
  const { spec, entity, match, rows } = plan;
  const stored = state.tables.find((table) => table.entity === match.old?.name)?.search;
  const oldTable = match.old?.table ?? spec.table;
  const there = db.has(context.own(searchTable(oldTable)));
  const filled = new Set(plan.fills.map(({ field }) => field.name));
  const remade = spec.search?.fields.some(([name]) => filled.has(name)) === true;
  const same =
    state.format >= searchFormat &&
    text(stored) === text(spec.search) &&
    oldTable === spec.table &&
    there === (spec.search !== undefined);
  const sound =
    same && !remade && (!spec.search || (yield* countStrays(context, session, spec.table, spec.search)) === 0);
  if (sound) return none;
  const drop = there ? dropTextIndex(context, oldTable) : [];
  if (!spec.search) {
    if (there)
      steps.add({ action: "search.drop", entity: entity.name, summary: `${entity.name}: its text index goes` });
    return { before: drop, after: [] };
  }
  const summary = `${entity.name}: its text index is made ${there ? "anew" : ""}`.trim();
  steps.add({ action: "search.add", entity: entity.name, summary, rows, effort: "write" });
  const create = createSearch(context, spec.table, spec.search).map(({ sql }) => command(sql));
  return { before: drop, after: [...create, { kind: "search", entity }] };
}

/** How many records a text index lacks, and how many entries it has too many. */
export function* countStrays(
  context: SqlContext,
  session: SqlSession,
  table: string,
  search: NonNullable<TableSpec["search"]>,
): Task<number> {
  const place = searchPlace(context, table, search);
  const [row] = yield* rowsOf(context, session, context.dialect.search.strays(place, context.table({ table })));
  return Number(row?.[0]);
}

/** What takes the text index of a former entity away. */
export function dropFormer(
  context: SqlContext,
  db: DbState,
  { table }: Pick<KeptEntity, "table">,
): readonly Operation[] {
  return db.has(context.own(searchTable(table))) ? dropTextIndex(context, table) : [];
}

function dropTextIndex(context: SqlContext, table: string): Operation[] {
  return dropSearch(context, table, { fields: [], weights: [], form: 0 }).map(({ sql }) => command(sql));
}

const text = (search: TableSpec["search"]) => canonicalText((search ?? null) as Json);
