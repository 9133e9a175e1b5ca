/** Damage done by hand: each kind is found and named, and what can be mended is. */

import assert from "node:assert/strict";
import type { DriftKind } from "@kith/core";
import { field } from "@kith/schema";
import { refused } from "../storage-suite/case.ts";
import type { ChangeCase, ChangeContext } from "./case.ts";
import { entity, modelOf } from "./models.ts";

/** Something that a person does to the database by hand, and what must be found then. */
export interface Damage {
  readonly kind: DriftKind;
  /** The stored name of the table, column, index or constraint that must be named. */
  readonly name: string;
  /** SQL that does it, or what does. */
  readonly harm: string | ((direct: ChangeContext["direct"]) => Promise<unknown>);
}

/**
 * The model of the database that is damaged: entities `account` (`name`, which is unique and searched, and `old`) and `deal` (`account`, `on`, `size`,
 * with an index on `on` and `size`, and the check `sized`).
 */
export const damagedModel = modelOf([
  entity("account", { name: field.text({ required: true, unique: true, searchable: true }), old: field.text() }),
  entity(
    "deal",
    { account: field.lookup("account"), on: field.date(), size: field.integer() },
    { indexes: [["on", "size"]], checks: { sized: { where: { size: { gte: 0 } }, message: "below nothing" } } },
  ),
]);

/** What every database can be done to. */
const common: readonly Damage[] = [
  { kind: "table.missing", name: "deal", harm: "drop table deal" },
  { kind: "table.missing", name: "kith_sequence", harm: "drop table kith_sequence" },
  { kind: "table.extra", name: "kith_new_deal", harm: "create table kith_new_deal (x int)" },
  { kind: "column.missing", name: "old", harm: "alter table account drop column old" },
  { kind: "column.extra", name: "extra", harm: "alter table deal add column extra text" },
  { kind: "index.missing", name: "kith_index_deal__account", harm: "drop index kith_index_deal__account" },
  { kind: "index.extra", name: "mine", harm: "create index mine on deal (size)" },
  {
    kind: "index.columns",
    name: "kith_index_deal__account",
    harm: 'drop index kith_index_deal__account; create index kith_index_deal__account on deal ("on")',
  },
  {
    kind: "index.unique",
    name: "kith_unique_account__name_fold",
    harm: "drop index kith_unique_account__name_fold; create index kith_unique_account__name_fold on account (name_fold)",
  },
  { kind: "search.missing", name: "kith_account_search", harm: "drop table kith_account_search" },
  { kind: "search.stale", name: "kith_account_search", harm: "delete from kith_account_search" },
  {
    kind: "meta.edited",
    name: "model",
    harm: `update kith_meta set value = replace(value, '"date"', '"datetime"') where key = 'model'`,
  },
  {
    kind: "meta.edited",
    name: "tables",
    harm: "update kith_meta set value = replace(value, 'account', 'acount') where key = 'tables'",
  },
  { kind: "meta.missing", name: "kith_meta", harm: "drop table kith_meta" },
];

/** What a plan cannot bring back, or would have to throw away: people decide about it. */
const forPeople = /^(table|meta)\.|\.extra$|^column\.missing$|^reference\.broken$/;
/** An extra foreign key is none of theirs: it would do what the model does not say. */
const mended = (kind: DriftKind) => kind === "reference.extra" || !forPeople.test(kind);

/** Cases on damage: what every database can be done to, and what only this one can. */
export function damages(own: readonly Damage[]): readonly ChangeCase[] {
  const seen = new Map<string, number>();
  return [...common, ...own].map((damage) => {
    const id = `damage/${damage.kind}-${damage.name}`;
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return { id: times === 1 ? id : `${id}-${times}`, run: (t) => findAndMend(t, damage) };
  });
}

async function findAndMend(t: ChangeContext, { kind, name, harm }: Damage): Promise<void> {
  const [account] = await t.make(damagedModel, "account", [{ name: "Acme" }]);
  const deal = { account: account as string, on: "2026-01-31", size: 3 };
  await t.make(damagedModel, "deal", [deal]);
  assert.deepEqual(await t.drift(damagedModel), []);
  await (typeof harm === "string" ? t.direct(harm) : harm(t.direct));
  const found = await t.drift(damagedModel);
  const one = found.find((drift) => drift.kind === kind && (drift.name ?? drift.table) === name);
  assert(one, JSON.stringify(found));
  assert(one.message.includes(name), one.message);
  if (!mended(kind)) return;
  assert.notDeepEqual((await t.plan(damagedModel)).steps, []);
  await t.change(damagedModel);
  assert.deepEqual(await t.held(damagedModel, "deal"), [deal]);
  const xrm = await t.open(damagedModel);
  assert.equal((await xrm.entity("account").findMany({ search: "acme" })).length, 1);
  await refused("UNIQUE", xrm.entity("account").create({ name: "ACME" }));
}
