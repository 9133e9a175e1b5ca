/** When statistics are gathered: at two thousand new rows, then each time a table has doubled. */

import type { EntityModel } from "@kith/core";
import { expect, it } from "vitest";
import { countInserted, Growth, type Inserted } from "../src/growth.ts";

const [one, other] = [{ name: "one" }, { name: "other" }] as unknown as [EntityModel, EntityModel];

it("is due as seldom as a table doubles, each table by itself", () => {
  const growth = new Growth();
  const due: number[] = [];
  for (let rows = 500; rows <= 20_000; rows += 500) if (growth.add(one, 500)) due.push(rows);
  expect(due).toEqual([2_000, 4_000, 8_000, 16_000]);
  expect([growth.add(other, 1_999), growth.add(other, 1)]).toEqual([false, true]);
});

it("counts what batches insert, and nothing else", () => {
  const inserted: Inserted = new Map();
  const insert = (entity: EntityModel, n: number) => ({ type: "insert" as const, entity, rows: new Array(n).fill({}) });
  countInserted(inserted, [
    insert(one, 2),
    insert(other, 1),
    { type: "delete", entity: one, id: "x", ifVersion: undefined },
  ]);
  countInserted(inserted, [insert(one, 3)]);
  expect([...inserted]).toEqual([
    [one, 5],
    [other, 1],
  ]);
});
