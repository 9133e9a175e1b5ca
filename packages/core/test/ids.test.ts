import { isRecordId } from "@kith/schema";
import { describe, expect, test } from "vitest";
import { newRecordId } from "../src/ids.ts";

const make = (n: number, now?: number) => Array.from({ length: n }, () => newRecordId(now));

describe("ids", () => {
  test("are UUIDs of version 7, in lower case", () => {
    for (const id of make(10_000)) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(isRecordId(id)).toBe(true);
    }
  });

  test("begin with their time", () => {
    const now = Date.now() + 60_000;
    const id = newRecordId(now);
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(now);
  });

  test("grow and differ, whatever the clock does", () => {
    const now = Date.now() + 120_000;
    const ids = [...make(50_000, now), ...make(50_000, now - 5_000), ...make(10, now + 1), ...make(10, 0)];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([...ids].sort());
  });
});
