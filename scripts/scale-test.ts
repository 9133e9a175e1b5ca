/**
 * Measures how queries grow with the table: point and page queries must stay flat, page 10,000 within 1.5 times of page 1.
 *
 *   node --conditions=@kith/source scripts/scale-test.ts --rows 20000,200000,1000000 --db sqlite|pg --samples 200
 */

import { parseArgs } from "node:util";
import { type Crowd, fill, openCrowd } from "./scale/crowd.ts";

const { values: args } = parseArgs({
  options: {
    rows: { type: "string", default: "20000,200000,1000000" },
    db: { type: "string", default: "sqlite" },
    samples: { type: "string", default: "200" },
  },
});
const sizes = String(args.rows).split(",").map(Number);
const samples = Number(args.samples);
const pageSize = 50;
const deepPage = 10_000;
/** Page 10,000 to page 1; and a point or page query in the largest table to the same in the smallest. */
const allowed = { depth: 1.5, growth: 2 };

type Ask = () => Promise<unknown>;
type Xrm = Crowd["xrm"];

const orderBy = { closedOn: "desc" } as const;

/** The questions. Those that are flat must not grow with the table. */
async function questions(xrm: Xrm, rows: number): Promise<Record<string, { ask: Ask; flat: boolean; few?: true }>> {
  const ids = (await xrm.deal.findMany({ select: { id: true }, orderBy: { seats: "asc" }, limit: 500 })).map(
    ({ id }) => id,
  );
  const owners = (await xrm.account.findMany({ select: { id: true }, limit: 500 })).map(({ id }) => id);
  let turn = 0;
  const next = <T>(list: readonly T[]) => list[turn++ % list.length] as T;
  const deep = await cursorAt(xrm, Math.min(rows - pageSize - 1, deepPage * pageSize));
  const list = { where: { stage: "won", amount: { gt: "500" } }, orderBy, limit: pageSize } as const;
  return {
    get: { ask: () => xrm.deal.get(next(ids)), flat: true },
    "page 1": { ask: () => xrm.deal.findPage({ orderBy, limit: pageSize }), flat: true },
    "deep page": { ask: () => xrm.deal.findPage({ orderBy, limit: pageSize, after: deep }), flat: true },
    list: { ask: () => xrm.deal.findMany(list), flat: true },
    "list with account": { ask: () => xrm.deal.findMany({ ...list, include: { account: true } }), flat: true },
    "deals of an account": { ask: () => xrm.deal.findMany({ where: { account: next(owners) }, limit: 5 }), flat: true },
    "list + count to 1,000": { ask: () => xrm.deal.findPage({ ...list, total: { upTo: 1_000 } }), flat: true },
    "list + count": { ask: () => xrm.deal.findPage({ ...list, total: true }), flat: false, few: true },
    "sum by stage": {
      ask: () => xrm.deal.aggregate({ groupBy: { stage: true }, measures: { sum: { sum: "amount" }, n: "count" } }),
      flat: false,
      few: true,
    },
  };
}

/** The cursor after so many deals, in the order of the pages. */
async function cursorAt(xrm: Xrm, place: number): Promise<string> {
  let after: string | null = null;
  for (let at = 0; at < place; ) {
    const limit = Math.min(10_000, place - at);
    const page: { next: string | null } = await xrm.deal.findPage({ orderBy, limit, select: { id: true }, after });
    after = page.next;
    at += limit;
  }
  if (after === null) throw new Error(`there are not ${place} deals`);
  return after;
}

/** The median of each question, in milliseconds; asked in turn, so that what disturbs the machine disturbs all of them. */
async function measure(xrm: Xrm, rows: number): Promise<Map<string, number>> {
  const all = Object.entries(await questions(xrm, rows));
  const times = new Map<string, number[]>(all.map(([name]) => [name, []]));
  for (let round = -5; round < samples; round++) {
    for (const [name, { ask, few }] of all) {
      if (few && round >= 5) continue;
      const started = performance.now();
      await ask();
      // The first rounds warm up.
      if (round >= 0) times.get(name)?.push(performance.now() - started);
    }
  }
  return new Map([...times].map(([name, list]) => [name, list.sort((a, b) => a - b)[list.length >> 1] as number]));
}

const crowd = await openCrowd(String(args.db));
const failures: string[] = [];
try {
  const found: Map<string, number>[] = [];
  for (const rows of sizes) {
    const started = performance.now();
    await fill(crowd, rows);
    console.log(
      `${rows.toLocaleString("en")} deals on ${args.db}, filled in ${((performance.now() - started) / 1_000).toFixed(0)} s`,
    );
    const medians = await measure(crowd.xrm, rows);
    found.push(medians);
    for (const [name, ms] of medians) console.log(`  ${name.padEnd(24)} ${ms.toFixed(3).padStart(10)} ms`);
    const depth = (medians.get("deep page") as number) / (medians.get("page 1") as number);
    console.log(`  ${"deep page / page 1".padEnd(24)} ${depth.toFixed(2).padStart(10)}`);
    if (depth > allowed.depth) failures.push(`at ${rows} rows a deep page takes ${depth.toFixed(2)} times a first one`);
  }
  const [first, last] = [found[0], found.at(-1)] as [Map<string, number>, Map<string, number>];
  for (const [name, { flat }] of Object.entries(await questions(crowd.xrm, sizes[0] as number))) {
    const growth = (last.get(name) as number) / (first.get(name) as number);
    if (found.length > 1) console.log(`  ${name.padEnd(24)} grows ${growth.toFixed(2)} times`);
    if (flat && growth > allowed.growth) failures.push(`${name} grows ${growth.toFixed(2)} times with the table`);
  }
} finally {
  await crowd.close();
}
for (const failure of failures) console.error(`FAILED: ${failure}`);
if (failures.length > 0) process.exitCode = 1;
