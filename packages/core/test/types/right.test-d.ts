/** Right programs compile, and their types are what one would write by hand. */

import { createXrm, type Row, type Storage, type Where } from "@kith/core";
import { expectTypeOf, test } from "vitest";
import { type Entities, me, model, winOpportunity } from "./fixture.ts";

declare const storage: Storage;

test("records", () => {
  expectTypeOf<Row<Entities, "opportunity">>().toEqualTypeOf<{
    id: string;
    version: number;
    createdAt: string;
    createdBy: string | null;
    updatedAt: string;
    updatedBy: string | null;
    number: string;
    topic: string;
    account: string;
    stage: "qualify" | "propose" | "won" | "lost";
    amount: string | null;
    probability: number;
    closedOn: string | null;
    source: string | null;
    notes: string | null;
  }>();
});

test("queries", () => {
  void (async () => {
    const deals = await me.opportunity.findMany({
      where: {
        stage: { in: ["qualify", "propose"] },
        amount: { gt: "1000" },
        closedOn: null,
        account: { industry: "tech", contacts: { some: { email: { endsWith: "@example.com" } } } },
        or: [{ topic: { contains: "x" } }, { not: { probability: { between: [10, 20] } } }],
      },
      select: { topic: true, amount: true },
      include: {
        account: {
          select: { name: true, creditLimit: true },
          include: { contacts: { limit: 3, orderBy: { email: "asc" } } },
        },
      },
      orderBy: [{ account: { name: "asc" } }, { amount: "desc" }],
      limit: 20,
    });
    const deal = deals[0];
    expectTypeOf(deal?.topic).toEqualTypeOf<string | undefined>();
    expectTypeOf(deal?.account?.creditLimit).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(deal?.account?.contacts[0]?.tags).toEqualTypeOf<readonly string[] | null | undefined>();
    const contact = await me.contact.findOne({ where: { tags: { contains: "vip" } }, include: { account: true } });
    expectTypeOf(contact?.account?.name).toEqualTypeOf<string | undefined>();
    expectTypeOf(contact?.profile).toEqualTypeOf<{ theme: string } | null | undefined>();
    const page = await me.account.findPage({ limit: 10, total: { upTo: 1000 }, after: "x" });
    expectTypeOf(page.next).toEqualTypeOf<string | null>();
    expectTypeOf(page.rows[0]?.industry).toEqualTypeOf<"tech" | "finance" | "health" | null | undefined>();
    const { signal } = new AbortController();
    const stream = me.account.stream({ select: { industry: true }, include: { contacts: true }, batch: 9 }, { signal });
    for await (const row of stream) {
      expectTypeOf(row.industry).toEqualTypeOf<"tech" | "finance" | "health" | null>();
      expectTypeOf(row.contacts[0]?.tags).toEqualTypeOf<readonly string[] | null | undefined>();
      // @ts-expect-error was not selected
      void row.name;
    }
    // @ts-expect-error a misspelt key
    void me.account.stream({ bach: 9 });
    // @ts-expect-error a misspelt option
    void me.account.count({}, { timeout: 9 });
  });
});

test("aggregates", () => {
  void (async () => {
    const rows = await me.opportunity.aggregate({
      where: { stage: "won" },
      groupBy: { stage: true, closedOn: "month", account: { industry: true } },
      measures: { deals: "count", won: { sum: "amount" }, chance: { avg: "probability" }, last: { max: "closedOn" } },
      orderBy: [{ won: "desc" }, { account: { industry: "asc" } }],
    });
    const report = await me.opportunity.aggregate({
      groupBy: { account: { industry: true }, stage: true },
      measures: {
        n: { count: true, where: { stage: "won" } },
        credit: { sum: { account: "creditLimit" } },
        won: { sum: "amount", convertTo: "BRL", on: "closedOn", where: { stage: "won" } },
        name: { max: { account: "name" } },
      },
      having: { credit: { gt: "1000" }, n: 3, or: [{ stage: "won" }, { account: { industry: { ne: "tech" } } }] },
    });
    expectTypeOf(report[0]?.credit).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(report[0]?.name).toEqualTypeOf<string | null | undefined>();
    const along = await me.opportunity.aggregate({ groupBy: { account: { name: true } }, measures: { n: "count" } });
    // Required in its record, but the lookup may be empty.
    expectTypeOf(along[0]?.account.name).toEqualTypeOf<string | null | undefined>();
    const spans = await me.opportunity.aggregate({
      where: { closedOn: { within: "this_fiscal_year" }, createdAt: { within: { last: 30, unit: "day" } } },
      groupBy: { createdAt: { bucket: "week", timeZone: "America/Sao_Paulo" }, closedOn: "fiscalQuarter" },
      measures: { n: "count" },
      orderBy: [{ createdAt: "desc" }, { closedOn: "asc" }],
    });
    expectTypeOf(spans[0]).toEqualTypeOf<
      { createdAt: string | null; closedOn: string | null; n: number } | undefined
    >();
    expectTypeOf(rows[0]?.won).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(rows[0]?.chance).toEqualTypeOf<number | null | undefined>();
    expectTypeOf(rows[0]?.deals).toEqualTypeOf<number | undefined>();
    expectTypeOf(rows[0]?.stage).toEqualTypeOf<"qualify" | "propose" | "won" | "lost" | undefined>();
    expectTypeOf(rows[0]?.closedOn).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(rows[0]?.account.industry).toEqualTypeOf<"tech" | "finance" | "health" | null | undefined>();
  });
});

test("writes, operations, events, and the registry that is inferred", () => {
  void (async () => {
    const xrm = await createXrm({ model, storage });
    await xrm.transaction(async (tx) => {
      const made = await tx.account.create({ name: "Acme", creditLimit: "10" });
      await tx.opportunity.create({ topic: "x", account: made.id, source: "web" });
      await tx.contact.upsert({ email: "a@b.co" }, { by: "email" });
    });
    const won = await me.invoke(winOpportunity, { id: "1", amount: "5" });
    expectTypeOf(won.stage).toEqualTypeOf<"qualify" | "propose" | "won" | "lost">();
    xrm.$.on("opportunity.updated", (event) => {
      expectTypeOf(event.row.topic).toEqualTypeOf<string>();
    });
    const where: Where<Entities, "account"> = { opportunities: { none: { stage: "won" } } };
    await me.account.findMany({ where });
  });
});
