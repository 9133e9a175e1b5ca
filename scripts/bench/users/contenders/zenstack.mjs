// ZenStack v3 ORM (on Kysely) with its native access-policy plugin for operation 11; other operations run without the plugin.
import { pathToFileURL } from "node:url";
import { matching, now, operations, orderBy } from "../lib/prisma-client.mjs";
import { openSqlite } from "../lib/sqlite-open.mjs";
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
  return {
    version: JSON.parse(
      (await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/@zenstackhq/orm/package.json`),
    ).version,
    notes: { aggMonth: "sql", updateAudited: "h", search: "like" },
    ...operations(db, ctx),
    aggMonth: () =>
      db.$queryRawUnsafe(
        "SELECT substr(close_date,1,7) AS month, count(*) AS count, sum(amount) AS sum FROM opportunity GROUP BY 1 ORDER BY 1",
      ),
    policy: (me) => {
      const u = sec.$setAuth(me);
      return {
        list: (a) => u.opportunity.findMany({ where: matching(a), orderBy, take: 50 }),
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
  };
}
