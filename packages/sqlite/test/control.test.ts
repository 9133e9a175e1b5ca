/** Time limits within a statement, and what a bounded read of several statements sees. */

import { createXrm, type EntityModel, type XrmError } from "@kith/core";
import { errorOf } from "@kith/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { openSqlite } from "../src/sqlite-open.ts";
import { type Entities, model, storageOptions, temporaryFolder } from "./fixture.ts";

const temporary = temporaryFolder();
afterAll(() => temporary.remove());

describe("a time limit", () => {
  const file = temporary.path("many.db");
  let xrm: Awaited<ReturnType<typeof createXrm<Entities>>>;
  const count = 60_000;
  let acme: string;

  beforeAll(async () => {
    xrm = await createXrm<Entities>({ model, storage: sqlite({ file, synchronous: "normal" }) });
    const account = await xrm.account.create({ name: "Acme", country: "BR" });
    acme = account.id;
    for (let i = 0; i < count; i += 5_000) {
      await xrm.opportunity.createMany(
        Array.from({ length: 5_000 }, (_, k) => ({
          account: account.id,
          topic: `topic ${i + k}`,
          seats: (i + k) % 977,
        })),
      );
    }
  }, 60_000);
  afterAll(() => xrm.close());

  // Each looks at every record, most of them several times, and gives few rows or none: the limit must act inside the statement.
  const many = Array.from({ length: 40 }, (_, i) => ({ topic: { contains: `nowhere ${i}` } }));
  const slow = {
    findMany: () => xrm.opportunity.findMany({ where: { or: many } }, { timeoutMs: 5 }),
    count: () => xrm.opportunity.count({ where: { or: many } }, { timeoutMs: 5 }),
    exists: () => xrm.opportunity.exists({ where: { or: many } }, { timeoutMs: 5 }),
    aggregate: () =>
      xrm.opportunity.aggregate(
        { where: { or: many }, groupBy: { seats: true }, measures: { n: "count" } },
        { timeoutMs: 5 },
      ),
    "a filter through children": () =>
      xrm.account.findMany({ where: { opportunities: { some: { or: many } } } }, { timeoutMs: 5 }),
    "an include": () => xrm.account.findMany({ include: { opportunities: { where: { or: many } } } }, { timeoutMs: 5 }),
    "a get whose include looks at many": () =>
      xrm.account.get(acme, { include: { opportunities: { where: { or: many } } } }, { timeoutMs: 5 }),
    "a get that includes many": () =>
      xrm.account.findOne({ include: { opportunities: { include: { account: true } } } }, { timeoutMs: 5 }),
  };

  it.each(Object.entries(slow))("stops %s within its statement, and leaves the connection whole", async (_, call) => {
    const error = await errorOf(call);
    expect([error.code, error.retryable, error.params]).toEqual(["QUERY_TIMEOUT", true, { timeoutMs: 5 }]);
    expect(await xrm.opportunity.count()).toBe(count);
  });

  it("stops near the limit: far from the time that the whole would take", async () => {
    const heavy = {
      where: { or: [...many, ...many.map(({ topic }) => ({ topic: { contains: `${topic.contains}x` } }))] },
    };
    const time = async (options?: { timeoutMs: number }) => {
      const started = performance.now();
      const outcome = await xrm.opportunity.findMany(heavy, options).catch((error: unknown) => error);
      return { ms: performance.now() - started, outcome };
    };
    const whole = await time();
    expect(whole.outcome).toEqual([]);
    const bounded = await time({ timeoutMs: Math.ceil(whole.ms / 10) });
    expect((bounded.outcome as XrmError).code).toBe("QUERY_TIMEOUT");
    expect(bounded.ms).toBeLessThan(whole.ms * 0.6);
  });

  it("in a transaction leaves it whole", async () => {
    await xrm.transaction(async (tx) => {
      const made = await tx.account.create({ name: "inside" });
      const call = tx.opportunity.count({ where: { or: many } }, { timeoutMs: 5 });
      expect((await errorOf(() => call)).code).toBe("QUERY_TIMEOUT");
      await tx.account.update(made.id, { country: "PT" });
    });
    expect(await xrm.account.count({ where: { country: "PT" } })).toBe(1);
  });

  it("a get by id carries no guard", async () => {
    const connection = await openSqlite({ file, synchronous: "normal" }, model, storageOptions);
    const entity = model.entities.get("account") as EntityModel;
    const id = entity.byName.get("id") as NonNullable<ReturnType<EntityModel["byName"]["get"]>>;
    const operator = id.operators["eq"] as NonNullable<(typeof id.operators)[string]>;
    const seen: string[] = [];
    const { reading } = connection as never as { reading: { allWithin: (statement: { sql: string }) => unknown } };
    const original = reading.allWithin.bind(reading);
    reading.allWithin = (statement, ...rest: []) => {
      seen.push(statement.sql);
      return original(statement, ...rest);
    };
    const plan = {
      entity,
      order: [{ path: [], field: id, direction: "asc" as const }],
      fields: [id],
      includes: [],
      limit: undefined,
      page: false,
      lock: false,
    };
    const control = {
      signal: undefined,
      deadline: performance.now() + 60_000,
      check: () => undefined,
      watch: () => () => undefined,
    };
    const byId = connection.prepareRead({
      ...plan,
      where: { kind: "test", field: id, operator, word: "eq", param: 0 },
    });
    await byId.run(["018f4e3a-0002-751a-a807-000000000001"], undefined, control);
    await connection.prepareRead({ ...plan, where: undefined }).run([], undefined, control);
    expect(seen.map((text) => text.includes("kith_in_time()"))).toEqual([false, true]);
    await connection.close();
  });
});

describe("a read of several statements with a signal", () => {
  it("sees one state, although others write while it pauses, and others see their own writes", async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: temporary.path("side.db") }) });
    const { id } = await xrm.account.create({ name: "Acme" });
    await xrm.contact.create({ email: "a@x.com", account: id });
    const { signal } = new AbortController();
    const reading = xrm.account.findMany({ include: { contacts: true, opportunities: true } }, { signal });
    await Promise.resolve();
    await xrm.contact.create({ email: "b@x.com", account: id });
    expect(await xrm.contact.count()).toBe(2);
    const [account] = await reading;
    expect(account?.contacts.map(({ email }) => email)).toEqual(["a@x.com"]);
    const [again] = await xrm.account.findMany({ include: { contacts: true } }, { signal });
    expect(again?.contacts).toHaveLength(2);
    await xrm.close();
  });

  it("is stopped between its statements, and the next is not held up", async () => {
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: temporary.path("stopped.db") }) });
    const { id } = await xrm.account.create({ name: "Acme" });
    await xrm.contact.create({ email: "a@x.com", account: id });
    const abort = new AbortController();
    const call = xrm.account.findMany({ include: { contacts: true } }, { signal: abort.signal });
    queueMicrotask(() => queueMicrotask(() => abort.abort()));
    expect((await errorOf(() => call)).code).toBe("ABORTED");
    const { signal } = new AbortController();
    expect(await xrm.account.findMany({ include: { contacts: true } }, { signal })).toHaveLength(1);
    const open = xrm.account.findMany({ include: { contacts: true } }, { signal });
    await Promise.resolve();
    // What is under way ends before the connection closes.
    const closing = xrm.close();
    expect(await open).toHaveLength(1);
    await closing;
  });
});
