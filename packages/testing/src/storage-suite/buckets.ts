/** Groups by spans of time: days, weeks, months, quarters and years, fiscal ones too, in the zone of who asks. */

import assert from "node:assert/strict";
import type { Xrm } from "@kith/core";
import { bucketLabel, localDay, type TimeBucket, timeBuckets, timeZone } from "@kith/schema";
import { refused, topic } from "./case.ts";
import { fixture } from "./fixture.ts";

type Reader = { readonly timeZone?: string; readonly fiscalYearStart?: number };

async function groups(xrm: Xrm<any>, groupBy: object, reader?: Reader): Promise<[unknown, unknown][]> {
  const handle = reader ? xrm.as({ id: "u", ...reader }) : xrm;
  const rows = await handle.entity("deal").aggregate({ groupBy, measures: { n: "count" } });
  const [name] = Object.keys(groupBy) as [string];
  return rows.map((row) => [row[name], row["n"]]);
}

/** Zones with whole, half and quarter hours, with summer time on either side of the equator, and one that left out a day. */
const zones = [
  "UTC",
  "America/Sao_Paulo",
  "America/New_York",
  "America/St_Johns",
  "Europe/Berlin",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "+05:30",
];

/** Instants around each change of a zone's offset in some years, at the ends of days and months, and at the ends of the calendar. */
function instantsFor(zone: string): string[] {
  const found = timeZone(zone);
  assert(found);
  const years = [1900, 1945, 1986, 2011, 2016, 2024, 2026, 2128];
  const changes = found.changes.filter(({ at }) => years.includes(new Date(at).getUTCFullYear())).map(({ at }) => at);
  const far = [2129, 2200, 2400, 4000, 9998].flatMap((year) => [
    Date.UTC(year, 2, 12, 6, 59),
    Date.UTC(year, 2, 15, 7),
    Date.UTC(year, 9, 31, 1),
    Date.UTC(year, 10, 5, 6),
    Date.UTC(year, 11, 31, 22),
  ]);
  const months = [Date.UTC(2026, 0, 1), Date.UTC(2026, 2, 1), Date.UTC(2024, 1, 29), Date.UTC(1969, 11, 31)];
  const near = [...changes, ...months, ...far].flatMap((at) =>
    [-86_400_000, -13 * 3_600_000, -3_600_000, -1, 0, 1_799_000, 5 * 3_600_000, 14 * 3_600_000].map((by) => at + by),
  );
  const ends = ["0001-01-01T00:00:00.000Z", "0001-01-01T15:00:00.000Z", "1582-10-10T00:00:00.000Z"];
  const lasts = ["9999-12-31T09:00:00.000Z", "9999-12-31T23:59:59.999Z"];
  return [...new Set([...ends, ...near.map((at) => new Date(at).toISOString()), ...lasts])];
}

/** Cases on time buckets. */
export const buckets = topic("time-buckets", {
  async dates(t) {
    const xrm = await t.open(fixture);
    const days = ["0001-01-01", "2024-12-30", "2025-01-01", "2026-01-01", "2026-03-31", "2026-04-01", "9999-12-31"];
    await xrm.entity("deal").createMany([...days, null].map((closedOn, i) => ({ title: `${i}`, closedOn })));
    const by = (bucket: TimeBucket, reader?: Reader) => groups(xrm, { closedOn: bucket }, reader);
    const ones = (...labels: string[]) => [[null, 1], ...labels.map((label) => [label, 1])];
    assert.deepEqual(await by("day"), ones(...days));
    assert.deepEqual(await by("week"), [
      [null, 1],
      ["0001-W01", 1],
      ["2025-W01", 2],
      ["2026-W01", 1],
      ["2026-W14", 2],
      ["9999-W52", 1],
    ]);
    assert.deepEqual(
      await by("month"),
      ones("0001-01", "2024-12", "2025-01", "2026-01", "2026-03", "2026-04", "9999-12"),
    );
    assert.deepEqual(await by("quarter"), [
      [null, 1],
      ["0001-Q1", 1],
      ["2024-Q4", 1],
      ["2025-Q1", 1],
      ["2026-Q1", 2],
      ["2026-Q2", 1],
      ["9999-Q4", 1],
    ]);
    assert.deepEqual(await by("year"), [
      [null, 1],
      ["0001", 1],
      ["2024", 1],
      ["2025", 1],
      ["2026", 3],
      ["9999", 1],
    ]);
    assert.deepEqual(await by("fiscalYear"), [
      [null, 1],
      ["FY0001", 1],
      ["FY2024", 1],
      ["FY2025", 1],
      ["FY2026", 3],
      ["FY9999", 1],
    ]);
    // A date is the same day in every zone.
    assert.deepEqual(await by("fiscalQuarter", { fiscalYearStart: 4, timeZone: "Pacific/Kiritimati" }), [
      [null, 1],
      ["FY0001-Q4", 1],
      ["FY2025-Q3", 1],
      ["FY2025-Q4", 1],
      ["FY2026-Q4", 2],
      ["FY2027-Q1", 1],
      ["FY10000-Q3", 1],
    ]);
  },

  ...Object.fromEntries(
    zones.map((zone) => [
      `instants-in-${zone.replace(/\W|_/g, "-")}`,
      async (t: Parameters<Parameters<typeof topic>[1][string]>[0]) => {
        const xrm = await t.open(fixture);
        const found = timeZone(zone);
        assert(found);
        const instants = instantsFor(zone);
        await xrm.entity("deal").createMany([...instants, null].map((seenAt, i) => ({ title: `${i}`, seenAt })));
        for (const bucket of timeBuckets) {
          const expected = new Map<string | null, number>([[null, 1]]);
          for (const instant of instants) {
            const label = bucketLabel(localDay(instant, found), bucket, 7);
            expected.set(label, (expected.get(label) ?? 0) + 1);
          }
          const groupBy = { seenAt: { bucket, timeZone: zone } };
          const answer = await groups(xrm, groupBy, { fiscalYearStart: 7 });
          assert.deepEqual(new Map(answer as [string | null, number][]), expected, bucket);
          // In order, but for the fiscal year that ends in the year 10000.
          if (!bucket.startsWith("fiscal"))
            assert.deepEqual(
              answer.map(([label]) => label),
              [null, ...[...expected.keys()].slice(1).sort()],
            );
        }
      },
    ]),
  ),

  async "the-zone-of-who-asks"(t) {
    const xrm = await t.open(fixture);
    await xrm.entity("deal").createMany([
      { title: "a", seenAt: "2026-02-01T02:30:00Z" },
      { title: "b", seenAt: "2026-01-31T12:00:00Z" },
    ]);
    const groupBy = { seenAt: "month" };
    assert.deepEqual(await groups(xrm, groupBy), [
      ["2026-01", 1],
      ["2026-02", 1],
    ]);
    assert.deepEqual(await groups(xrm, groupBy, { timeZone: "America/Sao_Paulo" }), [["2026-01", 2]]);
    assert.deepEqual(await groups(xrm, groupBy, { timeZone: "Pacific/Kiritimati" }), [["2026-02", 2]]);
    assert.deepEqual(await groups(xrm, { seenAt: { bucket: "month" } }, { timeZone: "America/Sao_Paulo" }), [
      ["2026-01", 2],
    ]);
    assert.deepEqual(
      await groups(xrm, { seenAt: { bucket: "month", timeZone: "utc" } }, { timeZone: "America/Sao_Paulo" }),
      [
        ["2026-01", 1],
        ["2026-02", 1],
      ],
    );
    assert.deepEqual(await groups(xrm, { createdAt: "week" }), [["2026-W05", 2]]);
    // The same question of people whose fiscal years begin in other months, one after the other.
    const years = (fiscalYearStart: number) => groups(xrm, { seenAt: "fiscalYear" }, { fiscalYearStart });
    assert.deepEqual(await years(1), [["FY2026", 2]]);
    assert.deepEqual(await years(2), [
      ["FY2026", 1],
      ["FY2027", 1],
    ]);
    assert.deepEqual(await years(3), [["FY2026", 2]]);
  },

  async "through-lookups-and-with-other-groups"(t) {
    const xrm = await t.open(fixture);
    const account = await xrm.entity("account").create({ name: "a", founded: "2019-05-05" });
    await xrm.entity("deal").createMany([
      { title: "a", account: account["id"], amount: "1.00", seenAt: "2026-04-01T01:00:00Z", stage: "won" },
      { title: "b", account: account["id"], amount: "2.00", seenAt: "2026-03-01T01:00:00Z", stage: "won" },
      { title: "c", amount: "4.00", stage: "open" },
    ]);
    const rows = await xrm
      .as({ id: "u", timeZone: "America/New_York" })
      .entity("deal")
      .aggregate({
        groupBy: { seenAt: "quarter", account: { founded: "year", createdAt: "year" }, stage: true },
        measures: { total: { sum: "amount" }, mean: { avg: "amount" }, top: { max: "title" } },
        orderBy: { seenAt: "desc" },
        limit: 5,
      });
    assert.deepEqual(rows, [
      {
        seenAt: "2026-Q1",
        account: { founded: "2019", createdAt: "2026" },
        stage: "won",
        total: "3.00",
        mean: "1.50",
        top: "b",
      },
      {
        seenAt: null,
        account: { founded: null, createdAt: null },
        stage: "open",
        total: "4.00",
        mean: "4.00",
        top: "c",
      },
    ]);
  },

  async "what-is-no-bucket"(t) {
    const xrm = await t.open(fixture);
    for (const groupBy of [
      { seenAt: "decade" },
      { seenAt: { bucket: "month", timeZone: "Mars/Olympus" } },
      { seenAt: { bucket: "month", timeZone: 5 } },
      { seenAt: { bucket: "month", timezone: "UTC" } },
      { seenAt: { timeZone: "UTC" } },
      { closedOn: { bucket: "month", timeZone: "UTC" } },
      { stage: "month" },
      { stage: { bucket: "month" } },
      { seenAt: { bucket: true } },
    ])
      await refused("INVALID_QUERY", xrm.entity("deal").aggregate({ groupBy, measures: { n: "count" } }));
    await refused("INVALID_OPTIONS", () => xrm.as({ id: "u", timeZone: "Mars/Olympus" }));
    await refused("INVALID_OPTIONS", () => xrm.as({ id: "u", fiscalYearStart: 13 }));
  },
});
