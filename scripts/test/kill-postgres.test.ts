import { afterAll, beforeAll, expect, it } from "vitest";
import { Cluster } from "../lib/cluster.ts";
import { type Acknowledged, killOnce, lookAfterKill } from "../lib/kill.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start();
}, 60_000);
afterAll(() => cluster.remove());

const acknowledged: Acknowledged = { notes: new Map(), invoices: new Set() };

it("a process that is killed leaves what was acknowledged, and nothing in part", { timeout: 60_000 }, async () => {
  const place = { at: cluster.url };
  await killOnce(place, acknowledged);
  expect(await lookAfterKill(place, acknowledged)).toEqual([]);
  expect(acknowledged.notes.size).toBeGreaterThan(0);
});

it("a server that is killed comes back with all of it", { timeout: 120_000 }, async () => {
  const place = { at: cluster.url };
  const before = acknowledged.notes.size;
  await killOnce(place, acknowledged, () => cluster.crash());
  await cluster.start();
  expect(await lookAfterKill(place, acknowledged)).toEqual([]);
  expect(acknowledged.notes.size).toBeGreaterThan(before);
});
