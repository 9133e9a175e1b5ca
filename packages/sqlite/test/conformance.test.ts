import type { Storage } from "@kith/core";
import { memory } from "@kith/memory";
import { fuzz, storageSuite } from "@kith/testing";
import { describe, expect, it } from "vitest";
import { sqlite } from "../src/index.ts";
import { openSqlite } from "../src/sqlite-open.ts";
import { temporaryFolder } from "./fixture.ts";

storageSuite(
  { describe, it },
  {
    name: "sqlite, a file",
    create: () => {
      const { path, remove } = temporaryFolder();
      return { storage: sqlite({ file: path("crm.db"), synchronous: "normal" }), cleanup: remove };
    },
  },
);

storageSuite(
  { describe, it },
  { name: "sqlite, in memory", create: () => ({ storage: sqlite({ file: ":memory:" }) }) },
);

/** Reads with row mappers as closures, as on hosts that forbid making code from text. */
const interpreting: Storage = {
  ...sqlite({ file: ":memory:" }),
  open: (model, options) => openSqlite({ file: ":memory:", synchronous: "full", generate: false }, model, options),
};

describe("random questions", () => {
  it.each([
    ["code", sqlite({ file: ":memory:" }), 42],
    ["closures", interpreting, 43],
  ])(
    "have the memory storage's answers, with row mappers as %s",
    async (name, storage, seed) => {
      const oracle = { name: "memory", create: () => memory() };
      const report = await fuzz({
        oracle,
        storages: [{ name, create: () => storage }],
        queries: 1_000,
        seed,
        shrinkMs: 0,
      });
      expect(report.findings).toEqual([]);
    },
    60_000,
  );
});
