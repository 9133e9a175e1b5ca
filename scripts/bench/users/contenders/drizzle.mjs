// Drizzle: core queries, relational queries (db.query) for includes; audit/policy/search hand-written (notes 'h').
import { cleanupSql, openSqlite } from "../lib/sqlite-open.mjs";
export const meta = { dbs: ["sqlite", "pg"] };
/** The tables, of a database's kinds of columns. */
function tables(table, { integer, text, real, pk, js, ts }) {
  return {
    app_user: table("app_user", {
      id: pk(),
      name: text("name").notNull(),
      team_id: integer("team_id").notNull(),
    }),
    account: table("account", {
      id: pk(),
      name: text("name").notNull(),
      industry: text("industry"),
      country: text("country"),
      annual_revenue: real("annual_revenue"),
      owner_id: integer("owner_id").notNull(),
      created_at: ts("created_at"),
      updated_at: ts("updated_at"),
    }),
    contact: table("contact", {
      id: pk(),
      first_name: text("first_name").notNull(),
      last_name: text("last_name").notNull(),
      email: text("email").notNull(),
      phone: text("phone"),
      account_id: integer("account_id"),
      lifecycle_stage: text("lifecycle_stage").notNull(),
      tags: js("tags"),
      custom: js("custom"),
      created_at: ts("created_at"),
      updated_at: ts("updated_at"),
    }),
    opportunity: table("opportunity", {
      id: pk(),
      name: text("name").notNull(),
      account_id: integer("account_id").notNull(),
      contact_id: integer("contact_id"),
      stage: text("stage").notNull(),
      amount: real("amount").notNull(),
      currency: text("currency").notNull(),
      probability: integer("probability").notNull(),
      close_date: text("close_date").notNull(),
      owner_id: integer("owner_id").notNull(),
      created_at: ts("created_at"),
      updated_at: ts("updated_at"),
    }),
    audit_log: table("audit_log", {
      id: pk(),
      entity: text("entity").notNull(),
      record_id: integer("record_id").notNull(),
      user_id: integer("user_id"),
      diff: js("diff"),
      at: ts("at"),
    }),
  };
}

export async function open(ctx) {
  const lite = ctx.db === "sqlite";
  const D = await ctx.imp("drizzle-orm");
  const { eq, gt, gte, and, or, desc, asc, sql, count, sum, inArray, relations } = D;
  let db, T;
  if (lite) {
    const { sqliteTable, integer, text, real } = await ctx.imp("drizzle-orm/sqlite-core");
    const pk = () => integer("id").primaryKey();
    const js = (n) => text(n, { mode: "json" }).notNull();
    const ts = (n) => text(n).notNull();
    T = tables(sqliteTable, { integer, text, real, pk, js, ts });
  } else {
    const { pgTable, integer, text, doublePrecision, jsonb, timestamp } = await ctx.imp("drizzle-orm/pg-core");
    const pk = () => integer("id").primaryKey().generatedByDefaultAsIdentity();
    const js = (n) => jsonb(n).notNull();
    const ts = (n) => timestamp(n, { withTimezone: true, mode: "string" }).notNull();
    T = tables(pgTable, { integer, text, real: doublePrecision, pk, js, ts });
  }
  const { account: A, contact: C, opportunity: O, app_user: U, audit_log: L } = T;
  const schema = {
    ...T,
    aR: relations(A, ({ many }) => ({ opportunities: many(O) })),
    oR: relations(O, ({ one }) => ({
      account: one(A, { fields: [O.account_id], references: [A.id] }),
      contact: one(C, { fields: [O.contact_id], references: [C.id] }),
    })),
  };
  if (lite) {
    const { drizzle } = await ctx.imp("drizzle-orm/better-sqlite3");
    const Database = (await ctx.imp("better-sqlite3")).default;
    db = drizzle(openSqlite(Database, ctx), { schema });
  } else {
    const { drizzle } = await ctx.imp("drizzle-orm/node-postgres");
    const PG = (await ctx.imp("pg")).default;
    db = drizzle(new PG.Pool({ ...ctx.pg, max: ctx.pool || 1 }), { schema });
  }
  const now = () => new Date().toISOString();
  const W = (a) => and(eq(O.stage, a.stage), gt(O.amount, a.minAmount));
  const ord = [desc(O.close_date), desc(O.id)];
  const run = lite ? (q) => q.run() : (q) => q,
    all = lite ? (q) => q.all() : (q) => q,
    first = lite ? (q) => q.get() : (q) => q.then((r) => r[0]);
  const pol = (me) =>
    inArray(
      O.owner_id,
      db
        .select({ id: U.id })
        .from(U)
        .where(or(eq(U.id, me.id), eq(U.team_id, me.team_id))),
    );
  const create = (r) => first(db.insert(C).values(r).returning());
  const raw = (s) => (lite ? db.run(sql.raw(s)) : db.execute(sql.raw(s)));
  const S = { id: C.id, first_name: C.first_name, last_name: C.last_name, email: C.email };
  return {
    version: JSON.parse((await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/drizzle-orm/package.json`))
      .version,
    notes: { updateAudited: "h", policyList: "h", policyGet: "h", policyUpdate: "h", search: "h" },
    create,
    bulk: (rows) => run(db.insert(O).values(rows)),
    get: (i) => first(db.select().from(C).where(eq(C.id, i))),
    list: (a) =>
      all(
        db
          .select()
          .from(O)
          .where(W(a))
          .orderBy(...ord)
          .limit(50),
      ),
    listCount: lite
      ? (a) => ({
          rows: db
            .select()
            .from(O)
            .where(W(a))
            .orderBy(...ord)
            .limit(50)
            .all(),
          total: db.select({ n: count() }).from(O).where(W(a)).get().n,
        })
      : async (a) => ({
          rows: await db
            .select()
            .from(O)
            .where(W(a))
            .orderBy(...ord)
            .limit(50),
          total: (await db.select({ n: count() }).from(O).where(W(a)))[0].n,
        }),
    include: lite
      ? (a) =>
          db.query.opportunity
            .findMany({ where: W(a), orderBy: ord, limit: 50, with: { account: true, contact: true } })
            .sync()
      : (a) =>
          db.query.opportunity.findMany({
            where: W(a),
            orderBy: ord,
            limit: 50,
            with: { account: true, contact: true },
          }),
    includeMany: lite
      ? (s) =>
          db.query.account
            .findMany({ where: gte(A.id, s), orderBy: asc(A.id), limit: 50, with: { opportunities: true } })
            .sync()
      : (s) =>
          db.query.account.findMany({
            where: gte(A.id, s),
            orderBy: asc(A.id),
            limit: 50,
            with: { opportunities: true },
          }),
    update: (i, v) => run(db.update(O).set({ probability: v, updated_at: now() }).where(eq(O.id, i))),
    updateAudited: lite
      ? (i, v, me) =>
          db.transaction((t) => {
            const o = t.select({ p: O.probability }).from(O).where(eq(O.id, i)).get();
            if (o.p === v) return;
            const at = now();
            t.update(O).set({ probability: v, updated_at: at }).where(eq(O.id, i)).run();
            t.insert(L)
              .values({ entity: "opportunity", record_id: i, user_id: me.id, diff: { probability: [o.p, v] }, at })
              .run();
          })
      : (i, v, me) =>
          db.transaction(async (t) => {
            const [o] = await t.select({ p: O.probability }).from(O).where(eq(O.id, i));
            if (o.p === v) return;
            const at = now();
            await t.update(O).set({ probability: v, updated_at: at }).where(eq(O.id, i));
            await t
              .insert(L)
              .values({ entity: "opportunity", record_id: i, user_id: me.id, diff: { probability: [o.p, v] }, at });
          }),
    aggStage: () =>
      all(
        db
          .select({ stage: O.stage, owner_id: O.owner_id, count: count(), sum: sum(O.amount) })
          .from(O)
          .groupBy(O.stage, O.owner_id),
      ),
    aggMonth: () => {
      const m = sql`substr(${O.close_date},1,7)`;
      return all(
        db
          .select({ month: m, count: count(), sum: sum(O.amount) })
          .from(O)
          .groupBy(sql`1`)
          .orderBy(sql`1`),
      );
    },
    delete: (id) => run(db.delete(C).where(eq(C.id, id))),
    search: (t) =>
      all(
        lite
          ? db
              .select(S)
              .from(C)
              .innerJoin(sql`contact_search s`, sql`${C.id} = s.rowid`)
              .where(sql`s.contact_search MATCH ${`${t}*`}`)
              .limit(20)
          : db
              .select(S)
              .from(C)
              .innerJoin(sql`contact_search s`, sql`${C.id} = s.id`)
              .where(sql`s.tsv @@ to_tsquery('simple', ${`${t}:*`})`)
              .limit(20),
      ),
    policy: (me) => ({
      list: (a) =>
        all(
          db
            .select()
            .from(O)
            .where(and(W(a), pol(me)))
            .orderBy(...ord)
            .limit(50),
        ),
      get: (i) =>
        first(
          db
            .select()
            .from(O)
            .where(and(eq(O.id, i), pol(me))),
        ),
      update: lite
        ? (i, v) =>
            db
              .update(O)
              .set({ probability: v, updated_at: now() })
              .where(and(eq(O.id, i), pol(me)))
              .run().changes > 0
        : async (i, v) =>
            (
              await db
                .update(O)
                .set({ probability: v, updated_at: now() })
                .where(and(eq(O.id, i), pol(me)))
            ).rowCount > 0,
    }),
    seedDeletable: async (rows) => {
      const ids = [];
      for (const r of rows) ids.push((await create(r)).id);
      return ids;
    },
    cleanup: async () => {
      for (const s of cleanupSql(ctx.z)) await raw(s);
    },
    cleanupAudit: () => raw("DELETE FROM audit_log"),
    close: () => db.$client.close?.() ?? db.$client.end?.(),
  };
}
