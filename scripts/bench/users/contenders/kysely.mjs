// Kysely: idiomatic query builder calls; audit/policy/search hand-written with the builder (notes 'h').
import { COLS } from "../lib/schema.mjs";
import { cleanupSql, openSqlite } from "../lib/sqlite-open.mjs";
export const meta = { dbs: ["sqlite", "pg"] };
export async function open(ctx) {
  const K = await ctx.imp("kysely");
  const { Kysely, sql } = K;
  const lite = ctx.db === "sqlite";
  let db, hx;
  if (lite) {
    const Database = (await ctx.imp("better-sqlite3")).default;
    db = new Kysely({ dialect: new K.SqliteDialect({ database: openSqlite(Database, ctx) }) });
    hx = await ctx.imp("kysely/helpers/sqlite");
  } else {
    const PG = (await ctx.imp("pg")).default;
    db = new Kysely({ dialect: new K.PostgresDialect({ pool: new PG.Pool({ ...ctx.pg, max: ctx.pool || 1 }) }) });
    hx = await ctx.imp("kysely/helpers/postgres");
  }
  const now = () => new Date().toISOString();
  const enc = (r) => ({ ...r, tags: JSON.stringify(r.tags), custom: JSON.stringify(r.custom) });
  const dec = lite
    ? (c) => {
        if (c) {
          if (typeof c.tags === "string") c.tags = JSON.parse(c.tags);
          if (typeof c.custom === "string") c.custom = JSON.parse(c.custom);
        }
        return c;
      }
    : (c) => c;
  const base = (a) => db.selectFrom("opportunity").where("stage", "=", a.stage).where("amount", ">", a.minAmount);
  const page = (q) => q.orderBy("opportunity.close_date", "desc").orderBy("opportunity.id", "desc").limit(50);
  const one = hx.jsonObjectFrom,
    many = hx.jsonArrayFrom;
  const { account: A, contact: C, opportunity: O } = COLS;
  const insert = (r) => db.insertInto("contact").values(enc(r)).returningAll().executeTakeFirstOrThrow().then(dec);
  const pol = (q, me) =>
    q.where("owner_id", "in", (e) =>
      e
        .selectFrom("app_user")
        .select("id")
        .where((w) => w.or([w("id", "=", me.id), w("team_id", "=", me.team_id)])),
    );
  return {
    version: JSON.parse((await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/kysely/package.json`))
      .version,
    notes: { updateAudited: "h", policyList: "h", policyGet: "h", policyUpdate: "h", search: "h" },
    create: insert,
    bulk: (rows) => db.insertInto("opportunity").values(rows).execute(),
    get: (i) => db.selectFrom("contact").selectAll().where("id", "=", i).executeTakeFirst().then(dec),
    list: (a) => page(base(a).selectAll()).execute(),
    listCount: async (a) => ({
      rows: await page(base(a).selectAll()).execute(),
      total: Number(
        (
          await base(a)
            .select((e) => e.fn.countAll().as("n"))
            .executeTakeFirst()
        ).n,
      ),
    }),
    include: async (a) => {
      const rows = await page(
        base(a)
          .selectAll("opportunity")
          .select((e) => [
            one(
              e
                .selectFrom("account")
                .select(A.map((c) => `account.${c}`))
                .whereRef("account.id", "=", "opportunity.account_id"),
            ).as("account"),
            one(
              e
                .selectFrom("contact")
                .select(C.map((c) => `contact.${c}`))
                .whereRef("contact.id", "=", "opportunity.contact_id"),
            ).as("contact"),
          ]),
      ).execute();
      for (const r of rows) {
        if (lite) {
          r.account = JSON.parse(r.account);
          r.contact = dec(JSON.parse(r.contact));
        }
      }
      return rows;
    },
    includeMany: async (s) => {
      const rows = await db
        .selectFrom("account")
        .selectAll("account")
        .select((e) =>
          many(
            e
              .selectFrom("opportunity")
              .select(O.map((c) => `opportunity.${c}`))
              .whereRef("opportunity.account_id", "=", "account.id")
              .orderBy("opportunity.id"),
          ).as("opportunities"),
        )
        .where("account.id", ">=", s)
        .orderBy("account.id")
        .limit(50)
        .execute();
      if (lite) for (const r of rows) r.opportunities = JSON.parse(r.opportunities);
      return rows;
    },
    update: (i, v) =>
      db.updateTable("opportunity").set({ probability: v, updated_at: now() }).where("id", "=", i).execute(),
    updateAudited: (i, v, me) =>
      db.transaction().execute(async (t) => {
        const o = await t.selectFrom("opportunity").select("probability").where("id", "=", i).executeTakeFirst();
        if (o.probability === v) return;
        const at = now();
        await t.updateTable("opportunity").set({ probability: v, updated_at: at }).where("id", "=", i).execute();
        await t
          .insertInto("audit_log")
          .values({
            entity: "opportunity",
            record_id: i,
            user_id: me.id,
            diff: JSON.stringify({ probability: [o.probability, v] }),
            at,
          })
          .execute();
      }),
    aggStage: () =>
      db
        .selectFrom("opportunity")
        .select((e) => ["stage", "owner_id", e.fn.countAll().as("count"), e.fn.sum("amount").as("sum")])
        .groupBy(["stage", "owner_id"])
        .execute(),
    aggMonth: () =>
      db
        .selectFrom("opportunity")
        .select((e) => [
          sql`substr(close_date,1,7)`.as("month"),
          e.fn.countAll().as("count"),
          e.fn.sum("amount").as("sum"),
        ])
        .groupBy(sql`1`)
        .orderBy(sql`1`)
        .execute(),
    delete: (id) => db.deleteFrom("contact").where("id", "=", id).execute(),
    search: (t) =>
      lite
        ? db
            .selectFrom(sql`contact_search`.as("s"))
            .innerJoin("contact as c", "c.id", "s.rowid")
            .select(["c.id", "c.first_name", "c.last_name", "c.email"])
            .where(sql`s.contact_search`, "match", `${t}*`)
            .limit(20)
            .execute()
        : db
            .selectFrom("contact_search as s")
            .innerJoin("contact as c", "c.id", "s.id")
            .select(["c.id", "c.first_name", "c.last_name", "c.email"])
            .where(sql`s.tsv @@ to_tsquery('simple', ${`${t}:*`})`)
            .limit(20)
            .execute(),
    policy: (me) => ({
      list: (a) => page(pol(base(a).selectAll(), me)).execute(),
      get: (i) => pol(db.selectFrom("opportunity").selectAll().where("id", "=", i), me).executeTakeFirst(),
      update: async (i, v) =>
        Number(
          (
            await pol(
              db.updateTable("opportunity").set({ probability: v, updated_at: now() }).where("id", "=", i),
              me,
            ).executeTakeFirst()
          ).numUpdatedRows,
        ) > 0,
    }),
    seedDeletable: async (rows) => {
      const ids = [];
      for (const r of rows) ids.push((await insert(r)).id);
      return ids;
    },
    cleanup: async () => {
      for (const s of cleanupSql(ctx.z)) await sql.raw(s).execute(db);
    },
    cleanupAudit: () => sql.raw("DELETE FROM audit_log").execute(db),
    close: () => db.destroy(),
  };
}
