import { createXrm, defineModel, definePlugin, type EntitiesOf } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { type Ran, temporaryFolder, watched } from "./fixture.ts";

const stages = ["open", "won", "lost"] as const;
const account = defineEntity("account", {
  fields: {
    name: field.text({ required: true, indexed: true }),
    code: field.text({ unique: true }),
    deals: field.children("deal", { via: "account" }),
    notes: field.children("note", { via: "account" }),
  },
});
const note = defineEntity("note", {
  indexes: [["account", "writtenOn"], ["writtenOn"]],
  fields: { text: field.text(), account: field.lookup("account"), writtenOn: field.date() },
});
const deal = defineEntity("deal", {
  indexes: [["stage", "closedOn"]],
  fields: {
    topic: field.text({ indexed: true }),
    account: field.lookup("account"),
    stage: field.choice(stages, { required: true }),
    closedOn: field.date({ required: true, indexed: true }),
    amount: field.money({ currency: "BRL" }),
  },
});
const model = defineModel({ plugins: [definePlugin({ id: "plans", entities: [account, deal, note] })] });
interface Entities extends EntitiesOf<typeof model> {}

const temporary = temporaryFolder();
const file = temporary.path("plans.db");
let open: Awaited<ReturnType<typeof watched<Entities>>>;
let someId = "";

beforeAll(async () => {
  const xrm = await createXrm<Entities>({ model, storage: sqlite({ file, synchronous: "normal" }) });
  const accounts = await xrm.account.createMany(
    Array.from({ length: 300 }, (_, i) => ({ name: `Conta ${i % 50} é`, code: `c${i}` })),
  );
  someId = accounts[7]?.id as string;
  for (let batch = 0; batch < 8; batch++) {
    await xrm.deal.createMany(
      Array.from({ length: 500 }, (_, i) => ({
        topic: `Deal ${(i * 7) % 100}`,
        account: accounts[(i * 13) % 300]?.id ?? null,
        stage: stages[i % 3] ?? "open",
        closedOn: `20${10 + (i % 20)}-0${1 + (i % 9)}-1${i % 10}`,
        amount: `${i}.00`,
      })),
    );
  }
  await xrm.note.createMany(
    accounts.flatMap(({ id }, k) =>
      Array.from({ length: 20 }, (_, i) => ({
        text: `Note ${i}`,
        account: id,
        writtenOn: (i + k) % 5 ? `2024-0${1 + (i % 9)}-1${k % 10}` : null,
      })),
    ),
  );
  await xrm.close();
});
afterAll(() => temporary.remove());

/** Runs a query, and gives what the planner did for its statements. */
async function plansOf(call: () => Promise<unknown>): Promise<readonly Ran[]> {
  open.ran.length = 0;
  await call();
  return [...open.ran];
}
const sorts = (ran: Ran | undefined) => ran?.plan.some((step) => step.includes("TEMP B-TREE"));
const text = (ran: Ran | undefined) => ran?.plan.join("\n");

describe.each(["with statistics", "without statistics"])("plans %s", (state) => {
  beforeAll(async () => {
    const db = new Database(file);
    if (state === "without statistics") db.exec("drop table sqlite_stat1");
    else expect(db.prepare("select count(*) from sqlite_stat1").pluck().get()).toBeGreaterThan(0);
    db.close();
    open = await watched(file, model);
  });
  afterAll(() => open.xrm.close());

  it("get seeks the id", async () => {
    const [ran] = await plansOf(() => open.xrm.account.get(someId));
    expect(text(ran)).toBe("SEARCH t0 USING INDEX sqlite_autoindex_account_1 (id=?)");
  });

  it("a list by choice and date seeks both ways without a sort", async () => {
    for (const direction of ["asc", "desc"] as const) {
      const [ran] = await plansOf(() =>
        open.xrm.deal.findMany({
          where: { stage: "won", amount: { gt: "10.00" } },
          orderBy: [{ closedOn: direction }, { id: direction }],
          limit: 50,
        }),
      );
      expect(text(ran)).toBe("SEARCH t0 USING INDEX kith_index_deal__stage__closed_on__id (stage=?)");
    }
  });

  it("equal text seeks the index of its fold, and so do beginnings, lists and unique keys", async () => {
    const index = /SEARCH t0 USING (COVERING )?INDEX kith_index_account__name_fold__name__id/;
    const wheres = [{ name: "Conta 7 é" }, { name: { startsWith: "CONTA 7" } }, { name: { in: ["Conta 7 é", "x"] } }];
    for (const where of wheres) {
      const [ran] = await plansOf(() => open.xrm.account.findMany({ where, select: { id: true } }));
      expect(text(ran), JSON.stringify(where)).toMatch(index);
    }
    const [beyond] = await plansOf(() =>
      open.xrm.account.findMany({ where: { name: { gt: "Conta 9" } }, orderBy: { name: "asc" } }),
    );
    expect(text(beyond)).toMatch(index);
    const [unique] = await plansOf(() => open.xrm.account.findOne({ where: { code: "c5" } }));
    expect(text(unique)).toContain("kith_unique_account__code_fold (code_fold=?)");
  });

  it("a filter through a lookup seeks", async () => {
    const [ran] = await plansOf(() => open.xrm.deal.findMany({ where: { account: { code: "c5" } } }));
    expect(text(ran)).toContain("SEARCH t0 USING INDEX kith_index_deal__account (account=?)");
    expect(text(ran)).toContain("kith_unique_account__code_fold");
  });

  it("a filter through children seeks", async () => {
    const [ran] = await plansOf(() =>
      open.xrm.account.findMany({ where: { deals: { some: { closedOn: "2019-01-10" } } }, select: { name: true } }),
    );
    expect(text(ran)).toContain("SEARCH t0 USING INDEX sqlite_autoindex_account_1 (id=?)");
    expect(text(ran)).toContain("kith_index_deal__closed_on__id (closed_on=?)");
  });

  it("includes join by id and fetch children by their lookup", async () => {
    const [one] = await plansOf(() =>
      open.xrm.deal.findMany({ include: { account: true }, orderBy: { id: "asc" }, limit: 5 }),
    );
    expect(one?.plan).toEqual([
      "SCAN t0 USING INDEX sqlite_autoindex_deal_1",
      "SEARCH t1 USING INDEX sqlite_autoindex_account_1 (id=?) LEFT-JOIN",
    ]);
    const [, many] = await plansOf(() => open.xrm.account.findMany({ include: { deals: true }, limit: 5 }));
    expect(text(many)).toContain("SEARCH t0 USING INDEX kith_index_deal__account (account=?)");
  });

  it("the first children of each parent are sought in the index of their order", async () => {
    const [, many] = await plansOf(() =>
      open.xrm.account.findMany({
        limit: 50,
        include: { notes: { limit: 3, orderBy: [{ writtenOn: "desc" }, { id: "desc" }] } },
      }),
    );
    expect(many?.plan).toEqual([
      "SCAN json_each VIRTUAL TABLE INDEX 1:",
      "SEARCH t0 USING INTEGER PRIMARY KEY (rowid=?)",
      "CORRELATED LIST SUBQUERY 2",
      "SEARCH t1 USING COVERING INDEX kith_index_note__account__written_on__id (account=?)",
      "USE TEMP B-TREE FOR ORDER BY",
    ]);
  });

  it("the first children in an order that no index has are those of each parent, sorted", async () => {
    const [, many] = await plansOf(() =>
      open.xrm.account.findMany({ limit: 50, include: { deals: { limit: 3, orderBy: { closedOn: "desc" } } } }),
    );
    expect(text(many)).toMatch(/SEARCH t1 USING INDEX kith_index_deal__account\w* \(account=\?\)/);
  });

  it("a page begins where the one before ended, without a sort", async () => {
    const page = (after?: string) =>
      open.xrm.deal.findPage({
        orderBy: { closedOn: "desc" },
        limit: 100,
        select: { id: true },
        ...(after ? { after } : {}),
      });
    const first = await page();
    const [ran] = await plansOf(() => page(first.next as string));
    expect(text(ran)).toContain("kith_index_deal__closed_on__id ((closed_on,id)<(?,?))");
    const byName = await open.xrm.account.findPage({ orderBy: { name: "asc" }, limit: 100, select: { name: true } });
    const [named] = await plansOf(() =>
      open.xrm.account.findPage({
        orderBy: { name: "asc" },
        limit: 100,
        select: { name: true },
        after: byName.next as string,
      }),
    );
    expect(named?.plan).toEqual([
      "SEARCH t0 USING COVERING INDEX kith_index_account__name_fold__name__id ((name_fold,name,id)>(?,?,?))",
    ]);
    expect(sorts(named)).toBe(false);
  });
});

describe("pages of a key that may be missing", () => {
  beforeAll(async () => {
    open = await watched(file, model);
  });
  afterAll(() => open.xrm.close());

  /** The plan of the page behind a number of records. */
  const behind = async (count: number, query: { orderBy: object; where?: object }) => {
    const read = open.xrm.entity("note");
    const { next } = await read.findPage({ ...query, limit: count, select: { id: true } } as never);
    const [ran] = await plansOf(() => read.findPage({ ...query, limit: 50, after: next } as never));
    return ran?.plan ?? [];
  };
  const index = "INDEX kith_index_note__written_on__id";

  it.each([
    ["up, among the nulls", "asc", 600, ["written_on=? AND id>?", "written_on>?"]],
    ["up, among the values", "asc", 3_000, ["(written_on,id)>(?,?)"]],
    ["down, among the values", "desc", 3_000, ["(written_on,id)<(?,?)", "written_on=?"]],
    ["down, among the nulls", "desc", 5_500, ["written_on=? AND id<?"]],
  ] as const)("%s", async (_, direction, count, sought) => {
    const plan = await behind(count, { orderBy: [{ writtenOn: direction }, { id: direction }] });
    const searches = plan.filter((step) => step.includes("t0"));
    expect(searches).toEqual(sought.map((terms) => `SEARCH t0 USING ${index} (${terms})`));
    // What is sorted is at most the two ends of one page.
    expect(plan.filter((step) => step.includes("TEMP B-TREE")).length).toBe(sought.length - 1);
  });

  it("begins within many records that are alike", async () => {
    const read = open.xrm.deal;
    for (const way of ["asc", "desc"] as const) {
      const query = { orderBy: [{ closedOn: way }, { id: way }], select: { id: true } } as const;
      const { next } = await read.findPage({ ...query, limit: 1_000 });
      const [ran] = await plansOf(() => read.findPage({ ...query, limit: 50, after: next as string }));
      expect(ran?.plan).toEqual([
        `SEARCH t0 USING COVERING INDEX kith_index_deal__closed_on__id ((closed_on,id)${way === "asc" ? ">" : "<"}(?,?))`,
      ]);
    }
  });

  it("of one parent", async () => {
    const account = (await open.xrm.entity("account").findMany({ limit: 1 }))[0]?.["id"];
    const plan = await behind(8, { where: { account }, orderBy: [{ writtenOn: "desc" }, { id: "desc" }] });
    expect(plan.filter((step) => step.includes("t0"))).toEqual([
      "SEARCH t0 USING INDEX kith_index_note__account__written_on__id (account=? AND (written_on,id)<(?,?))",
      "SEARCH t0 USING INDEX kith_index_note__account__written_on__id (account=? AND written_on=?)",
    ]);
  });
});

describe("statistics", () => {
  it("are gathered after bulk loads, and used for the very next read", async () => {
    const pair = defineEntity("pair", {
      fields: { few: field.integer({ indexed: true }), many: field.integer({ indexed: true }) },
    });
    const pairs = defineModel({ plugins: [definePlugin({ id: "pairs", entities: [pair] })] });
    interface Pairs extends EntitiesOf<typeof pairs> {}
    const { xrm, ran } = await watched<Pairs>(temporary.path("pairs.db"), pairs);
    const load = (count: number, row: (i: number) => { few: number; many: number }) =>
      xrm.pair.createMany(Array.from({ length: count }, (_, i) => row(i)));
    const plan = async () => {
      ran.length = 0;
      await xrm.pair.findMany({ where: { few: 1, many: 1 }, limit: 1 });
      return text(ran[0]);
    };
    await load(2_100, (i) => ({ few: i % 2, many: i }));
    expect(await plan()).toContain("kith_index_pair__many__id (many=?)");
    await xrm.pair.deleteMany({});
    for (let i = 0; i < 12; i++) await load(4_000, (k) => ({ few: i * 4_000 + k, many: k % 2 }));
    expect(await plan()).toContain("kith_index_pair__few__id (few=?)");
    await xrm.close();
  }, 30_000);
});
