import { imp, pgAdmin, seedRows } from "./db.mjs";
export async function seedSqlite(ctx) {
  const D = (await imp("raw")("better-sqlite3")).default;
  const db = new D(ctx.file);
  db.pragma("foreign_keys=OFF");
  db.exec(`ATTACH '${ctx.template}' AS t`);
  const o = "id,name,account_id,contact_id,stage,amount,currency,probability,close_date,owner_id,created_at,updated_at";
  db.exec(`BEGIN; INSERT INTO crmusers(id,name,team,created_at,updated_at) SELECT id,name,team_id,'2023-01-01T00:00:00.000Z','2023-01-01T00:00:00.000Z' FROM t.app_user;
  INSERT INTO accounts(id,name,industry,country,annual_revenue,owner_id,created_at,updated_at) SELECT id,name,industry,country,annual_revenue,owner_id,created_at,updated_at FROM t.account;
  INSERT INTO contacts(id,first_name,last_name,email,phone,account_id,lifecycle_stage,tags,custom,created_at,updated_at) SELECT id,first_name,last_name,email,phone,account_id,lifecycle_stage,tags,custom,created_at,updated_at FROM t.contact;
  INSERT INTO opportunities(${o}) SELECT ${o} FROM t.opportunity; INSERT INTO oppsv(${o}) SELECT ${o} FROM t.opportunity; COMMIT; ANALYZE`);
  db.close();
}
export async function seedPg(ctx) {
  const c = await pgAdmin(ctx.pg.database);
  await c.query("SET session_replication_role = replica");
  const o = "id,name,account_id,contact_id,stage,amount,currency,probability,close_date,owner_id,created_at,updated_at";
  const oc = (t) =>
    `INSERT INTO ${t}(${o}) SELECT id,name,account_id,contact_id,stage::enum_${t}_stage,amount,currency,probability,close_date,owner_id,created_at,updated_at FROM json_to_recordset($1) AS x(id int,name text,account_id int,contact_id int,stage text,amount numeric,currency text,probability numeric,close_date text,owner_id int,created_at timestamptz,updated_at timestamptz)`;
  const Q = {
    app_user: [
      `INSERT INTO crmusers(id,name,team,created_at,updated_at) SELECT id,name,team_id,now(),now() FROM json_to_recordset($1) AS x(id int,name text,team_id int)`,
    ],
    account: [
      `INSERT INTO accounts(id,name,industry,country,annual_revenue,owner_id,created_at,updated_at) SELECT * FROM json_to_recordset($1) AS x(id int,name text,industry text,country text,annual_revenue numeric,owner_id int,created_at timestamptz,updated_at timestamptz)`,
    ],
    contact: [
      `INSERT INTO contacts(id,first_name,last_name,email,phone,account_id,lifecycle_stage,tags,custom,created_at,updated_at) SELECT id,first_name,last_name,email,phone,account_id,lifecycle_stage::enum_contacts_lifecycle_stage,tags,custom,created_at,updated_at FROM json_to_recordset($1) AS x(id int,first_name text,last_name text,email text,phone text,account_id int,lifecycle_stage text,tags jsonb,custom jsonb,created_at timestamptz,updated_at timestamptz)`,
    ],
    opportunity: [oc("opportunities"), oc("oppsv")],
  };
  let cur,
    buf = [];
  const flush = async () => {
    if (buf.length) {
      const j = JSON.stringify(buf);
      for (const s of Q[cur]) await c.query(s, [j]);
      buf = [];
    }
  };
  for (const [t, r] of seedRows(ctx.scale)) {
    if (t !== cur || buf.length >= 5000) {
      await flush();
      cur = t;
    }
    buf.push(r);
  }
  await flush();
  for (const t of ["crmusers", "accounts", "contacts", "opportunities", "oppsv"])
    await c.query(`SELECT setval(pg_get_serial_sequence('${t}','id'), (SELECT max(id) FROM ${t}))`);
  await c.query("VACUUM ANALYZE");
  await c.end();
}
