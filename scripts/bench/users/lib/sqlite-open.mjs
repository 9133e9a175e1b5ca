// Opens a better-sqlite3 handle with the shared pragmas; memory mode loads the seeded template into RAM.
import fs from "node:fs";
import * as schema from "./schema.mjs";
export function openSqlite(Database, ctx) {
  const db = ctx.mode === "memory" ? new Database(fs.readFileSync(ctx.template)) : new Database(ctx.file);
  for (const p of schema.sqlite.pragmas) if (!(ctx.mode === "memory" && p.startsWith("journal"))) db.pragma(p);
  return db;
}
export const memorySeedSql = (template) => [
  ...schema.sqlite.tables,
  `ATTACH '${template}' AS tpl`,
  ...schema.TABLES.map((t) => `INSERT INTO main.${t} SELECT * FROM tpl.${t}`),
  "DETACH tpl",
  ...schema.sqlite.indexes,
  ...schema.sqlite.fts,
  "ANALYZE",
];
export const pragmaSql = (ctx) =>
  schema.sqlite.pragmas.filter((p) => !(ctx.mode === "memory" && p.startsWith("journal"))).map((p) => `PRAGMA ${p}`);
export const cleanupSql = (z) => [
  `DELETE FROM opportunity WHERE id > ${z.opps}`,
  `DELETE FROM contact WHERE id > ${z.contacts}`,
];
