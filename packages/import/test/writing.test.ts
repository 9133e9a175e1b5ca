import { Readable } from "node:stream";
import { createXrm, defineHooks, defineModel, definePlugin, XrmError } from "@kith/core";
import { type ImportProgress, importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { sqlite } from "@kith/sqlite";
import { describe, expect, it } from "vitest";
import { type Entities, entities, failure, file, model, openXrm, path } from "./fixture.ts";
import { storages } from "./storages.ts";

const csv = (text: string) => [text];
const numbered = (n: number) => `name,employees\n${Array.from({ length: n }, (_, i) => `c${i},${i}`).join("\n")}\n`;

describe.each(storages)("writing on %s", (_, storage) => {
  it("rejects the bad rows of a batch, each with its reasons by field, and keeps the good", async () => {
    const xrm = await openXrm(storage());
    const source = csv("name,employees,vip,revenue\nA,1,yes,1\n,2,no,1\nC,-1,maybe,1\nD,4,,x\na,5,,1\nF,6,,1\n");
    const result = await importRecords(xrm, { entity: "company", source });
    expect(result).toMatchObject({ rows: 6, created: 2, rejected: 4 });
    expect(result.rejects.map(({ line, code, field, reason }) => [line, code, field, reason])).toEqual([
      [3, "REQUIRED", "name", "name is required; give it a value"],
      [
        4,
        "BAD_BOOLEAN",
        "vip, employees",
        'vip must be true or false (also yes or no, sim or não, 1 or 0), not "maybe" · employees is -1; the least is 0',
      ],
      [5, "BAD_NUMBER", "revenue", 'revenue must be a number like 1234.56, not "x"'],
      [6, "UNIQUE", "name", expect.stringMatching(/^Another .*company/)],
    ]);
    expect((await xrm.company.findMany({ orderBy: [{ name: "asc" }] })).map((row) => row.name)).toEqual(["A", "F"]);
  });

  it("tells every problem of a row that reached the write path", async () => {
    const xrm = await openXrm(storage());
    const result = await importRecords(xrm, {
      entity: "company",
      source: csv(`name,employees,revenue\n${"x".repeat(61)},-1,1.234\n`),
    });
    expect(result.rejects[0]?.issues.map((issue) => [issue.code, issue.path[0]])).toEqual([
      ["TOO_LONG", "name"],
      ["TOO_SMALL", "employees"],
      ["SCALE", "revenue"],
    ]);
    expect(result.rejects[0]?.field).toBe("name, employees, revenue");
  });

  it("tells every problem of a row that did not reach it, so that it is corrected once", async () => {
    const xrm = await openXrm(storage());
    const source = csv("name,employees,vip,revenue,tags\n,-1,maybe,1.234,\n");
    const result = await importRecords(xrm, { entity: "company", source });
    const found = result.rejects[0]?.issues.map((issue) => [issue.code, issue.path[0]]);
    expect(found).toEqual([
      ["BAD_BOOLEAN", "vip"],
      ["REQUIRED", "name"],
      ["TOO_SMALL", "employees"],
      ["SCALE", "revenue"],
    ]);
    // A row that may be one of a record that is there need not hold what that has.
    const matched = await importRecords(xrm, {
      entity: "person",
      source: csv("code,company,since\na,nobody,2020-02-30\n"),
      match: "code",
    });
    expect(matched.rejects[0]?.issues.map((issue) => [issue.code, issue.path[0]])).toEqual([
      ["LOOKUP_MISSING", "company"],
      ["DATE", "since"],
    ]);
  });

  it("acts as the actor of the handle", async () => {
    const xrm = await openXrm(storage());
    await importRecords(xrm.as({ id: "ana" }), { entity: "company", source: csv("name,parent\nA,B\nB,\n") });
    expect(await xrm.company.findMany()).toMatchObject([{ createdBy: "ana", updatedBy: "ana" }, { createdBy: "ana" }]);
  });

  it("runs hooks, whose vetoes reject a row", async () => {
    const hooks = defineHooks<Entities>()({
      company: {
        beforeCreate({ values }) {
          if (values.name === "bad") throw new XrmError("test.VETO", "No bad companies.");
          if (values.name === "broken") throw new TypeError("oops");
          values.notes = `made of ${values.name}`;
        },
        async afterCreate({ row, ctx }) {
          if (row.name === "twice") await ctx.xrm.company.create({ name: "twice" });
        },
      },
    });
    const hooked = defineModel({ plugins: [definePlugin({ id: "vetoes", entities, hooks })], currency: "BRL" });
    const xrm = await createXrm<Entities>({ model: hooked, storage: storage() });
    const result = await importRecords(xrm, { entity: "company", source: csv("name\nA\nbad\nbroken\ntwice\nB\n") });
    expect(
      result.rejects.map(({ line, code, reason }) => [
        line,
        code,
        reason.includes("No bad") || reason.includes("vetoes") || code === "UNIQUE",
      ]),
    ).toEqual([
      [3, "test.VETO", true],
      [4, "HOOK_FAILED", true],
      [5, "UNIQUE", true],
    ]);
    expect(await xrm.company.findMany({ orderBy: [{ name: "asc" }] })).toMatchObject([
      { notes: "made of A" },
      { notes: "made of B" },
    ]);
  });

  it("tells how far it is after each batch", async () => {
    const xrm = await openXrm(storage());
    const told: ImportProgress[] = [];
    const text = numbered(250);
    await importRecords(xrm, {
      entity: "company",
      source: file(text),
      batchSize: 100,
      onProgress: (progress) => told.push(progress),
    });
    expect(told.map(({ rows, created }) => [rows, created])).toEqual([
      [100, 100],
      [200, 200],
      [250, 250],
    ]);
    expect(told.at(-1)).toEqual({
      phase: "rows",
      rows: 250,
      created: 250,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      bytes: text.length,
      totalBytes: text.length,
    });
  });

  it("ends with what the progress callback throws", async () => {
    const xrm = await openXrm(storage());
    const onProgress = () => {
      throw new Error("stop");
    };
    await expect(importRecords(xrm, { entity: "company", source: csv(numbered(3)), onProgress })).rejects.toThrow(
      "stop",
    );
  });

  it("keeps batches of large rows small", async () => {
    const xrm = await openXrm(storage());
    const batches: number[] = [];
    async function* rows() {
      for (let i = 0; i < 30; i++) yield { name: `c${i}`, notes: "x".repeat(900_000) };
    }
    await importRecords(xrm, { entity: "company", source: rows(), onProgress: ({ rows }) => batches.push(rows) });
    expect(batches).toEqual([10, 20, 30]);
  });

  it("does all in the transaction whose handle it is given", async () => {
    const xrm = await openXrm(storage());
    const undo = xrm.transaction(async (tx) => {
      const result = await importRecords(tx, { entity: "company", source: csv("name\nA\nA\nB\n"), batchSize: 2 });
      expect(result).toMatchObject({ created: 2, rejected: 1 });
      expect(await tx.company.count()).toBe(2);
      throw new Error("undo");
    });
    await expect(undo).rejects.toThrow("undo");
    expect(await xrm.company.count()).toBe(0);
  });
});

describe.each(storages)("a dry run on %s", (_, storage) => {
  it("says what would happen, across batches, and leaves nothing", async () => {
    const xrm = await openXrm(storage());
    const { id } = await xrm.company.create({ name: "old", employees: 1 });
    const events: string[] = [];
    xrm.$.on("*", (event) => void events.push(event.entity));
    const source = csv("name,parent,employees\nA,B,1\nB,,2\nOLD,A,2\nA,,3\nnone,nobody,1\n,,1\n");
    const options = { entity: "company", source, match: "name", batchSize: 2 } as const;
    const dry = await importRecords(xrm, { ...options, dryRun: true });
    expect(dry).toMatchObject({
      rows: 6,
      created: 3,
      updated: 2,
      rejected: 2,
      dryRun: true,
      secondPass: { rows: 3, updated: 2, rejected: 1 },
    });
    expect(await xrm.company.findMany()).toMatchObject([{ id, version: 1, employees: 1 }]);
    expect(events).toEqual([]);
    const real = await importRecords(xrm, options);
    expect({ ...real, seconds: 0, rowsPerSecond: 0, dryRun: true }).toEqual({ ...dry, seconds: 0, rowsPerSecond: 0 });
  });

  it("ends with an error like any other, and leaves nothing", async () => {
    const xrm = await openXrm(storage());
    expect(
      await failure(importRecords(xrm, { entity: "company", source: csv('name\nA\n"B'), dryRun: true, batchSize: 1 })),
    ).toMatchObject({ code: "import.SOURCE" });
    expect(await xrm.company.count()).toBe(0);
  });
});

describe.each(storages)("stopping on %s", (_, storage) => {
  it("by a signal ends between two batches, and a second run goes on", async () => {
    const xrm = await openXrm(storage());
    const source = file(`name,parent\n${Array.from({ length: 50 }, (_, i) => `c${i},c${49 - i}`).join("\n")}\n`);
    const stop = new AbortController();
    const onProgress = ({ rows }: ImportProgress) => rows >= 20 && stop.abort();
    const options = { entity: "company", source, match: "name", batchSize: 10 } as const;
    const first = await importRecords(xrm, { ...options, signal: stop.signal, onProgress });
    expect(first).toMatchObject({ aborted: true, rows: 20, created: 20, secondPass: { rows: 0 } });
    expect(await xrm.company.count()).toBe(20);
    const second = await importRecords(xrm, options);
    expect(second).toMatchObject({
      aborted: false,
      rows: 50,
      created: 30,
      unchanged: 0,
      updated: 20,
      secondPass: { updated: 50 },
    });
    expect(await importRecords(xrm, options)).toMatchObject({ created: 0, updated: 0, unchanged: 50 });
  });

  it("by a signal that was given before reads nothing", async () => {
    const xrm = await openXrm(storage());
    expect(
      await importRecords(xrm, { entity: "company", source: file("name\nA\n"), signal: AbortSignal.abort() }),
    ).toMatchObject({ aborted: true, rows: 0 });
    expect(await xrm.company.count()).toBe(0);
  });

  it("by a signal in the second pass leaves the rest of it to the next run", async () => {
    const xrm = await openXrm(storage());
    const stop = new AbortController();
    const source = csv("name,parent\nA,B\nB,A\nC,A\n");
    const onProgress = ({ phase }: ImportProgress) => phase === "lookups" && stop.abort();
    const options = { entity: "company", source, match: "name", batchSize: 1 } as const;
    expect(await importRecords(xrm, { ...options, signal: stop.signal, onProgress })).toMatchObject({
      aborted: true,
      created: 3,
      secondPass: { rows: 1, updated: 1 },
    });
    expect(await importRecords(xrm, options)).toMatchObject({
      unchanged: 1,
      updated: 2,
      secondPass: { rows: 3, updated: 2 },
    });
  });

  it("by a failure of the system says how far it came, and keeps that", async () => {
    const xrm = await openXrm(storage());
    const onProgress = ({ rows }: ImportProgress) => void (rows >= 20 && xrm.close());
    const error = await failure(
      importRecords(xrm, { entity: "company", source: csv(numbered(50)), batchSize: 10, onProgress }),
    );
    expect(error).toMatchObject({ code: "CLOSED", params: { rows: 20, created: 20, updated: 0 } });
    expect(error.message).toContain(
      "The import stopped after 20 rows: 20 records were created and 0 updated, and stay so.",
    );
  });
});

describe("a source that does not answer", () => {
  it("does not keep a signal from ending the import", async () => {
    const xrm = await openXrm(memory());
    for (const said of ["", "name\n", "name\nA\nB\nC\nD\n"]) {
      const silent = new Readable({ read: () => undefined });
      if (said !== "") silent.push(said);
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 50);
      const result = await importRecords(xrm, { entity: "company", source: silent, signal: stop.signal });
      expect(result).toMatchObject({ aborted: true, rows: 0 });
      silent.destroy();
    }
  });
});

describe("a source that reads the system it is imported into", () => {
  it.each([
    ["memory", () => memory()],
    ["a file", () => sqlite({ file: path("same.db") })],
  ])("can, in a dry run too, on %s", async (_, storage) => {
    const xrm = await openXrm(storage());
    await xrm.company.createMany([{ name: "A" }, { name: "B" }]);
    async function* rows() {
      for (const name of ["A", "B"]) {
        const company = await xrm.company.findOne({ where: { name } });
        yield { name: `${name} person`, company: company?.id };
      }
    }
    for (const dryRun of [true, false]) {
      const result = await importRecords(xrm, { entity: "person", source: rows(), batchSize: 1, dryRun });
      expect(result).toMatchObject({ created: 2, rejected: 0 });
    }
    expect(await xrm.person.count({ where: { company: { isNull: false } } })).toBe(2);
    await xrm.close();
  });
});

describe("a batch that takes too long", () => {
  it("ends the import and says what to do", async () => {
    const hooks = defineHooks<Entities>()({
      company: { beforeCreate: () => new Promise((resolve) => setTimeout(resolve, 20)) },
    });
    const slow = defineModel({ plugins: [definePlugin({ id: "slow", entities, hooks })], currency: "BRL" });
    const xrm = await createXrm<Entities>({ model: slow, storage: memory(), transactionMs: 100 });
    const error = await failure(importRecords(xrm, { entity: "company", source: csv(numbered(50)) }));
    expect(error).toMatchObject({ code: "TX_TIMEOUT", retryable: true });
    expect(error.message).toContain("A smaller batchSize makes shorter transactions.");
    expect(await importRecords(xrm, { entity: "company", source: csv(numbered(4)), batchSize: 1 })).toMatchObject({
      created: 4,
    });
  });
});

describe("on a file that another process writes", () => {
  it("an import that cannot get the writer ends with BUSY", async () => {
    const database = path("busy.db");
    const blocker = await createXrm<Entities>({ model, storage: sqlite({ file: database }) });
    const xrm = await createXrm<Entities>({ model, storage: sqlite({ file: database }), waitMs: 50 });
    await blocker.transaction(async (tx) => {
      await tx.company.create({ name: "X" });
      const error = await failure(importRecords(xrm, { entity: "company", source: csv("name\nA\n") }));
      expect(error).toMatchObject({ code: "BUSY", retryable: true });
    });
    expect(await importRecords(xrm, { entity: "company", source: csv("name\nA\n") })).toMatchObject({ created: 1 });
    await Promise.all([blocker.close(), xrm.close()]);
  });
});

describe("a source that is gone while it is read", () => {
  it("is let go of, whatever ends the import", async () => {
    const xrm = await openXrm(memory());
    let ended = 0;
    async function* rows() {
      try {
        for (let i = 0; ; i++) yield { name: `c${i}` };
      } finally {
        ended++;
      }
    }
    const stop = new AbortController();
    await importRecords(xrm, {
      entity: "company",
      source: rows(),
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(ended).toBe(1);
    async function* text() {
      try {
        for (let i = 0; ; i++) yield i === 0 ? "name\n" : `t${i}\n`;
      } finally {
        ended++;
      }
    }
    const again = new AbortController();
    await importRecords(xrm, {
      entity: "company",
      source: text(),
      signal: again.signal,
      onProgress: () => again.abort(),
    });
    await failure(importRecords(xrm, { entity: "company", source: text(), map: { name: "nome" } }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ended).toBe(3);
  });
});
