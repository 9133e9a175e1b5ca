// What a CRM is asked all day: who was that, what did we do, how much did we sell?
import type { Xrm } from "@kith/core";
import type { Entities } from "./first-release.ts";
import type { Texts } from "./texts.ts";

export async function ask(xrm: Xrm<Entities>, t: Texts): Promise<void> {
  // One search over every entity with searchable fields, best finds first; accents and case do not matter.
  const hits = await xrm.$.search("joao");
  console.log(`${t.search} "joao": ${hits.map(({ entity, title }) => `${t[entity]} "${title}"`).join(", ")}`);

  // One lookup leads to several entities; `entity` tells the types of the records apart.
  const activities = await xrm.activity.findMany({
    include: { regarding: { account: true, contact: { include: { account: true } }, deal: true } },
    orderBy: { took: "desc" },
  });
  for (const { subject, took, regarding } of activities) {
    const about = regarding.entity === "deal" ? regarding.record?.topic : regarding.record?.name;
    const account = regarding.entity === "contact" ? ` (${regarding.record?.account?.name})` : "";
    console.log(`  ${subject}, ${took}: ${t[regarding.entity]} "${about}"${account}`);
  }

  // Fiscal years begin in April here, so that a day parts the last two deals by a year. Dollars are converted at the rate of their day.
  console.log(t.sales);
  const quarters = await xrm.deal.aggregate({
    where: { stage: "won" },
    groupBy: { closedOn: "fiscalQuarter" },
    measures: { deals: "count", total: { sum: "amount", convertTo: "BRL", on: "closedOn" } },
    having: { total: { gt: "0" } },
    orderBy: { closedOn: "asc" },
  });
  for (const { closedOn, deals, total } of quarters)
    console.log(`  ${closedOn}: ${t.deals(deals)}, ${t.money(total ?? "0")}`);
}
