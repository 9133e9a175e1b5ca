// TypeORM 1: save() for create, insert/update/delete for the direct paths, find options for reads; audit hand-written.
import { cleanupSql, memorySeedSql, pragmaSql } from "../lib/sqlite-open.mjs";
export const meta = { dbs: ["sqlite", "pg"] };
export async function open(ctx) {
  const lite = ctx.db === "sqlite";
  const m = await ctx.imp("typeorm");
  const { DataSource, EntitySchema, MoreThan, MoreThanOrEqual, Like, ILike } = m.DataSource ? m : m.default;
  const json = { type: lite ? "simple-json" : "jsonb" },
    ts = { type: lite ? "text" : "timestamptz" },
    id = {
      type: "integer",
      primary: true,
      generated: lite ? "increment" : "identity",
      generatedIdentity: "BY DEFAULT",
    },
    S = { type: "text" },
    N = { type: "text", nullable: true },
    I = { type: "integer" },
    F = { type: lite ? "real" : "double precision" };
  const User = new EntitySchema({ name: "app_user", columns: { id, name: S, team_id: I } });
  const Account = new EntitySchema({
    name: "account",
    columns: {
      id,
      name: S,
      industry: N,
      country: N,
      annual_revenue: { ...F, nullable: true },
      owner_id: I,
      created_at: ts,
      updated_at: ts,
    },
    relations: { opportunities: { type: "one-to-many", target: "opportunity", inverseSide: "account" } },
  });
  const Contact = new EntitySchema({
    name: "contact",
    columns: {
      id,
      first_name: S,
      last_name: S,
      email: S,
      phone: N,
      account_id: { ...I, nullable: true },
      lifecycle_stage: S,
      tags: json,
      custom: json,
      created_at: ts,
      updated_at: ts,
    },
  });
  const Opp = new EntitySchema({
    name: "opportunity",
    columns: {
      id,
      name: S,
      account_id: I,
      contact_id: { ...I, nullable: true },
      stage: S,
      amount: F,
      currency: S,
      probability: I,
      close_date: S,
      owner_id: I,
      created_at: ts,
      updated_at: ts,
    },
    relations: {
      account: {
        type: "many-to-one",
        target: "account",
        joinColumn: { name: "account_id" },
        inverseSide: "opportunities",
      },
      contact: { type: "many-to-one", target: "contact", joinColumn: { name: "contact_id" } },
      owner: { type: "many-to-one", target: "app_user", joinColumn: { name: "owner_id" } },
    },
  });
  const Audit = new EntitySchema({
    name: "audit_log",
    columns: { id, entity: S, record_id: I, user_id: { ...I, nullable: true }, diff: json, at: ts },
  });
  const entities = [User, Account, Contact, Opp, Audit];
  const ds = lite
    ? new DataSource({
        type: "better-sqlite3",
        driver: (await ctx.imp("better-sqlite3")).default,
        database: ctx.mode === "memory" ? ":memory:" : ctx.file,
        entities,
        prepareDatabase: (db) => {
          for (const s of pragmaSql(ctx)) db.exec(s);
          if (ctx.mode === "memory") for (const s of memorySeedSql(ctx.template)) db.exec(s);
        },
      })
    : new DataSource({
        type: "postgres",
        driver: (await ctx.imp("pg")).default,
        ...ctx.pg,
        username: ctx.pg.user,
        poolSize: ctx.pool || 1,
        entities,
      });
  await ds.initialize();
  const C = ds.getRepository(Contact),
    O = ds.getRepository(Opp),
    A = ds.getRepository(Account);
  const now = () => new Date().toISOString();
  const W = (a) => ({ stage: a.stage, amount: MoreThan(a.minAmount) });
  const order = { close_date: "DESC", id: "DESC" };
  const pol = (w, me) => [
    { ...w, owner_id: me.id },
    { ...w, owner: { team_id: me.team_id } },
  ];
  return {
    version: JSON.parse((await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/typeorm/package.json`))
      .version,
    notes: { updateAudited: "h", policyList: "h", policyGet: "h", search: "like" },
    create: (r) => C.save(C.create(r)),
    bulk: (rows) => O.insert(rows),
    get: (id) => C.findOneBy({ id }),
    list: (a) => O.find({ where: W(a), order, take: 50 }),
    listCount: async (a) => {
      const [rows, total] = await O.findAndCount({ where: W(a), order, take: 50 });
      return { rows, total };
    },
    include: (a) => O.find({ where: W(a), order, take: 50, relations: { account: true, contact: true } }),
    includeMany: (s) =>
      A.find({ where: { id: MoreThanOrEqual(s) }, order: { id: "ASC" }, take: 50, relations: { opportunities: true } }),
    update: (i, v) => O.update(i, { probability: v, updated_at: now() }),
    updateAudited: (id, v, me) =>
      ds.transaction(async (t) => {
        const R = t.getRepository(Opp);
        const o = await R.findOne({ where: { id }, select: { id: true, probability: true } });
        if (o.probability === v) return;
        const at = now();
        await R.update(id, { probability: v, updated_at: at });
        await t.getRepository(Audit).insert({
          entity: "opportunity",
          record_id: id,
          user_id: me.id,
          diff: { probability: [o.probability, v] },
          at,
        });
      }),
    aggStage: () =>
      O.createQueryBuilder("o")
        .select("o.stage", "stage")
        .addSelect("o.owner_id", "owner_id")
        .addSelect("COUNT(*)", "count")
        .addSelect("SUM(o.amount)", "sum")
        .groupBy("o.stage")
        .addGroupBy("o.owner_id")
        .getRawMany(),
    aggMonth: () =>
      O.createQueryBuilder("o")
        .select("substr(o.close_date,1,7)", "month")
        .addSelect("COUNT(*)", "count")
        .addSelect("SUM(o.amount)", "sum")
        .groupBy("substr(o.close_date,1,7)")
        .orderBy("1")
        .getRawMany(),
    delete: (id) => C.delete(id),
    search: (t) => {
      const c = (lite ? Like : ILike)(`%${t}%`);
      return C.find({
        where: [{ first_name: c }, { last_name: c }, { email: c }],
        select: { id: true, first_name: true, last_name: true, email: true },
        take: 20,
      });
    },
    policy: (me) => ({
      list: (a) => O.find({ where: pol(W(a), me), order, take: 50 }),
      get: (id) => O.findOne({ where: pol({ id }, me) }),
      update: async (id, v) => {
        const r = await O.createQueryBuilder()
          .update()
          .set({ probability: v, updated_at: now() })
          .where("id = :id AND owner_id IN (SELECT id FROM app_user WHERE id = :me OR team_id = :team)", {
            id,
            me: me.id,
            team: me.team_id,
          })
          .execute();
        return r.affected > 0;
      },
    }),
    seedDeletable: async (rows) => {
      const ids = [];
      for (const r of rows) ids.push((await C.save(C.create(r))).id);
      return ids;
    },
    cleanup: async () => {
      for (const s of cleanupSql(ctx.z)) await ds.query(s);
    },
    cleanupAudit: () => ds.query("DELETE FROM audit_log"),
    close: () => ds.destroy(),
  };
}
