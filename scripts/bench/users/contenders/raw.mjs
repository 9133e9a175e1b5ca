// The limit: hand-written SQL on better-sqlite3 / pg with prepared statements; fulfils the same result contract (nested objects, parsed JSON).
import { COLS } from "../lib/schema.mjs";
import { cleanupSql, openSqlite } from "../lib/sqlite-open.mjs";
export const meta = { dbs: ["sqlite", "pg"] };
const { account: ACC, contact: CON, opportunity: OPP } = COLS;
const q = (a, cols) => cols.map((c) => `${a}.${c}`).join(",");
const opp = (r) => ({
  id: r[0],
  name: r[1],
  account_id: r[2],
  contact_id: r[3],
  stage: r[4],
  amount: r[5],
  currency: r[6],
  probability: r[7],
  close_date: r[8],
  owner_id: r[9],
  created_at: r[10],
  updated_at: r[11],
});
const acc = (r, o) => ({
  id: r[o],
  name: r[o + 1],
  industry: r[o + 2],
  country: r[o + 3],
  annual_revenue: r[o + 4],
  owner_id: r[o + 5],
  created_at: r[o + 6],
  updated_at: r[o + 7],
});
const hyd = (rows) => {
  for (let i = 0; i < rows.length; i++) rows[i] = opp(rows[i]);
  return rows;
};
export async function open(ctx, tuned = false) {
  return ctx.db === "sqlite" ? sqlite(ctx, tuned) : pg(ctx);
}

async function sqlite(ctx, tuned) {
  const Database = (await ctx.imp("better-sqlite3")).default;
  const db = openSqlite(Database, ctx);
  const p = (s) =>
    db.prepare(
      tuned
        ? s
            .replace(/([=>])\?/g, "$1+?")
            .replace("FROM opportunity GROUP BY stage", "FROM opportunity NOT INDEXED GROUP BY stage")
        : s,
    );
  const con = (r, o) => ({
    id: r[o],
    first_name: r[o + 1],
    last_name: r[o + 2],
    email: r[o + 3],
    phone: r[o + 4],
    account_id: r[o + 5],
    lifecycle_stage: r[o + 6],
    tags: JSON.parse(r[o + 7]),
    custom: JSON.parse(r[o + 8]),
    created_at: r[o + 9],
    updated_at: r[o + 10],
  });
  const insC = p(`INSERT INTO contact(${CON.slice(1)}) VALUES(?,?,?,?,?,?,?,?,?,?)`);
  const insO = p(`INSERT INTO opportunity(${OPP.slice(1)}) VALUES(?,?,?,?,?,?,?,?,?,?,?)`);
  const getC = p(`SELECT ${CON} FROM contact WHERE id=?`).raw();
  const list = p(
    `SELECT ${OPP} FROM opportunity WHERE stage=? AND amount>? ORDER BY close_date DESC, id DESC LIMIT 50`,
  ).raw();
  const count = p(`SELECT count(*) FROM opportunity WHERE stage=? AND amount>?`).pluck();
  const inc = p(
    `SELECT ${q("o", OPP)},${q("a", ACC)},${q("c", CON)} FROM opportunity o JOIN account a ON a.id=o.account_id LEFT JOIN contact c ON c.id=o.contact_id WHERE o.stage=? AND o.amount>? ORDER BY o.close_date DESC, o.id DESC LIMIT 50`,
  ).raw();
  const accs = p(`SELECT ${ACC} FROM account WHERE id>=? ORDER BY id LIMIT 50`).raw();
  const accOpps = p(
    `SELECT ${OPP} FROM opportunity WHERE account_id IN (${Array(50).fill("?")}) ORDER BY account_id, id`,
  ).raw();
  const upd = p(`UPDATE opportunity SET probability=?, updated_at=? WHERE id=?`);
  const old = p(`SELECT probability FROM opportunity WHERE id=?`).pluck();
  const aud = p(`INSERT INTO audit_log(entity,record_id,user_id,diff,at) VALUES('opportunity',?,?,?,?)`);
  const begin = p("BEGIN IMMEDIATE"),
    commit = p("COMMIT"),
    rollback = p("ROLLBACK");
  const aggS = p(
    `SELECT stage, owner_id, count(*) AS count, sum(amount) AS sum FROM opportunity GROUP BY stage, owner_id`,
  );
  const aggM = p(
    `SELECT substr(close_date,1,7) AS month, count(*) AS count, sum(amount) AS sum FROM opportunity GROUP BY 1 ORDER BY 1`,
  );
  const del = p(`DELETE FROM contact WHERE id=?`);
  const srch = p(
    `SELECT c.id, c.first_name, c.last_name, c.email FROM contact_search s JOIN contact c ON c.id=s.rowid WHERE contact_search MATCH ? LIMIT 20`,
  );
  const POL = `owner_id IN (SELECT id FROM app_user WHERE id=? OR team_id=?)`;
  const pl = p(
    `SELECT ${OPP} FROM opportunity WHERE stage=? AND amount>? AND ${POL} ORDER BY close_date DESC, id DESC LIMIT 50`,
  ).raw();
  const pg_ = p(`SELECT ${OPP} FROM opportunity WHERE id=? AND ${POL}`).raw();
  const pu = p(`UPDATE opportunity SET probability=?, updated_at=? WHERE id=? AND ${POL}`);
  const now = () => new Date().toISOString();
  const create = (r) => ({
    ...r,
    id: insC.run(
      r.first_name,
      r.last_name,
      r.email,
      r.phone,
      r.account_id,
      r.lifecycle_stage,
      JSON.stringify(r.tags),
      JSON.stringify(r.custom),
      r.created_at,
      r.updated_at,
    ).lastInsertRowid,
  });
  return {
    version:
      (await import("node:fs"))
        .readFileSync(`${ctx.peerDir}/node_modules/better-sqlite3/package.json`, "utf8")
        .match(/"version": "([^"]+)"/)[1] +
      " / SQLite " +
      db.prepare("select sqlite_version()").pluck().get(),
    db,
    create,
    bulk(rows) {
      begin.run();
      try {
        for (const r of rows)
          insO.run(
            r.name,
            r.account_id,
            r.contact_id,
            r.stage,
            r.amount,
            r.currency,
            r.probability,
            r.close_date,
            r.owner_id,
            r.created_at,
            r.updated_at,
          );
        commit.run();
      } catch (e) {
        rollback.run();
        throw e;
      }
    },
    get: (i) => con(getC.get(i), 0),
    list: (a) => hyd(list.all(a.stage, a.minAmount)),
    listCount: (a) => ({ rows: hyd(list.all(a.stage, a.minAmount)), total: count.get(a.stage, a.minAmount) }),
    include(a) {
      const rows = inc.all(a.stage, a.minAmount);
      for (let i = 0; i < rows.length; i++) {
        const r = rows[i],
          o = opp(r);
        o.account = acc(r, 12);
        o.contact = r[20] === null ? null : con(r, 20);
        rows[i] = o;
      }
      return rows;
    },
    includeMany(start) {
      const as = accs.all(start),
        by = new Map(),
        out = new Array(as.length),
        ids = new Array(as.length);
      for (let i = 0; i < as.length; i++) {
        const a = acc(as[i], 0);
        a.opportunities = [];
        by.set(a.id, a);
        ids[i] = a.id;
        out[i] = a;
      }
      const os = accOpps.all(ids);
      for (let i = 0; i < os.length; i++) by.get(os[i][2]).opportunities.push(opp(os[i]));
      return out;
    },
    update(i, v) {
      upd.run(v, now(), i);
    },
    updateAudited(i, v, me) {
      begin.run();
      try {
        const o = old.get(i),
          t = now();
        if (o !== v) {
          upd.run(v, t, i);
          aud.run(i, me.id, JSON.stringify({ probability: [o, v] }), t);
        }
        commit.run();
      } catch (e) {
        rollback.run();
        throw e;
      }
    },
    aggStage: () => aggS.all(),
    aggMonth: () => aggM.all(),
    delete(id) {
      del.run(id);
    },
    search: (t) => srch.all(`${t}*`),
    policy: (me) => ({
      list: (a) => hyd(pl.all(a.stage, a.minAmount, me.id, me.team_id)),
      get: (i) => {
        const r = pg_.get(i, me.id, me.team_id);
        return r ? opp(r) : null;
      },
      update: (i, v) => pu.run(v, now(), i, me.id, me.team_id).changes > 0,
    }),
    seedDeletable: (rows) => {
      begin.run();
      const ids = rows.map((r) => create(r).id);
      commit.run();
      return ids;
    },
    cleanup() {
      for (const s of cleanupSql(ctx.z)) db.exec(s);
    },
    cleanupAudit() {
      db.exec("DELETE FROM audit_log");
    },
    close() {
      db.close();
    },
  };
}

async function pg(ctx) {
  const PG = (await ctx.imp("pg")).default;
  const pool = new PG.Pool({ ...ctx.pg, max: ctx.pool || 1 });
  const n = (name, text) => (values) => pool.query({ name, text, values });
  const nr = (name, text) => (values) => pool.query({ name, text, values, rowMode: "array" });
  const con = (r, o) => ({
    id: r[o],
    first_name: r[o + 1],
    last_name: r[o + 2],
    email: r[o + 3],
    phone: r[o + 4],
    account_id: r[o + 5],
    lifecycle_stage: r[o + 6],
    tags: r[o + 7],
    custom: r[o + 8],
    created_at: r[o + 9],
    updated_at: r[o + 10],
  });
  const $ = (k) => Array.from({ length: k }, (_, i) => `$${i + 1}`);
  const insC = n("insC", `INSERT INTO contact(${CON.slice(1)}) VALUES(${$(10)}) RETURNING id`);
  const bulk = n(
    "bulk",
    `INSERT INTO opportunity(${OPP.slice(1)}) SELECT * FROM unnest($1::text[],$2::int[],$3::int[],$4::text[],$5::float8[],$6::text[],$7::int[],$8::text[],$9::int[],$10::timestamptz[],$11::timestamptz[])`,
  );
  const getC = nr("getC", `SELECT ${CON} FROM contact WHERE id=$1`);
  const list = nr(
    "list",
    `SELECT ${OPP} FROM opportunity WHERE stage=$1 AND amount>$2 ORDER BY close_date DESC, id DESC LIMIT 50`,
  );
  const count = nr("count", `SELECT count(*)::int FROM opportunity WHERE stage=$1 AND amount>$2`);
  const inc = nr(
    "inc",
    `SELECT ${q("o", OPP)},${q("a", ACC)},${q("c", CON)} FROM opportunity o JOIN account a ON a.id=o.account_id LEFT JOIN contact c ON c.id=o.contact_id WHERE o.stage=$1 AND o.amount>$2 ORDER BY o.close_date DESC, o.id DESC LIMIT 50`,
  );
  const accs = nr("accs", `SELECT ${ACC} FROM account WHERE id>=$1 ORDER BY id LIMIT 50`);
  const accOpps = nr(
    "accOpps",
    `SELECT ${OPP} FROM opportunity WHERE account_id = ANY($1::int[]) ORDER BY account_id, id`,
  );
  const upd = n("upd", `UPDATE opportunity SET probability=$1, updated_at=$2 WHERE id=$3`);
  const audited = n(
    "audited",
    `WITH o AS (SELECT id, probability FROM opportunity WHERE id=$1 FOR UPDATE), u AS (UPDATE opportunity SET probability=$2, updated_at=$3 FROM o WHERE opportunity.id=o.id AND o.probability<>$2) INSERT INTO audit_log(entity,record_id,user_id,diff,at) SELECT 'opportunity', o.id, $4, jsonb_build_object('probability', jsonb_build_array(o.probability,$2::int)), $3 FROM o WHERE o.probability<>$2`,
  );
  const aggS = n(
    "aggS",
    `SELECT stage, owner_id, count(*)::int AS count, sum(amount) AS sum FROM opportunity GROUP BY stage, owner_id`,
  );
  const aggM = n(
    "aggM",
    `SELECT substr(close_date,1,7) AS month, count(*)::int AS count, sum(amount) AS sum FROM opportunity GROUP BY 1 ORDER BY 1`,
  );
  const del = n("del", `DELETE FROM contact WHERE id=$1`);
  const srch = n(
    "srch",
    `SELECT c.id, c.first_name, c.last_name, c.email FROM contact_search s JOIN contact c ON c.id=s.id WHERE s.tsv @@ to_tsquery('simple', $1) LIMIT 20`,
  );
  const POL = (a, b) => `owner_id IN (SELECT id FROM app_user WHERE id=$${a} OR team_id=$${b})`;
  const pl = nr(
    "pl",
    `SELECT ${OPP} FROM opportunity WHERE stage=$1 AND amount>$2 AND ${POL(3, 4)} ORDER BY close_date DESC, id DESC LIMIT 50`,
  );
  const pge = nr("pge", `SELECT ${OPP} FROM opportunity WHERE id=$1 AND ${POL(2, 3)}`);
  const pu = n("pu", `UPDATE opportunity SET probability=$1, updated_at=$2 WHERE id=$3 AND ${POL(4, 5)}`);
  const now = () => new Date().toISOString();
  const cb = (r) => [
    r.first_name,
    r.last_name,
    r.email,
    r.phone,
    r.account_id,
    r.lifecycle_stage,
    JSON.stringify(r.tags),
    JSON.stringify(r.custom),
    r.created_at,
    r.updated_at,
  ];
  return {
    version: `pg ${JSON.parse((await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/pg/package.json`)).version}`,
    pool,
    create: async (r) => {
      const x = await insC(cb(r));
      return { ...r, id: x.rows[0].id };
    },
    bulk: (rows) => {
      const c = OPP.slice(1).map((k) => rows.map((r) => r[k]));
      return bulk(c);
    },
    get: async (i) => con((await getC([i])).rows[0], 0),
    list: async (a) => hyd((await list([a.stage, a.minAmount])).rows),
    listCount: async (a) => {
      const v = [a.stage, a.minAmount];
      const r = await list(v),
        t = await count(v);
      return { rows: hyd(r.rows), total: t.rows[0][0] };
    },
    include: async (a) => {
      const { rows } = await inc([a.stage, a.minAmount]);
      for (let i = 0; i < rows.length; i++) {
        const r = rows[i],
          o = opp(r);
        o.account = acc(r, 12);
        o.contact = r[20] === null ? null : con(r, 20);
        rows[i] = o;
      }
      return rows;
    },
    includeMany: async (start) => {
      const as = (await accs([start])).rows,
        by = new Map(),
        out = new Array(as.length),
        ids = [];
      for (let i = 0; i < as.length; i++) {
        const a = acc(as[i], 0);
        a.opportunities = [];
        by.set(a.id, a);
        ids.push(a.id);
        out[i] = a;
      }
      const os = (await accOpps([ids])).rows;
      for (const r of os) by.get(r[2]).opportunities.push(opp(r));
      return out;
    },
    update: (i, v) => upd([v, now(), i]),
    updateAudited: (i, v, me) => audited([i, v, now(), me.id]),
    aggStage: async () => (await aggS()).rows,
    aggMonth: async () => (await aggM()).rows,
    delete: (id) => del([id]),
    search: async (t) => (await srch([`${t}:*`])).rows,
    policy: (me) => ({
      list: async (a) => hyd((await pl([a.stage, a.minAmount, me.id, me.team_id])).rows),
      get: async (i) => {
        const { rows } = await pge([i, me.id, me.team_id]);
        return rows.length ? opp(rows[0]) : null;
      },
      update: async (i, v) => (await pu([v, now(), i, me.id, me.team_id])).rowCount > 0,
    }),
    seedDeletable: async (rows) => {
      const ids = [];
      for (const r of rows) ids.push((await insC(cb(r))).rows[0].id);
      return ids;
    },
    cleanup: async () => {
      for (const s of cleanupSql(ctx.z)) await pool.query(s);
    },
    cleanupAudit: () => pool.query("TRUNCATE audit_log"),
    close: () => pool.end(),
  };
}
