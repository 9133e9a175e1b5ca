// Prisma 7, rust-free client with driver adapters. SQLite pragmas are set through $queryRawUnsafe on its single connection.
import { pathToFileURL } from "node:url";
import { matching, now, operations, orderBy } from "../lib/prisma-client.mjs";
import { memorySeedSql, pragmaSql } from "../lib/sqlite-open.mjs";
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
  const pol = (me) => ({ OR: [{ owner_id: me.id }, { owner: { team_id: me.team_id } }] });
  return {
    version: JSON.parse(
      (await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/@prisma/client/package.json`),
    ).version,
    notes: { aggMonth: "sql", updateAudited: "h", policyList: "h", policyGet: "h", policyUpdate: "h", search: "like" },
    ...operations(db, ctx),
    aggMonth: () =>
      db.$queryRaw`SELECT substr(close_date,1,7) AS month, count(*) AS count, sum(amount) AS sum FROM opportunity GROUP BY 1 ORDER BY 1`,
    policy: (me) => ({
      list: (a) => db.opportunity.findMany({ where: { AND: [matching(a), pol(me)] }, orderBy, take: 50 }),
      get: (id) => db.opportunity.findFirst({ where: { id, ...pol(me) } }),
      update: async (id, v) =>
        (await db.opportunity.updateMany({ where: { id, ...pol(me) }, data: { probability: v, updated_at: now() } }))
          .count > 0,
    }),
  };
}
