/**
 * Streams a large table and holds memory to its bound: RSS at the end may be at most 50 MB above RSS at 100,000 rows, each after a collection.
 *
 *   node --conditions=@kith/source scripts/stream-million.ts --rows 1000000 --db sqlite|pg
 *   … --include      each record with what its lookup leads to
 *   … --write        another flow inserts while the stream runs
 */

import { parseArgs } from "node:util";
import { collect, megabytes, resident } from "./lib/memory.ts";
import { type Crowd, fill, openCrowd } from "./scale/crowd.ts";

const { values: args } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    db: { type: "string", default: "sqlite" },
    include: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const rows = Number(args.rows);
const early = Math.min(100_000, rows);
const allowed = 50;

const crowd = await openCrowd(args.db);
try {
  console.log(`${rows.toLocaleString("en")} records on ${args.db}`);
  await fill(crowd, rows);
  collect();
  const failed = await walk(crowd);
  if (failed) process.exitCode = 1;
} finally {
  await crowd.close();
}

async function walk({ xrm }: Crowd): Promise<boolean> {
  let seen = 0;
  let sum = 0;
  let at100k = 0;
  let ended = false;
  const writing = args.write ? write(xrm, () => ended) : undefined;
  const started = performance.now();
  const query = { where: { seats: { gte: 0 } }, ...(args.include ? { include: { account: true as const } } : {}) };
  for await (const row of xrm.deal.stream(query)) {
    sum += row.seats ?? 0;
    if (++seen === early) at100k = resident();
  }
  const seconds = (performance.now() - started) / 1_000;
  ended = true;
  const written = (await writing) ?? 0;
  const grown = (resident() - at100k) / (1 << 20);
  console.log(
    `${seen.toLocaleString("en")} streamed in ${seconds.toFixed(1)} s (${Math.round(seen / seconds).toLocaleString("en")} rows/s), ${written} written meanwhile`,
  );
  console.log(
    `RSS at ${early.toLocaleString("en")} rows ${megabytes(at100k)} MB, at the end ${grown.toFixed(1)} MB more, ${allowed} allowed`,
  );
  const whole = seen >= rows && seen <= rows + written && sum > 0;
  if (!whole) console.error(`FAILED: ${seen} of ${rows} rows`);
  if (grown > allowed) console.error("FAILED: memory grows with the table");
  return !whole || grown > allowed;
}

/** Inserts, one record at a time, until the stream has ended. */
async function write(xrm: Crowd["xrm"], ended: () => boolean): Promise<number> {
  let written = 0;
  while (!ended()) {
    await xrm.deal.create({ topic: "meanwhile", stage: "open", closedOn: "2026-01-01", seats: 1 });
    written++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return written;
}
