/** The arguments of the benchmark. */

import { parseArgs } from "node:util";
import type { Db } from "./contender.ts";
import { ops } from "./ops.ts";

const help = `npm run bench -- [options]

  --db sqlite|pg        the database (sqlite)
  --table same|users    on Kith's own tables, or each on the tables that it would have (same)
  --only a,b            these contenders (all of the table); raw is always among them
  --ops x,y             these operations (all)
  --rounds N            measured rounds, after one to warm up (10)
  --scale N             opportunities (20000); contacts as many, accounts a tenth
  --size F              calls of each operation in a round, times F (1)
  --mode file|memory    where SQLite files are: on disk, or in memory (/dev/shm) (file)
  --by p50|mean|cpu     which ratio to print (p50)
  --detail              print times of every contender
  --cold N              start each contender N times in a new process (0)
  --json FILE           write all figures
  --write               put the tables into docs/performance.md`;

/** What to measure. */
export interface Args {
  readonly db: Db;
  readonly table: "same" | "users";
  readonly only: readonly string[] | undefined;
  readonly ops: readonly string[];
  readonly rounds: number;
  readonly scale: number;
  readonly size: number;
  readonly mode: "file" | "memory";
  readonly by: "p50" | "mean" | "cpu";
  readonly detail: boolean;
  readonly cold: number;
  readonly json: string | undefined;
  readonly write: boolean;
}

/** Reads the command line; says what is wrong with it and ends the process. */
export function readArgs(): Args {
  try {
    return read();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

function read(): Args {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    options: {
      db: { ...text, default: "sqlite" },
      table: { ...text, default: "same" },
      only: text,
      ops: text,
      rounds: { ...text, default: "10" },
      scale: { ...text, default: "20000" },
      size: { ...text, default: "1" },
      mode: { ...text, default: "file" },
      by: { ...text, default: "p50" },
      cold: { ...text, default: "0" },
      json: text,
      detail: flag,
      write: flag,
      help: flag,
    },
  });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const names = values.ops?.split(",") ?? Object.keys(ops);
  for (const name of names) oneOf("--ops", name, Object.keys(ops));
  return {
    db: oneOf("--db", values.db, ["sqlite", "pg"]),
    table: oneOf("--table", values.table, ["same", "users"]),
    only: values.only?.split(","),
    ops: names,
    rounds: number("--rounds", values.rounds, 1),
    scale: number("--scale", values.scale, 1_000),
    size: number("--size", values.size, 0.001),
    mode: oneOf("--mode", values.mode, ["file", "memory"]),
    by: oneOf("--by", values.by, ["p50", "mean", "cpu"]),
    cold: number("--cold", values.cold, 0),
    json: values.json,
    detail: values.detail,
    write: values.write,
  };
}

function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  if ((known as readonly string[]).includes(value)) return value as T;
  throw new Error(`${option} is one of ${known.join(", ")}, not '${value}'.`);
}

function number(option: string, value: string, least: number): number {
  const found = Number(value);
  if (Number.isFinite(found) && found >= least) return found;
  throw new Error(`${option} is a number from ${least} up, not '${value}'.`);
}
