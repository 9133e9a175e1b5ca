// MikroORM 7: a fork per operation (its request scope); unit of work for create, insertMany/nativeUpdate/nativeDelete for the direct paths.
import { cleanupSql, memorySeedSql, pragmaSql } from "../lib/sqlite-open.mjs";
export const meta = { dbs: ["sqlite", "pg"] };
export async function open(ctx) {
  const lite = ctx.db === "sqlite";
  const M = await ctx.imp(lite ? "@mikro-orm/sqlite" : "@mikro-orm/postgresql");
  const { MikroORM } = M;
  const core = await ctx.imp("@mikro-orm/core");
  const { defineEntity, p, raw } = core;
  const ts = () => (lite ? p.text() : p.datetime());
  const js = () => p.json();
  const User = defineEntity({
    name: "app_user",
    tableName: "app_user",
    properties: { id: p.integer().primary(), name: p.text(), team_id: p.integer() },
  });
  const Account = defineEntity({
    name: "account",
    tableName: "account",
    properties: () => ({
      id: p.integer().primary(),
      name: p.text(),
      industry: p.text().nullable(),
      country: p.text().nullable(),
      annual_revenue: p.double().nullable(),
      owner_id: p.integer(),
      created_at: ts(),
      updated_at: ts(),
      opportunities: () => p.oneToMany(Opp).mappedBy("account"),
    }),
  });
  const Contact = defineEntity({
    name: "contact",
    tableName: "contact",
    properties: {
      id: p.integer().primary(),
      first_name: p.text(),
      last_name: p.text(),
      email: p.text().unique(),
      phone: p.text().nullable(),
      account_id: p.integer().nullable(),
      lifecycle_stage: p.enum(ctx.gen.LIFECYCLES),
      tags: js(),
      custom: js(),
      created_at: ts(),
      updated_at: ts(),
    },
  });
  const Opp = defineEntity({
    name: "opportunity",
    tableName: "opportunity",
    properties: {
      id: p.integer().primary(),
      name: p.text(),
      account: () => p.manyToOne(Account).fieldName("account_id"),
      contact: () => p.manyToOne(Contact).fieldName("contact_id").nullable(),
      stage: p.enum(ctx.gen.STAGES),
      amount: p.double(),
      currency: p.text(),
      probability: p.integer(),
      close_date: p.text(),
      owner: () => p.manyToOne(User).fieldName("owner_id"),
      created_at: ts(),
      updated_at: ts(),
    },
  });
  const Audit = defineEntity({
    name: "audit_log",
    tableName: "audit_log",
    properties: {
      id: p.integer().primary(),
      entity: p.text(),
      record_id: p.integer(),
      user_id: p.integer().nullable(),
      diff: js(),
      at: ts(),
    },
  });
  const orm = await MikroORM.init({
    entities: [User, Account, Contact, Opp, Audit],
    ...(lite
      ? { dbName: ctx.mode === "memory" ? ":memory:" : ctx.file }
      : { ...ctx.pg, dbName: ctx.pg.database, pool: { min: 1, max: ctx.pool || 1 } }),
    debug: false,
    forceUtcTimezone: true,
  });
  const con = orm.em.getConnection();
  const ex = (s) => con.execute(s);
  if (lite) {
    for (const s of pragmaSql(ctx)) await ex(s);
    if (ctx.mode === "memory") for (const s of memorySeedSql(ctx.template)) await ex(s);
  }
  const em = () => orm.em.fork();
  const nowv = lite ? () => new Date().toISOString() : () => new Date();
  const W = (a) => ({ stage: a.stage, amount: { $gt: a.minAmount } });
  const orderBy = { close_date: "desc", id: "desc" };
  const d = lite ? (r) => r : (r) => ({ ...r, created_at: new Date(r.created_at), updated_at: new Date(r.updated_at) });
  const mapO = ({ account_id, contact_id, owner_id, ...r }) => ({
    ...d(r),
    account: account_id,
    contact: contact_id,
    owner: owner_id,
  });
  const pol = (w, me) => ({ ...w, $or: [{ owner: me.id }, { owner: { team_id: me.team_id } }] });
  const create = async (r) => {
    const e = em();
    const c = e.create(Contact, d(r));
    e.persist(c);
    await e.flush();
    return c;
  };
  return {
    version: JSON.parse(
      (await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/@mikro-orm/core/package.json`),
    ).version,
    notes: { updateAudited: "h", policyList: "h", policyGet: "h", policyUpdate: "h", search: "like" },
    create,
    bulk: (rows) => em().insertMany(Opp, rows.map(mapO)),
    get: (id) => em().findOne(Contact, id),
    list: (a) => em().find(Opp, W(a), { orderBy, limit: 50 }),
    listCount: async (a) => {
      const [rows, total] = await em().findAndCount(Opp, W(a), { orderBy, limit: 50 });
      return { rows, total };
    },
    include: (a) => em().find(Opp, W(a), { orderBy, limit: 50, populate: ["account", "contact"] }),
    includeMany: async (s) =>
      (
        await em().find(
          Account,
          { id: { $gte: s } },
          { orderBy: { id: "asc" }, limit: 50, populate: ["opportunities"] },
        )
      ).map((a) => ({ name: a.name, opportunities: a.opportunities.getItems() })),
    update: (id, v) => em().nativeUpdate(Opp, { id }, { probability: v, updated_at: nowv() }),
    updateAudited: (id, v, me) =>
      em().transactional(async (e) => {
        const o = await e.findOneOrFail(Opp, id);
        if (o.probability === v) return;
        const old = o.probability,
          at = nowv();
        o.probability = v;
        o.updated_at = at;
        e.create(
          Audit,
          { entity: "opportunity", record_id: id, user_id: me.id, diff: { probability: [old, v] }, at },
          { persist: true },
        );
      }),
    aggStage: () =>
      em()
        .createQueryBuilder(Opp, "o")
        .select(["o.stage", "o.owner", raw("count(*) as count"), raw("sum(o.amount) as sum")])
        .groupBy(["o.stage", "o.owner"])
        .execute("all", false),
    aggMonth: () =>
      em()
        .createQueryBuilder(Opp, "o")
        .select([raw("substr(o.close_date,1,7) as month"), raw("count(*) as count"), raw("sum(o.amount) as sum")])
        .groupBy(raw("substr(o.close_date,1,7)"))
        .execute("all", false),
    delete: (id) => em().nativeDelete(Contact, { id }),
    search: (t) => {
      const c = lite ? { $like: `%${t}%` } : { $ilike: `%${t}%` };
      return em().find(
        Contact,
        { $or: [{ first_name: c }, { last_name: c }, { email: c }] },
        { fields: ["id", "first_name", "last_name", "email"], limit: 20 },
      );
    },
    policy: (me) => ({
      list: (a) => em().find(Opp, pol(W(a), me), { orderBy, limit: 50 }),
      get: (id) => em().findOne(Opp, pol({ id }, me)),
      update: async (id, v) =>
        (await em().nativeUpdate(Opp, pol({ id }, me), { probability: v, updated_at: nowv() })) > 0,
    }),
    seedDeletable: async (rows) => {
      const ids = [];
      for (const r of rows) ids.push((await create(r)).id);
      return ids;
    },
    cleanup: async () => {
      for (const s of cleanupSql(ctx.z)) await ex(s);
    },
    cleanupAudit: () => ex("DELETE FROM audit_log"),
    close: () => orm.close(true),
  };
}
