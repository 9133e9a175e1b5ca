// The real files, where they are: see ../shared/data/crm-sales/README.md beside the repository.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Storage, Xrm } from "@kith/core";
import { importRecords } from "@kith/import";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { path } from "./fixture.ts";
import { type Entities, openSales } from "./sales-model.ts";
import { storages } from "./storages.ts";

const folder = fileURLToPath(new URL("../../../../shared/data/crm-sales", import.meta.url));
const csv = (name: string) => join(folder, `${name}.csv`);

const map = {
  number: "opportunity_id",
  agent: "sales_agent",
  product: "product",
  account: "account",
  stage: "deal_stage",
  engagedOn: "engage_date",
  closedOn: "close_date",
  value: "close_value",
} as const;
const aliases = { GTXPro: "GTX Pro" };
const pipeline = { entity: "opportunity", source: csv("sales_pipeline"), match: "number" } as const;

async function filled(storage: Storage): Promise<Xrm<Entities>> {
  const xrm = await openSales(storage);
  expect(await importRecords(xrm, { entity: "account", source: csv("accounts"), match: "name" })).toMatchObject({
    created: 85,
    rejected: 0,
    secondPass: { rows: 15, updated: 15 },
  });
  expect(await importRecords(xrm, { entity: "product", source: csv("products"), match: "name" })).toMatchObject({
    created: 7,
    rejected: 0,
  });
  expect(await importRecords(xrm, { entity: "agent", source: csv("sales_teams"), match: "name" })).toMatchObject({
    created: 35,
    rejected: 0,
  });
  return xrm;
}

describe.skipIf(!existsSync(folder)).each(storages)("the real sales pipeline on %s", (_, storage) => {
  it("goes in whole with an alias, and a second run writes nothing", async () => {
    const xrm = await filled(storage());
    const options = { ...pipeline, map: { ...map, product: { from: "product", aliases } } };
    expect(await importRecords(xrm, options)).toMatchObject({ rows: 8_800, created: 8_800, rejected: 0 });
    expect(await xrm.account.count({ where: { subsidiaryOf: { isNull: false } } })).toBe(15);
    expect(await xrm.opportunity.count({ where: { account: null } })).toBe(1_425);
    const stages = await xrm.opportunity.aggregate({
      groupBy: { stage: true },
      measures: { count: "count", value: { sum: "value" } },
    });
    expect(Object.fromEntries(stages.map(({ stage, count, value }) => [stage, [count, value]]))).toMatchObject({
      Won: [4_238, "10005534.00"],
      Lost: [2_473, "0.00"],
      Engaging: [1_589, null],
      Prospecting: [500, null],
    });
    const snapshot = async () =>
      JSON.stringify([
        await xrm.account.findMany(),
        await xrm.product.findMany(),
        await xrm.agent.findMany(),
        await xrm.opportunity.findMany(),
      ]);
    const before = await snapshot();
    expect(await importRecords(xrm, { entity: "account", source: csv("accounts"), match: "name" })).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 85,
      secondPass: { updated: 0, unchanged: 15 },
    });
    expect(await importRecords(xrm, { entity: "product", source: csv("products"), match: "name" })).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 7,
    });
    expect(await importRecords(xrm, { entity: "agent", source: csv("sales_teams"), match: "name" })).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 35,
    });
    expect(await importRecords(xrm, options)).toMatchObject({ created: 0, updated: 0, unchanged: 8_800, rejected: 0 });
    expect(await snapshot()).toBe(before);
  });

  it("goes in without an alias but for 1,480 rows, each of which says why", async () => {
    const xrm = await filled(storage());
    const rejects = path("rejected.csv");
    expect(await importRecords(xrm, { ...pipeline, map, rejects })).toMatchObject({
      rows: 8_800,
      created: 7_320,
      rejected: 1_480,
    });
    const rows = parse(readFileSync(rejects), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(1_480);
    const reason = "product names the product \"GTXPro\", which is not there. Did you mean 'GTX Pro'?";
    expect(new Set(rows.map((row) => row["reason"]))).toEqual(new Set([reason]));
    expect(new Set(rows.map((row) => row["product"]))).toEqual(new Set(["GTXPro"]));
    // The file of rejected rows, imported with the alias, brings the rest.
    const ignore = ["line", "code", "field", "reason"];
    const rest = { ...pipeline, source: rejects, ignore, map: { ...map, product: { from: "product", aliases } } };
    expect(await importRecords(xrm, rest)).toMatchObject({ created: 1_480, rejected: 0 });
  });
});
