import assert from "node:assert/strict";
import type { ReadResult } from "@kith/core";
import { memory } from "@kith/memory";
import { describe, it } from "vitest";
import { rewriting } from "../src/faults/rewrite.ts";
import { coverageTable, describeFinding, faultNames, fuzz, fuzzModel, plantFault, runCase } from "../src/index.ts";

const another = { name: "another", create: () => memory() };
const faulty = (name: string) => ({ name, create: () => plantFault(memory(), name) });
const oracle = { name: "memory", create: () => memory() };

/** Thousands of questions take a while on a machine that is busy; nothing here is about time. */
const slow = { timeout: 300_000 };

/** Cuts differences down by so many attempts, however long they take. */
const bounded = { shrinkMs: Infinity, shrinkAttempts: 1_000 };

describe("fuzz", () => {
  it("finds no difference between a storage and itself, and covers what it promises", slow, async () => {
    const report = await fuzz({ oracle, storages: [another], queries: 2_000, seed: 5 });
    assert.deepEqual(report.findings, []);
    assert.equal(report.asked, 2_000);
    assert(report.coverage.share >= 0.4, `${report.coverage.share}`);
    // Ten models: a pair or two may have no luck.
    assert(report.coverage.below(1).length < 5, report.coverage.below(1).join());
    assert.match(coverageTable(report), /^text .*\d/m);
    for (const code of ["UNIQUE", "NOT_FOUND", "CONFLICT", "REFERENCE"])
      assert((report.codes.get(code) ?? 0) > 0, code);
  });

  it("asks the same for the same seed", slow, async () => {
    const [a, b] = [
      await fuzz({ oracle, storages: [another], queries: 300, seed: 9 }),
      await fuzz({ oracle, storages: [another], queries: 300, seed: 9 }),
    ];
    assert.equal(coverageTable(a), coverageTable(b));
  });

  it("cuts a difference down to a case that shows it by itself", slow, async () => {
    const report = await fuzz({
      oracle,
      storages: [faulty("gt-as-gte")],
      queries: 5_000,
      ...bounded,
      findings: 3,
    });
    // Some take more: the eighth number of a row of numbers stands in the eighth record.
    const finding = report.findings.find(({ smallest }) => smallest && smallest.data.records.length <= 2);
    assert(finding?.smallest, JSON.stringify(report.findings.map(({ smallest }) => smallest)));
    assert(JSON.stringify(finding.smallest.question).includes('"gt"'));
    assert(await runCase(finding.smallest, [oracle, faulty("gt-as-gte")]));
    assert.equal(await runCase(finding.smallest, [oracle, another]), undefined);
    assert.match(describeFinding(finding), /model seed \d+, question \d+/);
    const again = await fuzzModel({ oracle, storages: [faulty("gt-as-gte")], shrinkMs: 0 }, finding.modelSeed);
    assert.equal(again.findings[0]?.number, finding.number);
  });

  it("cuts down what only a record's past shows", slow, async () => {
    const third = (result: ReadResult): ReadResult => ({
      ...result,
      rows: result.rows.map((row) => (row["version"] === 3 ? { ...row, version: 4 } : row)),
    });
    const storage = { name: "third", create: () => rewriting(memory(), { rows: third }) };
    const report = await fuzz({ oracle, storages: [storage], queries: 5_000, ...bounded });
    const { smallest } = report.findings[0] ?? {};
    // Records that are planted anew have been changed once at the most; three versions take what was asked before.
    assert(smallest && (await runCase(smallest, [oracle, storage])));
    assert((smallest.before ?? []).length + smallest.data.ties.length > 1);
  });

  for (const name of faultNames) {
    it(`finds ${name}`, slow, async () => {
      const report = await fuzz({ oracle, storages: [faulty(name)], queries: 5_000, shrinkMs: 0 });
      assert.equal(report.findings[0]?.storage, name);
    });
  }
});
