/** How PostgreSQL goes about the queries that must not grow with the table: before it has statistics, and after. */

import { createXrm, defineModel, type EntitiesOf, type Xrm } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "../src/index.ts";
import { direct, freshSchema, serverUrl } from "./fixture.ts";

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
    topic: field.text(),
    account: field.lookup("account"),
    stage: field.choice(stages, { required: true }),
    closedOn: field.date({ required: true, indexed: true }),
    amount: field.money(),
  },
});
const model = defineModel({ entities: [account, deal, note], currency: "BRL" });
interface Entities extends EntitiesOf<typeof model> {}

/** What was last sent to the server that reads: a statement and its bindings. */
interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

const schema = freshSchema();
const pool = new pg.Pool({ connectionString: serverUrl(), max: 1 });
const sent: Sent[] = [];
let xrm: Xrm<Entities>;
let someId = "";
let someAccount = "";

beforeAll(async () => {
  listen(pool);
  await direct(`create schema ${schema}`);
  xrm = await createXrm<Entities>({ model, storage: postgres({ pool, schema }) });
  const accounts = await xrm.account.createMany(
    Array.from({ length: 600 }, (_, i) => ({ name: `Conta ${i % 300} é`, code: `c${i}` })),
  );
  someAccount = accounts[7]?.id as string;
  for (let batch = 0; batch < 8; batch++) {
    const made = await xrm.deal.createMany(
      Array.from({ length: 1_000 }, (_, i) => ({
        topic: `Deal ${(i * 7) % 100}`,
        account: accounts[(i * 13) % 600]?.id ?? null,
        stage: stages[i % 3] ?? "open",
        closedOn: `20${10 + (i % 20)}-${String(1 + (i % 12)).padStart(2, "0")}-${String(1 + (i % 28)).padStart(2, "0")}`,
        amount: `${i}.00`,
      })),
    );
    someId = made[3]?.id as string;
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
}, 60_000);

afterAll(async () => {
  await xrm.close();
  await pool.end();
  await direct(`drop schema ${schema} cascade`);
});

/** Writes down what goes over the wire. */
function listen(to: pg.Pool): void {
  const texts = new Map<string, string>();
  to.on("connect", (client) => {
    const wire = (client as unknown as { connection: Record<"parse" | "bind", (message: never) => void> }).connection;
    const { parse, bind } = { parse: wire.parse.bind(wire), bind: wire.bind.bind(wire) };
    wire.parse = (message: { name: string; text: string }) => {
      texts.set(message.name, message.text);
      parse(message as never);
    };
    wire.bind = (message: { statement: string; values: readonly unknown[] }) => {
      sent.push({ text: texts.get(message.statement) ?? "", values: message.values });
      bind(message as never);
    };
  });
}

/** The plans of what a call reads, as the server makes them for values it knows and for values it does not. */
async function plansOf(call: () => Promise<unknown>): Promise<string[]> {
  sent.length = 0;
  await call();
  const selects = sent.filter(({ text }) => text.startsWith("select"));
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  const plans: string[] = [];
  try {
    for (const { text, values } of selects) {
      for (const mode of ["force_custom_plan", "force_generic_plan"]) {
        await client.query(`set plan_cache_mode = ${mode}`);
        await client.query(`prepare shown as ${text}`);
        const literals = values.map((value) => (value === null ? "null" : client.escapeLiteral(String(value))));
        const shown = literals.length > 0 ? `shown(${literals.join()})` : "shown";
        const { rows } = await client.query(`explain execute ${shown}`);
        plans.push(rows.map((row: Record<string, string>) => row["QUERY PLAN"]).join("\n"));
        await client.query("deallocate shown");
      }
    }
  } finally {
    await client.end();
  }
  expect(plans.length).toBeGreaterThan(0);
  return plans;
}

async function expectIndex(index: RegExp, call: () => Promise<unknown>): Promise<void> {
  for (const plan of await plansOf(call)) {
    expect(plan).toMatch(index);
    expect(plan).not.toContain("Seq Scan on deal");
  }
}

describe.each(["with statistics", "without statistics"])("plans %s", (state) => {
  beforeAll(async () => {
    if (state === "with statistics") return;
    await direct(
      `delete from pg_statistic where starelid in (select oid from pg_class where relnamespace = '${schema}'::regnamespace)`,
    );
  });

  it("get seeks the id", () => expectIndex(/Index Scan using deal_pkey/, () => xrm.deal.get(someId)));

  it("a first page walks the index of its order", () =>
    expectIndex(/using kith_index_deal__closed_on__id/, () =>
      xrm.deal.findPage({ orderBy: { closedOn: "desc" }, limit: 50 }),
    ));

  it("a page begins where the one before ended", async () => {
    const query = { orderBy: { closedOn: "desc" }, limit: 50 } as const;
    const { next } = await xrm.deal.findPage({ ...query, limit: 3_000, select: { id: true } });
    const after = next as string;
    for (const plan of await plansOf(() => xrm.deal.findPage({ ...query, after }))) {
      expect(plan).toMatch(/using kith_index_deal__closed_on__id/);
      expect(plan).toContain("Index Cond: (ROW(closed_on, id) < ROW(");
    }
  });

  it("a page begins within many records that are alike", async () => {
    for (const way of ["asc", "desc"] as const) {
      const query = { orderBy: [{ closedOn: way }, { id: way }] } as const;
      const { next } = await xrm.deal.findPage({ ...query, limit: 3_000, select: { id: true } });
      const after = next as string;
      for (const plan of await plansOf(() => xrm.deal.findPage({ ...query, limit: 50, after }))) {
        expect(plan).toMatch(/using kith_index_deal__closed_on__id/);
        expect(plan).toMatch(/Index Cond: \(ROW\(closed_on, id\) [<>] ROW\(/);
      }
    }
  });

  it("a list by choice and date seeks both", () =>
    expectIndex(/kith_index_deal__stage__closed_on__id/, () =>
      xrm.deal.findMany({ where: { stage: "won" }, orderBy: [{ closedOn: "desc" }, { id: "desc" }], limit: 50 }),
    ));

  it.each([
    ["up, among the nulls", "asc", 600, 2],
    ["up, among the values", "asc", 6_000, 1],
    ["down, among the values", "desc", 6_000, 2],
    ["down, among the nulls", "desc", 11_000, 1],
  ] as const)(
    "a page of a key that may be missing begins where the one before ended: %s",
    async (_, way, count, seeks) => {
      const query = { orderBy: [{ writtenOn: way }, { id: way }] } as const;
      const { next } = await xrm.note.findPage({ ...query, limit: count, select: { id: true } });
      const after = next as string;
      for (const plan of await plansOf(() => xrm.note.findPage({ ...query, limit: 50, after }))) {
        expect(plan.match(/(using|Index Scan on) kith_index_note__written_on__id/g)?.length).toBeGreaterThanOrEqual(
          seeks,
        );
        expect(plan.match(/Index Cond: /g)?.length).toBeGreaterThanOrEqual(seeks);
        expect(plan).not.toMatch(/Seq Scan|Filter: \(\(written_on IS NULL\) OR/);
      }
    },
  );

  it("the first children of each parent are sought in the index of their order", async () => {
    for (const plan of await plansOf(() =>
      xrm.account.findMany({ limit: 50, include: { notes: { limit: 3, orderBy: { writtenOn: "desc" } } } }),
    )) {
      if (!plan.includes("note")) continue;
      expect(plan).toMatch(/Index Scan (Backward )?using kith_index_note__account__written_on__id/);
      expect(plan).toMatch(/Index Cond: \(account = /);
    }
  });

  it("the first children in an order that no index has are those of each parent, sorted", async () => {
    for (const plan of await plansOf(() =>
      xrm.account.findMany({ limit: 50, include: { deals: { limit: 3, orderBy: { closedOn: "desc" } } } }),
    )) {
      if (plan.includes("deal")) expect(plan).toMatch(/kith_index_deal__account/);
    }
  });

  it("a lookup and unique keys seek", async () => {
    await expectIndex(/kith_index_deal__account/, () => xrm.deal.findMany({ where: { account: someAccount } }));
    await expectIndex(/kith_unique_account__code_fold/, () => xrm.account.findOne({ where: { code: "c5" } }));
  });
});

it("statistics are gathered after bulk loads", async () => {
  const rows = await direct(
    "select relname, last_analyze is not null as done from pg_stat_user_tables where schemaname = $1 and relname in ('deal', 'account') order by relname",
    [schema],
  );
  expect(rows).toEqual([
    { relname: "account", done: false },
    { relname: "deal", done: true },
  ]);
});
