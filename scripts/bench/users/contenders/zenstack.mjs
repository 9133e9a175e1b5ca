// ZenStack v3 ORM (on Kysely) with its native access-policy plugin for operation 11; other operations run without the plugin.
import { pathToFileURL } from "node:url";
import { cleanupSql, openSqlite } from "../lib/sqlite-open.mjs";
export const meta = { dbs: ["sqlite", "pg"] };
export async function open(ctx) {
  const lite = ctx.db === "sqlite";
  const { ZenStackClient } = await ctx.imp("@zenstackhq/orm");
  const { PolicyPlugin } = await ctx.imp("@zenstackhq/plugin-policy");
  const { schema } = await import(pathToFileURL(`${ctx.peerDir}/schema-${ctx.db}.mjs`));
  let dialect;
  if (lite) {
    const { SqliteDialect } = await ctx.imp("@zenstackhq/orm/dialects/sqlite");
    dialect = new SqliteDialect({ database: openSqlite((await ctx.imp("better-sqlite3")).default, ctx) });
  } else {
    const { PostgresDialect } = await ctx.imp("@zenstackhq/orm/dialects/postgres");
    dialect = new PostgresDialect({ pool: new (await ctx.imp("pg")).default.Pool({ ...ctx.pg, max: ctx.pool || 1 }) });
  }
  const db = new ZenStackClient(schema, { dialect, skipValidationForComputedFields: true });
  const sec = db.$use(new PolicyPlugin());
  const ex = (s) => db.$executeRawUnsafe(s);
  const now = () => new Date().toISOString();
  const W = (a) => ({ stage: a.stage, amount: { gt: a.minAmount } });
  const orderBy = [{ close_date: "desc" }, { id: "desc" }];
  return {
    version: JSON.parse(
      (await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/@zenstackhq/orm/package.json`),
    ).version,
    notes: { aggMonth: "sql", updateAudited: "h", search: "like" },
    create: (data) => db.contact.create({ data }),
    bulk: (data) => db.opportunity.createMany({ data }),
    get: (id) => db.contact.findUnique({ where: { id } }),
    list: (a) => db.opportunity.findMany({ where: W(a), orderBy, take: 50 }),
    listCount: async (a) => ({
      rows: await db.opportunity.findMany({ where: W(a), orderBy, take: 50 }),
      total: await db.opportunity.count({ where: W(a) }),
    }),
    include: (a) =>
      db.opportunity.findMany({ where: W(a), orderBy, take: 50, include: { account: true, contact: true } }),
    includeMany: (s) =>
      db.account.findMany({
        where: { id: { gte: s } },
        orderBy: { id: "asc" },
        take: 50,
        include: { opportunities: true },
      }),
    update: (id, probability) => db.opportunity.update({ where: { id }, data: { probability, updated_at: now() } }),
    updateAudited: (id, v, me) =>
      db.$transaction(async (t) => {
        const o = await t.opportunity.findUnique({ where: { id }, select: { probability: true } });
        if (o.probability === v) return;
        const at = now();
        await t.opportunity.update({ where: { id }, data: { probability: v, updated_at: at } });
        await t.audit_log.create({
          data: { entity: "opportunity", record_id: id, user_id: me.id, diff: { probability: [o.probability, v] }, at },
        });
      }),
    aggStage: async () =>
      (await db.opportunity.groupBy({ by: ["stage", "owner_id"], _count: { _all: true }, _sum: { amount: true } })).map(
        (r) => ({ stage: r.stage, owner_id: r.owner_id, count: r._count._all, sum: r._sum.amount }),
      ),
    aggMonth: () =>
      db.$queryRawUnsafe(
        "SELECT substr(close_date,1,7) AS month, count(*) AS count, sum(amount) AS sum FROM opportunity GROUP BY 1 ORDER BY 1",
      ),
    delete: (id) => db.contact.delete({ where: { id } }),
    search: (t) => {
      const c = lite ? { contains: t } : { contains: t, mode: "insensitive" };
      return db.contact.findMany({
        where: { OR: [{ first_name: c }, { last_name: c }, { email: c }] },
        select: { id: true, first_name: true, last_name: true, email: true },
        take: 20,
      });
    },
    policy: (me) => {
      const u = sec.$setAuth(me);
      return {
        list: (a) => u.opportunity.findMany({ where: W(a), orderBy, take: 50 }),
        get: (id) => u.opportunity.findUnique({ where: { id } }),
        update: async (id, v) => {
          try {
            await u.opportunity.update({ where: { id }, data: { probability: v, updated_at: now() } });
            return true;
          } catch (e) {
            if (/not.?found|rejected/i.test(`${e.reason} ${e.message}`)) return false;
            throw e;
          }
        },
      };
    },
    seedDeletable: async (rows) => {
      const ids = [];
      for (const data of rows) ids.push((await db.contact.create({ data })).id);
      return ids;
    },
    cleanup: async () => {
      for (const s of cleanupSql(ctx.z)) await ex(s);
    },
    cleanupAudit: () => ex("DELETE FROM audit_log"),
    close: () => db.$disconnect(),
  };
}
