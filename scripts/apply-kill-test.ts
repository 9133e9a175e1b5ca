/**
 * Kills `applyChanges` with -9 at random moments, and looks at what is left: the database is of the one model or of the other, whole, and the next start
 * ends with the new one, every record and value as it should be and nothing half made.
 *
 *   node --conditions=@kith/source scripts/apply-kill-test.ts --kills 100 --db sqlite,postgres
 */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  applyChanges,
  createXrm,
  defineEntity,
  defineModel,
  field,
  findDrift,
  type Model,
  planChanges,
  type Storage,
} from "@kith/core";
import { sqlite } from "@kith/sqlite";
import { postgresWith } from "../packages/postgres/src/postgres-storage.ts";
import { startPostgres } from "./lib/postgres.ts";

const { values: args } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    rows: { type: "string", default: "2000" },
    db: { type: "string", default: "sqlite,postgres" },
    place: { type: "string" },
    step: { type: "string" },
  },
});

/** The model of a step: each renames, converts, adds, drops and indexes something. */
function modelOf(step: number): Model<any> {
  const odd = step % 2 === 1;
  const renamed = step === 0 ? {} : { was: `n${step - 1}` };
  const item = defineEntity("item", {
    checks: { low: { where: { rank: { gte: -1 - step } } as never, message: "too low" } },
    fields: {
      code: field.text({ required: true, unique: true, fold: odd }),
      name: field.text(odd ? { searchable: true } : { indexed: true }),
      [`n${step}`]: odd ? field.text({ required: true, ...renamed }) : field.integer({ required: true, ...renamed }),
      [`extra${step}`]: field.integer({ required: true, default: step }),
      rank: field.integer({ required: true, default: 0 }),
      parent: field.lookup("item"),
    } as never,
  });
  return defineModel({ version: step + 1, entities: [item] }) as Model<any>;
}

const storageAt = (place: string, step: number): Storage => {
  const [db, where = "", schema = ""] = place.split("|");
  return db === "postgres"
    ? // In phases, as large databases are changed, every second time.
      postgresWith({ url: where, schema, connections: 2 }, step % 2 === 1 ? { phasesFrom: 0 } : {})
    : sqlite({ file: where });
};

async function apply(storage: Storage, step: number): Promise<void> {
  const model = modelOf(step);
  const plan = await planChanges({ model, storage });
  const confirm = plan.steps
    .filter((one) => one.class === "confirm" || one.action === "field.drop")
    .map(({ id }) => id);
  await applyChanges({ model, storage, confirm });
}

/** What is wrong with the database of a step. */
async function look(storage: Storage, step: number, rows: number): Promise<string[]> {
  const model = modelOf(step);
  const problems = (await findDrift({ model, storage })).map(({ message }) => message);
  const xrm = await createXrm<any>({ model, storage });
  const all = await xrm.entity("item").findMany({ orderBy: { rank: "asc" } });
  if (all.length !== rows) problems.push(`${all.length} records of ${rows}`);
  all.forEach((row, i) => {
    const wanted = {
      code: `c${i}`,
      rank: i,
      [`n${step}`]: step % 2 === 1 ? String(i * 7) : i * 7,
      [`extra${step}`]: step,
    };
    for (const [key, value] of Object.entries(wanted))
      if (row[key] !== value) problems.push(`${key} of record ${i} is ${String(row[key])}`);
    if (i > 0 && row["parent"] !== all[0]?.["id"]) problems.push(`record ${i} has lost its parent`);
  });
  if (step % 2 === 1 && (await xrm.entity("item").findMany({ search: "name" } as never)).length !== rows)
    problems.push("the text index lacks records");
  await xrm.close();
  return problems.slice(0, 5);
}

/** The program of the model before starts again, where the change was not made: nothing that was prepared may be left. */
async function goOn(storage: Storage, step: number): Promise<string[]> {
  const model = modelOf(step);
  try {
    await (await createXrm<any>({ model, storage })).close();
  } catch (error) {
    if ((error as { code?: string }).code === "MODEL_OLDER") return [];
    throw error;
  }
  return (await findDrift({ model, storage })).map(({ message }) => message);
}

async function killOne(place: string, step: number, typical: number): Promise<boolean> {
  const command = [
    "--conditions=@kith/source",
    fileURLToPath(import.meta.url),
    "--place",
    place,
    "--step",
    String(step),
  ];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  let done = false;
  const begun = new Promise<void>((resolve) => {
    child.stdout.on("data", (text: Buffer) => {
      if (text.includes("done")) done = true;
      resolve();
    });
  });
  const gone = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await Promise.race([begun, gone]);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * typical));
  child.kill("SIGKILL");
  await gone;
  return done;
}

async function killAll(place: string, kills: number, rows: number): Promise<void> {
  let storage = storageAt(place, 0);
  const xrm = await createXrm<any>({ model: modelOf(0), storage });
  const items = xrm.entity("item");
  const [first] = await items.createMany([{ code: "c0", name: "name 0", n0: 0, rank: 0 }]);
  for (let at = 1; at < rows; at += 500) {
    const some = Array.from({ length: Math.min(500, rows - at) }, (_, i) => at + i);
    await items.createMany(
      some.map((i) => ({ code: `c${i}`, name: `name ${i}`, n0: i * 7, rank: i, parent: first?.["id"] })),
    );
  }
  await xrm.close();
  const started = performance.now();
  let interrupted = 0;
  let typical = 300;
  for (let step = 1; step <= kills; step++) {
    const problems: string[] = [];
    storage = storageAt(place, step);
    if (!(await killOne(place, step, typical))) {
      interrupted++;
      if (step % 4 < 2) problems.push(...(await goOn(storage, step - 1)));
    }
    const from = performance.now();
    await apply(storage, step);
    typical = Math.max(typical, performance.now() - from);
    problems.push(...(await look(storage, step, rows)));
    if (problems.length === 0) continue;
    console.error(`after kill ${step}: ${problems.join("; ")}`);
    process.exitCode = 1;
    break;
  }
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(
    `${storage.name}: ${kills} kills, ${interrupted} before the end of apply, ${process.exitCode === 1 ? "a problem" : "each next start whole"}, ${seconds} s`,
  );
}

if (args.place !== undefined) {
  process.stdout.write("begin\n");
  await apply(storageAt(args.place, Number(args.step)), Number(args.step));
  process.stdout.write("done\n");
} else {
  for (const db of args.db.split(",")) {
    if (db === "postgres") {
      const server = await startPostgres();
      await killAll(
        `postgres|${server.url}|kill_${Date.now().toString(36)}`,
        Number(args.kills),
        Number(args.rows),
      ).finally(() => server.stop());
    } else {
      const folder = mkdtempSync(join(tmpdir(), "kith-apply-kill-"));
      await killAll(`sqlite|${join(folder, "crm.db")}`, Number(args.kills), Number(args.rows));
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
