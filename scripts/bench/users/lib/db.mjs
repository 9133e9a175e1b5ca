// Templates: one seeded SQLite file per scale, one seeded pg template database per scale; contenders get copies.
import fs from "node:fs";
import path from "node:path";
import * as gen from "./gen.mjs";
import * as schema from "./schema.mjs";
export const imp = () => (s) => import(s);
let work = ".";
export const PG = {};
/** Where files go, and which server is used. */
export function configure(folder, url) {
  work = folder;
  if (!url) return;
  const u = new URL(url);
  Object.assign(PG, { host: u.hostname, port: Number(u.port || 5432), user: decodeURIComponent(u.username) });
  if (u.password) PG.password = decodeURIComponent(u.password);
}

export function* seedRows(scale) {
  const z = gen.sizes(scale);
  for (let i = 1; i <= z.users; i++) yield ["app_user", gen.user(i)];
  for (let i = 1; i <= z.accounts; i++) yield ["account", { id: i, ...gen.account(i) }];
  for (let i = 1; i <= z.contacts; i++) yield ["contact", { id: i, ...gen.contact(i, z) }];
  for (let i = 1; i <= z.opps; i++) yield ["opportunity", { id: i, ...gen.opportunity(i, z) }];
}
export async function sqliteTemplate(scale) {
  fs.mkdirSync(work, { recursive: true });
  const f = path.join(work, `users-seed-${scale}.db`);
  if (fs.existsSync(f)) return f;
  const Database = (await imp("raw")("better-sqlite3")).default;
  const db = new Database(`${f}.tmp`);
  db.pragma("journal_mode=OFF");
  db.pragma("synchronous=OFF");
  db.pragma("cache_size=-262144");
  db.pragma("foreign_keys=OFF");
  for (const s of schema.sqlite.tables) db.exec(s);
  const ins = Object.fromEntries(
    schema.TABLES.map((t) => [
      t,
      db.prepare(`INSERT INTO ${t}(${schema.COLS[t]}) VALUES(${schema.COLS[t].map((c) => `@${c}`)})`),
    ]),
  );
  db.exec("BEGIN");
  for (const [t, r] of seedRows(scale)) {
    if (t === "contact") {
      r.tags = JSON.stringify(r.tags);
      r.custom = JSON.stringify(r.custom);
    }
    ins[t].run(r);
  }
  db.exec("COMMIT");
  for (const s of schema.sqlite.indexes) db.exec(s);
  for (const s of schema.sqlite.fts) db.exec(s);
  db.pragma("analysis_limit=0");
  db.exec("ANALYZE");
  db.pragma("journal_mode=DELETE");
  db.close();
  fs.renameSync(`${f}.tmp`, f);
  return f;
}
export async function pgAdmin(db = "postgres") {
  const pg = (await imp("raw")("pg")).default;
  const c = new pg.Client({ ...PG, database: db });
  await c.connect();
  return c;
}
export async function pgTemplate(scale) {
  const name = `bench_tpl_${scale}`;
  const a = await pgAdmin();
  try {
    if ((await a.query("select 1 from pg_database where datname=$1", [name])).rowCount) return name;
    await a.query(`CREATE DATABASE ${name}_tmp`);
    const c = await pgAdmin(`${name}_tmp`);
    for (const s of schema.pg.tables) await c.query(s);
    let buf = [],
      cur = null;
    const flush = async () => {
      if (!buf.length) return;
      const cols = schema.COLS[cur];
      await c.query(`INSERT INTO ${cur}(${cols}) SELECT ${cols} FROM json_populate_recordset(null::${cur}, $1)`, [
        JSON.stringify(buf),
      ]);
      buf = [];
    };
    await c.query("SET session_replication_role = replica");
    for (const [t, r] of seedRows(scale)) {
      if (t !== cur || buf.length >= 5000) {
        await flush();
        cur = t;
      }
      buf.push(r);
    }
    await flush();
    for (const s of schema.pg.indexes) await c.query(s);
    for (const s of schema.pg.fts) await c.query(s);
    for (const t of schema.TABLES)
      await c.query(`SELECT setval(pg_get_serial_sequence('${t}','id'), (SELECT max(id) FROM ${t}))`);
    await c.query("VACUUM ANALYZE");
    await c.end();
    await a.query(`ALTER DATABASE ${name}_tmp RENAME TO ${name}`);
    return name;
  } finally {
    await a.end();
  }
}
export async function provision(name, db, mode, scale, ownSchema) {
  if (db === "sqlite") {
    const t = await sqliteTemplate(scale);
    const file = path.join(work, `users-${name}-${process.pid}.db`);
    for (const x of ["", "-wal", "-shm"]) fs.rmSync(file + x, { force: true });
    if (mode === "file" && !ownSchema) fs.copyFileSync(t, file);
    return {
      file,
      template: t,
      drop: () => {
        for (const x of ["", "-wal", "-shm"]) fs.rmSync(file + x, { force: true });
      },
    };
  }
  const t = await pgTemplate(scale);
  const d = `bench_${name.replace(/\W/g, "_")}`;
  const a = await pgAdmin();
  await a.query(`DROP DATABASE IF EXISTS ${d} WITH (FORCE)`);
  await a.query(ownSchema ? `CREATE DATABASE ${d}` : `CREATE DATABASE ${d} TEMPLATE ${t}`);
  await a.end();
  if (!ownSchema) {
    const c = await pgAdmin(d);
    await c.query("ANALYZE");
    await c.end();
  }
  return {
    pg: { ...PG, database: d },
    pgUrl: `postgresql://${PG.user}:x@${PG.host}:${PG.port}/${d}`,
    drop: async () => {
      const a = await pgAdmin();
      await a.query(`DROP DATABASE IF EXISTS ${d} WITH (FORCE)`);
      await a.end();
    },
  };
}
