/**
 * Compares storages on random models, records and questions.
 *
 *   npm run fuzz -- --queries 10000 --seed 1            memory against sqlite and postgres, which is started for it
 *   npm run fuzz -- --queries 10000 --db sqlite         memory against sqlite alone
 *   npm run fuzz -- --storages sqlite,postgres          any against any; the first is taken to be right
 *   npm run fuzz -- --model-seed 123456        the questions of one model again
 *   npm run fuzz -- --faults --queries 10000   plants each fault in turn; every one must be found
 *   npm run fuzz -- --fault gt-as-gte          plants one
 *
 * Cases that once failed are kept in scripts/fuzz-seeds.json and always run first. The exit code is 1 on any difference, a fault that is not found,
 * or (from 10,000 queries up) too little coverage.
 */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { memory } from "@kith/memory";
import {
  type Case,
  type Contestant,
  coverageTable,
  describeFinding,
  type FuzzFinding,
  type FuzzReport,
  faultNames,
  fuzz,
  fuzzModel,
  plantFault,
  runCase,
} from "@kith/testing";

const { values: args } = parseArgs({
  options: {
    queries: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    storages: { type: "string", default: "memory,sqlite,postgres" },
    db: { type: "string" },
    "model-seed": { type: "string" },
    "per-model": { type: "string", default: "200" },
    faults: { type: "boolean", default: false },
    fault: { type: "string" },
    findings: { type: "string", default: "1" },
    "shrink-ms": { type: "string", default: "20000" },
  },
});

interface Kept {
  readonly note: string;
  readonly case?: Case;
  readonly modelSeed?: number;
}

const number = (name: "queries" | "seed" | "per-model" | "findings" | "shrink-ms") => {
  const value = Number(args[name]);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new TypeError(`--${name} must be a whole number, not '${args[name]}'.`);
  return value;
};

/** What has to be stopped when the run is over. */
const ends: (() => Promise<void>)[] = [];

/** The storages that can take part. Each gives a new, empty database for each model. */
const known: Readonly<Record<string, () => Promise<Contestant>>> = {
  memory: async () => ({ name: "memory", create: () => memory() }),
  sqlite: async () => {
    const { sqlite } = await import("@kith/sqlite");
    return { name: "sqlite", create: () => sqlite({ file: ":memory:" }) };
  },
  postgres: async () => {
    const { postgresContestant } = await import("./lib/fuzz-postgres.ts");
    const contestant = await postgresContestant();
    ends.push(contestant.stop);
    return contestant;
  },
};

const settings = {
  queries: number("queries"),
  seed: number("seed"),
  perModel: number("per-model"),
  findings: number("findings"),
  shrinkMs: number("shrink-ms"),
};
process.exitCode =
  args.faults || args.fault ? await findFaults(args.fault ? [args.fault] : faultNames) : await compare();
for (const end of ends) await end();

async function compare(): Promise<number> {
  const names = (args.db === undefined ? args.storages : `memory,${args.db}`).split(",");
  const storages: Contestant[] = [];
  for (const name of names.length > 1 ? names.slice(1) : names) {
    const storage = known[name];
    if (!storage) throw new TypeError(`There is no storage '${name}'; there are ${Object.keys(known).join(", ")}.`);
    storages.push(await storage());
  }
  const oracle = await (known[names[0] ?? "memory"] as () => Promise<Contestant>)();
  let failures = await runKept([oracle, ...storages]);
  const started = performance.now();
  const { isTTY } = process.stderr;
  const onModel = (asked: number) => {
    if (isTTY) process.stderr.write(`\r${asked} questions`);
    else if (asked % 10_000 === 0) console.log(`${asked} questions after ${since(started)}`);
  };
  const onFinding = (finding: FuzzFinding) => console.log(describeFinding(finding));
  const options = { ...settings, oracle, storages, onModel, onFinding };
  const report =
    args["model-seed"] === undefined ? await fuzz(options) : await fuzzModel(options, Number(args["model-seed"]));
  if (isTTY) process.stderr.write("\r");
  failures += report.findings.length;
  console.log(coverageTable(report));
  const share = Math.round(report.coverage.share * 1_000) / 10;
  const codes = [...report.codes].map(([code, count]) => `${code} ${count}`).join(", ");
  console.log(
    `\n${report.asked} questions on ${report.models} models, seed ${settings.seed}, ${[oracle, ...storages].map(({ name }) => name).join(" against ")}, in ${since(started)}`,
  );
  console.log(
    `${share} % of the answers had something in them; errors: ${codes || "none"}; ${report.findings.length} differences`,
  );
  return failures + lacking(report) > 0 ? 1 : 0;
}

function since(started: number): string {
  return `${((performance.now() - started) / 1_000).toFixed(1)} s`;
}

/** What the run promised and did not keep. Small runs promise nothing. */
function lacking(report: FuzzReport): number {
  if (report.asked < 10_000) return 0;
  // Chance spreads small runs: a tenth of the questions promises less than a tenth of the meetings.
  const least = Math.min(50, Math.floor(report.asked / 2_000));
  const rare = report.coverage.below(least);
  if (rare.length > 0) console.log(`Met fewer than ${least} times: ${rare.join(", ")}`);
  const poor = report.coverage.share < 0.4;
  if (poor) console.log("Fewer than 40 % of the answers had something in them.");
  return rare.length + Number(poor);
}

/** Runs what once failed. */
async function runKept(contestants: readonly Contestant[]): Promise<number> {
  const kept = JSON.parse(readFileSync(new URL("fuzz-seeds.json", import.meta.url), "utf8")) as readonly Kept[];
  let failures = 0;
  for (const { note, case: kase, modelSeed } of kept) {
    const [oracle, ...storages] = contestants as [Contestant, ...Contestant[]];
    const finding = kase ? await runCase(kase, contestants) : undefined;
    const report = modelSeed === undefined ? undefined : await fuzzModel({ ...settings, oracle, storages }, modelSeed);
    if (!finding && (report?.findings.length ?? 0) === 0) continue;
    failures++;
    console.log(`A kept case fails again: ${note}`);
    if (finding) console.log(finding.difference);
    for (const one of report?.findings ?? []) console.log(describeFinding(one));
  }
  console.log(`${kept.length} kept cases, ${failures} fail`);
  return failures;
}

/** Plants each fault into a memory storage and looks how soon it shows. */
async function findFaults(names: readonly string[]): Promise<number> {
  const oracle = { name: "memory", create: () => memory() };
  let missed = 0;
  for (const name of names) {
    const storages = [{ name, create: () => plantFault(memory(), name) }];
    const report = await fuzz({ ...settings, oracle, storages, shrinkMs: names.length === 1 ? settings.shrinkMs : 0 });
    const [finding] = report.findings;
    const found = finding?.storage === name;
    if (!found) missed++;
    console.log(
      found
        ? `found     ${name.padEnd(24)} after ${finding.asked} questions`
        : `NOT FOUND ${name.padEnd(24)} in ${report.asked} questions`,
    );
    if (finding && names.length === 1) console.log(describeFinding(finding));
  }
  console.log(`${names.length - missed} of ${names.length} faults found within ${settings.queries} questions each`);
  return missed > 0 ? 1 : 0;
}
