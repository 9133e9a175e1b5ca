// What Prisma and ZenStack are asked in the same words: ZenStack's client has Prisma's interface.
import { cleanupSql } from "./sqlite-open.mjs";

export const now = () => new Date().toISOString();
export const matching = (a) => ({ stage: a.stage, amount: { gt: a.minAmount } });
export const orderBy = [{ close_date: "desc" }, { id: "desc" }];

/** The operations that are the same in both, on a client. */
export function operations(db, ctx) {
  const ex = (s) => db.$executeRawUnsafe(s);
  return {
    create: (data) => db.contact.create({ data }),
    bulk: (data) => db.opportunity.createMany({ data }),
    get: (id) => db.contact.findUnique({ where: { id } }),
    list: (a) => db.opportunity.findMany({ where: matching(a), orderBy, take: 50 }),
    listCount: async (a) => ({
      rows: await db.opportunity.findMany({ where: matching(a), orderBy, take: 50 }),
      total: await db.opportunity.count({ where: matching(a) }),
    }),
    include: (a) =>
      db.opportunity.findMany({ where: matching(a), orderBy, take: 50, include: { account: true, contact: true } }),
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
    delete: (id) => db.contact.delete({ where: { id } }),
    search: (t) => {
      const c = ctx.db === "sqlite" ? { contains: t } : { contains: t, mode: "insensitive" };
      return db.contact.findMany({
        where: { OR: [{ first_name: c }, { last_name: c }, { email: c }] },
        select: { id: true, first_name: true, last_name: true, email: true },
        take: 20,
      });
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
