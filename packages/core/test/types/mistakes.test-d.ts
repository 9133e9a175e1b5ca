/** Mistakes that must not compile. A line that compiles after all fails the type check. */

import { createXrm, type Storage, type Xrm } from "@kith/core";
import { test } from "vitest";
import { type Entities, me, model, type SalesEntities, winOpportunity } from "./fixture.ts";

declare const storage: Storage;
declare const withoutSales: Xrm<SalesEntities>;

test("misspelt keys do not compile, at any depth", () => {
  // @ts-expect-error misspelt beside a right one
  void (() => me.opportunity.findMany({ where: { stage: "won", stagee: "x" } }));
  // @ts-expect-error misspelt operator
  void (() => me.opportunity.findMany({ where: { stage: { eqq: "won", eq: "won" } } }));
  // @ts-expect-error misspelt select
  void (() => me.opportunity.findMany({ select: { topic: true, topik: true } }));
  // @ts-expect-error misspelt key of the query
  void (() => me.opportunity.findMany({ limit: 5, limt: 5 }));
  void (() =>
    me.opportunity.findMany({
      // @ts-expect-error misspelt in an include, and a misspelt include
      include: { account: { select: { name: true, nam: true } }, accont: true },
    }));
  // @ts-expect-error misspelt in a nested or
  void (() => me.opportunity.findMany({ where: { or: [{ stage: "won", stagee: 1 }] } }));
  // @ts-expect-error misspelt in a not under an and
  void (() => me.opportunity.findMany({ where: { and: [{ not: { stagee: "won" } }] } }));
  // @ts-expect-error misspelt orderBy
  void (() => me.opportunity.findMany({ orderBy: { amount: "desc", amont: "desc" } }));
  // @ts-expect-error misspelt orderBy through a lookup
  void (() => me.opportunity.findMany({ orderBy: { account: { nam: "asc" } } }));
  // @ts-expect-error only a wrong key
  void (() => me.opportunity.findMany({ where: { stagee: "x" } }));
  // @ts-expect-error misspelt through a lookup
  void (() => me.opportunity.findMany({ where: { account: { nam: "x" } } }));
  // @ts-expect-error misspelt through children
  void (() => me.account.findMany({ where: { opportunities: { some: { stagee: "won" } } } }));
  // @ts-expect-error a quantifier that is not there
  void (() => me.account.findMany({ where: { opportunities: { any: { stage: "won" } } } }));
  // @ts-expect-error misspelt in the where of an include
  void (() => me.account.findMany({ include: { opportunities: { where: { stagee: "won" } } } }));
  // @ts-expect-error misspelt option of get
  void (() => me.account.get("1", { lok: true }));
  // @ts-expect-error misspelt in findPage
  void (() => me.account.findPage({ totl: true }));
  // @ts-expect-error misspelt in count
  void (() => me.account.count({ where: { nam: "x" } }));
});

test("wrong values do not compile", () => {
  // @ts-expect-error not a stage
  void (() => me.opportunity.findMany({ where: { stage: "nope" } }));
  // @ts-expect-error not a stage, in a list
  void (() => me.opportunity.findMany({ where: { stage: { in: ["won", "nope"] } } }));
  // @ts-expect-error money is decimal text
  void (() => me.opportunity.findMany({ where: { amount: { gt: 1000 } } }));
  // @ts-expect-error contains is not for money
  void (() => me.opportunity.findMany({ where: { amount: { contains: "1" } } }));
  // @ts-expect-error long text is not compared
  void (() => me.opportunity.findMany({ where: { notes: "x" } }));
  // @ts-expect-error tags have no order
  void (() => me.contact.findMany({ orderBy: { tags: "asc" } }));
  // @ts-expect-error only true
  void (() => me.contact.findMany({ select: { email: false } }));
  // @ts-expect-error not a direction
  void (() => me.contact.findMany({ orderBy: { email: "up" } }));
  // @ts-expect-error children are included, not selected
  void (() => me.account.findMany({ select: { contacts: true } }));
});

test("wrong writes do not compile", () => {
  // @ts-expect-error missing topic
  void (() => me.opportunity.create({ account: "a" }));
  // @ts-expect-error missing account
  void (() => me.opportunity.create({ topic: "x" }));
  // @ts-expect-error required is not null
  void (() => me.opportunity.create({ topic: null, account: "a" }));
  // @ts-expect-error not a stage
  void (() => me.opportunity.create({ topic: "x", account: "a", stage: "wonn" }));
  // @ts-expect-error misspelt
  void (() => me.opportunity.create({ topic: "x", account: "a", topik: "y" }));
  // @ts-expect-error made by the engine
  void (() => me.opportunity.create({ topic: "x", account: "a", number: "OPP-0001" }));
  // @ts-expect-error a system field
  void (() => me.opportunity.create({ topic: "x", account: "a", version: 3 }));
  // @ts-expect-error children are written on their own side
  void (() => me.account.create({ name: "x", contacts: [] }));
  // @ts-expect-error immutable
  void (() => me.opportunity.update("1", { source: "web" }));
  // @ts-expect-error required is not null
  void (() => me.opportunity.update("1", { topic: null }));
  // @ts-expect-error wrong shape of a json field
  void (() => me.contact.create({ email: "a@b.co", profile: { theme: 1 } }));
  // @ts-expect-error the filter of a bulk delete is not optional
  void (() => me.account.deleteMany());
  // @ts-expect-error upsert needs its key
  void (() => me.contact.upsert({ email: "a@b.co" }, {}));
});

test("results show what was asked for, and no more", () => {
  void (async () => {
    const [deal] = await me.opportunity.findMany({
      select: { topic: true },
      include: { account: { select: { name: true } } },
    });
    // @ts-expect-error not selected
    void deal?.stage;
    // @ts-expect-error not selected in the include
    void deal?.account?.industry;
    // @ts-expect-error may be null
    void deal?.account.name;
    const row = await me.opportunity.get("1");
    // @ts-expect-error may be null
    void row.amount.length;
    // @ts-expect-error not included
    void row.account.name;
  });
});

test("what the model does not have does not compile", () => {
  // @ts-expect-error no such entity
  void (() => me.acount.findMany());
  // @ts-expect-error a field of a plugin that is not there
  void (() => withoutSales.account.findMany({ select: { creditLimit: true } }));
  // @ts-expect-error a field of a plugin that is not there
  void (() => withoutSales.account.create({ name: "x", creditLimit: "5" }));
  interface Ghost extends Entities {
    ghost: SalesEntities["account"];
  }
  // @ts-expect-error a registry with an entity that the model does not hold
  void (() => createXrm<Ghost>({ model, storage }));
  // @ts-expect-error an input without its amount
  void (() => me.invoke(winOpportunity, { id: "1" }));
  // @ts-expect-error no such event
  void (() => me.$.on("opportunity.won", () => undefined));
});

test("wrong aggregates do not compile", () => {
  // @ts-expect-error topic does not add up
  void (() => me.opportunity.aggregate({ measures: { n: { sum: "topic" } } }));
  // @ts-expect-error misspelt function
  void (() => me.opportunity.aggregate({ measures: { n: { summ: "amount" } } }));
  // @ts-expect-error misspelt group
  void (() => me.opportunity.aggregate({ groupBy: { stagee: true }, measures: { n: "count" } }));
  // @ts-expect-error no such span
  void (() => me.opportunity.findMany({ where: { closedOn: { within: "this_decade" } } }));
  // @ts-expect-error not a unit
  void (() => me.opportunity.findMany({ where: { closedOn: { within: { last: 3, unit: "hour" } } } }));
  // @ts-expect-error text has no days
  void (() => me.opportunity.findMany({ where: { topic: { within: "today" } } }));
  // @ts-expect-error no such figure in having
  void (() => me.opportunity.aggregate({ measures: { n: "count" }, having: { m: 1 } }));
  // @ts-expect-error a count is a number
  void (() => me.opportunity.aggregate({ measures: { n: "count" }, having: { n: { gt: "1" } } }));
  // @ts-expect-error a name does not add up, through a lookup neither
  void (() => me.opportunity.aggregate({ measures: { n: { sum: { account: "name" } } } }));
  // @ts-expect-error misspelt in the filter of a measure
  void (() => me.opportunity.aggregate({ measures: { n: { count: true, where: { stagee: "won" } } } }));
  // @ts-expect-error no such bucket in a zone
  void (() => me.opportunity.aggregate({ groupBy: { closedOn: { bucket: "decade" } }, measures: { n: "count" } }));
  // @ts-expect-error no such bucket
  void (() => me.opportunity.aggregate({ groupBy: { closedOn: "decade" }, measures: { n: "count" } }));
});
