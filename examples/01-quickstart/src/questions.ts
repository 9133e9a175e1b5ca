// The questions that the demo asks, and how it shows the answers.
import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import type { Entities } from "./declarations.ts";
import { askIncludes } from "./includes.ts";
import { bars, good, heading, table } from "./show.ts";
import { formats, type Locale, texts } from "./texts.ts";

/** A sum for bars and assertions, in cents: exact. Money itself is decimal text. */
const cents = (amount: string | null): bigint => BigInt((amount ?? "0.00").replace(".", ""));

/** Shows counts, the pipeline, won revenue by manager and month, and includes; asserts that the figures agree. */
export async function ask(xrm: Xrm<Entities>, locale: Locale): Promise<void> {
  const t = texts[locale];
  const { money, count, month } = formats(locale);
  const described = (entity: keyof Entities) => xrm.$.describe(entity, { locale });
  const stageName = (stage: string): string => {
    const { values = [] } = described("opportunity").fields.find(({ name }) => name === "stage") ?? {};
    return values.find(({ value }) => value === stage)?.label ?? stage;
  };

  heading(t.records);
  const entities = [...xrm.$.model.entities.keys()] as (keyof Entities)[];
  const counts: string[][] = [];
  for (const name of entities) counts.push([described(name).plural, count(await xrm.entity(name).count())]);
  table([{ title: "" }, { title: t.count, right: true }], counts);

  const parts = await xrm.account.count({ where: { parent: { ne: null } } });
  if (parts > 0) good(t.parts(count(parts)));
  const alone = await xrm.opportunity.count({ where: { account: null } });
  if (alone > 0) good(t.alone(count(alone)));

  heading(t.pipeline);
  const stages = await xrm.opportunity.aggregate({
    groupBy: { stage: true },
    measures: { deals: "count", total: { sum: "value" } },
  });
  bars(stages.map(({ stage, deals }) => ({ label: stageName(stage), value: deals, text: count(deals) })));
  const won = stages.find(({ stage }) => stage === "won");
  good(`${stageName("won")}: ${count(won?.deals ?? 0)} · ${money(won?.total ?? "0")}`);

  heading(t.byManager);
  const managers = await xrm.opportunity.aggregate({
    where: { stage: "won" },
    groupBy: { agent: { manager: true } },
    measures: { deals: "count", total: { sum: "value" } },
    orderBy: { total: "desc" },
  });
  bars(
    managers.map(({ agent, total }) => ({
      label: agent.manager ?? "–",
      value: Number(total),
      text: money(total ?? "0"),
    })),
  );
  const sum = (rows: readonly { total: string | null }[]): bigint =>
    rows.reduce((all, row) => all + cents(row.total), 0n);
  assert.equal(sum(managers), cents(won?.total ?? null), "won revenue by manager adds up to the pipeline's");

  heading(t.byMonth);
  const months = await xrm.opportunity.aggregate({
    where: { stage: "won" },
    groupBy: { closedOn: "month" },
    measures: { total: { sum: "value" } },
  });
  bars(
    months.map(({ closedOn, total }) => ({
      label: month(closedOn ?? ""),
      value: Number(total),
      text: money(total ?? "0"),
    })),
  );
  assert.equal(sum(months), cents(won?.total ?? null), "won revenue by month adds up to the pipeline's");

  await askIncludes(xrm, locale);
}
