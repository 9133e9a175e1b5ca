// Queries that bring related records along: any depth, a fixed number of statements, and types that say what came.
import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import type { Entities } from "./declarations.ts";
import { heading, table } from "./show.ts";
import { formats, type Locale, texts } from "./texts.ts";

/** Shows the largest wins of the best account, and properties with what their owners owe. */
export async function askIncludes(xrm: Xrm<Entities>, locale: Locale): Promise<void> {
  await askBestAccount(xrm, locale);
  if (await xrm.property.exists()) await askProperties(xrm, locale);
}

async function askBestAccount(xrm: Xrm<Entities>, locale: Locale): Promise<void> {
  const t = texts[locale];
  const { money } = formats(locale);
  const labelOf = (entity: keyof Entities): string => xrm.$.describe(entity, { locale }).label;
  const [top] = await xrm.opportunity.aggregate({
    where: { stage: "won", account: { ne: null } },
    groupBy: { account: true },
    measures: { total: { sum: "value" } },
    orderBy: { total: "desc" },
    limit: 1,
  });
  assert.ok(top?.account, "an account has won opportunities");
  const best = await xrm.account.get(top.account, {
    select: { name: true },
    include: {
      opportunities: {
        where: { stage: "won" },
        select: { code: true, value: true },
        include: { product: { select: { name: true } }, agent: { select: { name: true } } },
        orderBy: { value: "desc" },
        limit: 5,
      },
    },
  });
  heading(t.best(best.name));
  const titles = (["opportunity", "product", "agent"] as const).map((name) => ({ title: labelOf(name) }));
  const rows = best.opportunities.map((one) => [
    one.code,
    one.product?.name ?? "",
    one.agent?.name ?? "",
    money(one.value ?? "0"),
  ]);
  table([...titles, { title: t.value, right: true }], rows);
  assert.ok(
    rows.every((row) => row.every((cell) => cell !== "")),
    "each include is there",
  );
}

async function askProperties(xrm: Xrm<Entities>, locale: Locale): Promise<void> {
  const t = texts[locale];
  const { money, day } = formats(locale);
  const { fields } = xrm.$.describe("property", { locale });
  const titleOf = (name: string) => ({ title: fields.find((field) => field.name === name)?.label ?? name });
  heading(t.properties);
  const owing = await xrm.property.findMany({
    where: { notices: { some: { paidOn: null } } },
    include: { heldBy: { select: { name: true } }, notices: { where: { paidOn: null }, orderBy: { dueOn: "desc" } } },
    orderBy: { registration: "asc" },
    limit: 5,
  });
  const columns = ["registration", "address", "heldBy"].map(titleOf);
  table(
    [...columns, { title: t.due, right: true }, { title: t.last, right: true }],
    owing.map(({ registration, address, heldBy, notices }) => {
      const total = notices.reduce((all, notice) => all + Number(notice.amount), 0);
      return [registration, address, heldBy?.name ?? "", money(total.toFixed(2)), day(notices[0]?.dueOn ?? "")];
    }),
  );
}
