/**
 * Starts eight processes at one moment, on an empty database and on one of an older model: the changes are made once, and all of them run.
 *
 *   node --conditions=@kith/source scripts/start-together.ts --processes 8 --db sqlite,postgres
 */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createXrm, defineEntity, defineModel, field, findDrift, type Model, type Storage } from "@kith/core";
import { postgres } from "@kith/postgres";
import { sqlite } from "@kith/sqlite";
import { startPostgres } from "./lib/postgres.ts";

const { values: args } = parseArgs({
  options: {
    processes: { type: "string", default: "8" },
    db: { type: "string", default: "sqlite,postgres" },
    place: { type: "string" },
    child: { type: "string" },
  },
});

const modelOf = (version: number): Model<any> =>
  defineModel({
    version,
    entities: [
      defineEntity("item", {
        fields: (version === 1
          ? { name: field.text({ required: true }), size: field.integer() }
          : {
              title: field.text({ required: true, unique: true, searchable: true, was: "name" }),
              size: field.decimal(),
              no: field.autonumber("{000}"),
            }) as never,
      }),
    ],
  }) as Model<any>;

const storageAt = (place: string): Storage => {
  const [db, where = "", schema = ""] = place.split("|");
  return db === "postgres" ? postgres({ url: where, schema, connections: 2 }) : sqlite({ file: where });
};

async function together(place: string, count: number, old: number): Promise<string[]> {
  const storage = storageAt(place);
  if (old > 0) {
    const xrm = await createXrm<any>({ model: modelOf(1), storage });
    await xrm.entity("item").createMany(Array.from({ length: old }, (_, i) => ({ name: `old ${i}`, size: i })));
    await xrm.close();
  }
  const children = Array.from({ length: count }, (_, i) => {
    const command = [
      "--conditions=@kith/source",
      fileURLToPath(import.meta.url),
      "--place",
      place,
      "--child",
      String(i),
    ];
    return spawn(process.execPath, command, { stdio: ["pipe", "pipe", "inherit"] });
  });
  await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once("data", resolve))));
  const codes = children.map((child) => new Promise<number | null>((resolve) => child.on("close", resolve)));
  for (const child of children) child.stdin.end("go\n");
  const failed = (await Promise.all(codes)).filter((code) => code !== 0).length;
  const problems = failed > 0 ? [`${failed} processes failed`] : [];
  problems.push(...(await findDrift({ model: modelOf(2), storage })).map(({ message }) => message));
  const xrm = await createXrm<any>({ model: modelOf(2), storage });
  const rows = await xrm.entity("item").findMany();
  const numbers = new Set(rows.map((row) => row["no"]));
  if (rows.length !== old + count) problems.push(`${rows.length} records, not ${old + count}`);
  if (numbers.size !== rows.length || !numbers.has(String(rows.length).padStart(3, "0")))
    problems.push("numbers are taken twice, or left out");
  await xrm.close();
  return problems;
}

async function all(place: (name: string) => string, db: string): Promise<void> {
  for (const old of [0, 500]) {
    const started = performance.now();
    const problems = await together(place(`old${old}`), Number(args.processes), old);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    const on = old === 0 ? "an empty database" : `a database of an older model with ${old} records`;
    console.log(
      `${db}: ${args.processes} processes on ${on}: ${problems.join("; ") || "changed once, all run"}, ${seconds} s`,
    );
    if (problems.length > 0) process.exitCode = 1;
  }
}

if (args.place !== undefined) {
  process.stdout.write("ready\n");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  process.stdin.destroy();
  const xrm = await createXrm<any>({ model: modelOf(2), storage: storageAt(args.place), waitMs: 60_000 });
  await xrm.entity("item").create({ title: `new ${args.child}` });
  await xrm.close();
} else {
  for (const db of args.db.split(",")) {
    if (db === "postgres") {
      const server = await startPostgres();
      const mark = Date.now().toString(36);
      await all((name) => `postgres|${server.url}|${name}_${mark}`, db).finally(() => server.stop());
    } else {
      const folder = mkdtempSync(join(tmpdir(), "kith-together-"));
      await all((name) => `sqlite|${join(folder, `${name}.db`)}`, db);
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
