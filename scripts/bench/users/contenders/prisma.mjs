// Prisma 7, rust-free client with driver adapters. SQLite pragmas are set through $queryRawUnsafe on its single connection.
import { pathToFileURL } from "node:url";
import { cleanupSql, memorySeedSql, pragmaSql } from "../lib/sqlite-open.mjs";
export const meta = { dbs: ["sqlite", "pg"] };
export async function open(ctx) {
  const lite = ctx.db === "sqlite";
  const { PrismaClient } = await import(pathToFileURL(`${ctx.peerDir}/client-${ctx.db}.mjs`));
  let adapter;
  if (lite)
    adapter = new (await ctx.imp("@prisma/adapter-better-sqlite3")).PrismaBetterSqlite3({
      url: ctx.mode === "memory" ? ":memory:" : `file:${ctx.file}`,
    });
  else adapter = new (await ctx.imp("@prisma/adapter-pg")).PrismaPg({ ...ctx.pg, max: ctx.pool || 1 });
  const db = new PrismaClient({ adapter });
  await db.$connect();
  const ex = (s) => db.$executeRawUnsafe(s);
  if (lite) {
    for (const s of pragmaSql(ctx)) await db.$queryRawUnsafe(s);
    if (ctx.mode === "memory") for (const s of memorySeedSql(ctx.template)) await ex(s);
  }
  const now = () => new Date().toISOString();
  const W = (a) => ({ stage: a.stage, amount: { gt: a.minAmount } });
  const orderBy = [{ close_date: "desc" }, { id: "desc" }];
  const pol = (me) => ({ OR: [{ owner_id: me.id }, { owner: { team_id: me.team_id } }] });
  return {
    version: JSON.parse(
      (await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/@prisma/client/package.json`),
    ).version,
    notes: { aggMonth: "sql", updateAudited: "h", policyList: "h", policyGet: "h", policyUpdate: "h", search: "like" },
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
      db.$queryRaw`SELECT substr(close_date,1,7) AS month, count(*) AS count, sum(amount) AS sum FROM opportunity GROUP BY 1 ORDER BY 1`,
    delete: (id) => db.contact.delete({ where: { id } }),
    search: (t) => {
      const c = lite ? { contains: t } : { contains: t, mode: "insensitive" };
      return db.contact.findMany({
        where: { OR: [{ first_name: c }, { last_name: c }, { email: c }] },
        select: { id: true, first_name: true, last_name: true, email: true },
        take: 20,
      });
    },
    policy: (me) => ({
      list: (a) => db.opportunity.findMany({ where: { AND: [W(a), pol(me)] }, orderBy, take: 50 }),
      get: (id) => db.opportunity.findFirst({ where: { id, ...pol(me) } }),
      update: async (id, v) =>
        (await db.opportunity.updateMany({ where: { id, ...pol(me) }, data: { probability: v, updated_at: now() } }))
          .count > 0,
    }),
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
