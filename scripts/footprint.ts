/**
 * What an installation of Kith costs, measured on the packages as they would be published: time to import, dependencies, size on disk.
 *
 *   npm run footprint             prints it
 *   npm run footprint -- --write  puts it into docs/performance.md, too
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { record } from "./bench/lib/record.ts";
import { build } from "./build.ts";
import { importTime, makeConsumer, packAll, productionDependencies, sizeOf } from "./lib/consumer.ts";

/** What is installed together: the engine alone, and an app on each storage. */
const sets = {
  "@kith/core": ["schema", "core"],
  "@kith/memory": ["schema", "core", "memory"],
  "@kith/sqlite": ["schema", "core", "sql", "sqlite"],
  "@kith/postgres": ["schema", "core", "sql", "postgres"],
};

const scratch = mkdtempSync(join(tmpdir(), "kith-footprint-"));
try {
  build();
  const tarballs = packAll(join(scratch, "tarballs"));
  const lines = ["| installed | import, ms | packages | MB |", "| --- | ---: | ---: | ---: |"];
  for (const [name, folders] of Object.entries(sets)) {
    const folder = join(scratch, name.replace("@kith/", ""));
    makeConsumer(
      folder,
      folders.map((one) => tarballs.get(one) ?? ""),
    );
    const ms = importTime(folder, name, 15);
    const packages = productionDependencies(folder).length;
    const megabytes = sizeOf(join(folder, "node_modules")) / 1e6;
    lines.push(`| ${name} | ${ms.toFixed(0)} | ${packages} | ${megabytes.toFixed(1)} |`);
  }
  const text = `${new Date().toISOString().slice(0, 10)} · Node ${process.versions.node} · the median of 15 new processes\n\n${lines.join("\n")}`;
  console.log(`\n${text}`);
  if (process.argv.includes("--write")) record("footprint", text);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
