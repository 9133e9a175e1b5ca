// Payload 3 Local API without Next.js. Own schema (its push), seeded by SQL. Access functions for the row policy, versions for the audit trail (both native).
import { seedPg, seedSqlite } from "../lib/payload-seed.mjs";
export const meta = {
  dbs: ["sqlite", "pg"],
  modes: ["file"],
  ownSchema: true,
  env: { PAYLOAD_DISABLE_ADMIN: "true", DO_NOT_TRACK: "1" },
};
export async function open(ctx) {
  const lite = ctx.db === "sqlite";
  const { buildConfig, getPayload } = await ctx.imp("payload");
  const g = ctx.gen;
  const opt = (a) => a.map((v) => ({ label: v, value: v }));
  const own = ({ req: { user } }) => ({
    or: [{ owner: { equals: user.id } }, { "owner.team": { equals: user.team_id } }],
  });
  const rel = (name, relationTo, more = {}) => ({ name, type: "relationship", relationTo, index: true, ...more });
  const txt = (name, more = {}) => ({ name, type: "text", ...more }),
    num = (name, more = {}) => ({ name, type: "number", ...more });
  const oppFields = () => [
    txt("name", { required: true }),
    rel("account", "accounts", { required: true }),
    rel("contact", "contacts"),
    { name: "stage", type: "select", options: opt(g.STAGES), required: true },
    num("amount", { required: true }),
    txt("currency", { required: true }),
    num("probability", { required: true }),
    txt("close_date", { required: true }),
    rel("owner", "crmusers", { required: true }),
  ];
  const collections = [
    { slug: "crmusers", fields: [txt("name", { required: true }), num("team", { required: true, index: true })] },
    {
      slug: "accounts",
      fields: [
        txt("name", { required: true }),
        txt("industry"),
        txt("country"),
        num("annual_revenue"),
        rel("owner", "crmusers", { required: true }),
        { name: "opportunities", type: "join", collection: "opportunities", on: "account" },
      ],
    },
    {
      slug: "contacts",
      fields: [
        txt("first_name", { required: true }),
        txt("last_name", { required: true, index: true }),
        { name: "email", type: "email", required: true, unique: true },
        txt("phone"),
        rel("account", "accounts"),
        { name: "lifecycle_stage", type: "select", options: opt(g.LIFECYCLES), required: true },
        { name: "tags", type: "json" },
        { name: "custom", type: "json" },
      ],
    },
    {
      slug: "opportunities",
      access: { read: own, update: own },
      fields: oppFields(),
      indexes: [{ fields: ["stage", "close_date", "id"] }, { fields: ["stage", "amount"] }],
    },
    { slug: "oppsv", fields: oppFields(), versions: { drafts: false, maxPerDoc: 0 } },
  ];
  for (const c of collections)
    if (c.indexes) c.indexes = c.indexes.map((i) => ({ fields: i.fields.filter((f) => f !== "id") }));
  let db;
  if (lite)
    db = (await ctx.imp("@payloadcms/db-sqlite")).sqliteAdapter({
      client: { url: `file:${ctx.file}` },
      wal: { synchronous: "NORMAL" },
      push: true,
      idType: "number",
    });
  else
    db = (await ctx.imp("@payloadcms/db-postgres")).postgresAdapter({
      pool: { ...ctx.pg, max: Math.max(ctx.pool || 1, 4) },
      push: true,
      idType: "serial",
    });
  process.env.NODE_ENV = "development";
  const config = await buildConfig({
    secret: "bench",
    collections,
    db,
    typescript: { autoGenerate: false },
    telemetry: false,
    admin: { disable: true },
    logger: { options: { level: "error" } },
    graphQL: { disable: true },
  });
  const p = await getPayload({ config });
  process.env.NODE_ENV = "production";
  const begun = performance.now();
  if (lite) await seedSqlite(ctx);
  else await seedPg(ctx, p);
  const filling = performance.now() - begun;
  if (lite)
    for (const s of ["PRAGMA cache_size=-65536", "PRAGMA synchronous=NORMAL", "PRAGMA temp_store=MEMORY"])
      await p.db.client.execute(s);
  const ex = (s) => (lite ? p.db.client.execute(s) : p.db.pool.query(s));
  const W = (a) => ({ stage: { equals: a.stage }, amount: { greater_than: a.minAmount } });
  const sort = ["-close_date", "-id"],
    opps = "opportunities";
  const cm = ({ account_id, created_at, updated_at, ...r }) => ({ ...r, account: account_id }),
    om = ({ account_id, contact_id, owner_id, created_at, updated_at, ...r }) => ({
      ...r,
      account: account_id,
      contact: contact_id,
      owner: owner_id,
    });
  const create = (r) => p.create({ collection: "contacts", data: cm(r), depth: 0 });
  return {
    version: JSON.parse((await import("node:fs")).readFileSync(`${ctx.peerDir}/node_modules/payload/package.json`))
      .version,
    notes: { bulk: "1by1", search: "like" },
    filling,
    create,
    bulk: async (rows) => {
      const t = await p.db.beginTransaction();
      const req = t ? { transactionID: t } : undefined;
      for (const r of rows) await p.create({ collection: opps, data: om(r), depth: 0, req });
      if (t) await p.db.commitTransaction(t);
    },
    get: (id) => p.findByID({ collection: "contacts", id, depth: 0 }),
    list: async (a) =>
      (await p.find({ collection: opps, where: W(a), sort, limit: 50, depth: 0, pagination: false })).docs,
    listCount: async (a) => {
      const r = await p.find({ collection: opps, where: W(a), sort, limit: 50, depth: 0 });
      return { rows: r.docs, total: r.totalDocs };
    },
    include: async (a) =>
      (
        await p.find({
          collection: opps,
          where: W(a),
          sort,
          limit: 50,
          depth: 1,
          pagination: false,
          populate: { accounts: { name: true, industry: true, country: true, annual_revenue: true, owner: true } },
        })
      ).docs,
    includeMany: async (s) =>
      (
        await p.find({
          collection: "accounts",
          where: { id: { greater_than_equal: s } },
          sort: "id",
          limit: 50,
          depth: 1,
          pagination: false,
          joins: { opportunities: { limit: 0, sort: "id" } },
        })
      ).docs.map((a) => ({ name: a.name, opportunities: a.opportunities.docs })),
    update: (id, v) => p.update({ collection: opps, id, data: { probability: v }, depth: 0 }),
    updateAudited: (id, v, me) =>
      p.update({
        collection: "oppsv",
        id,
        data: { probability: v },
        depth: 0,
        user: { id: me.id, collection: "crmusers" },
      }),
    delete: (id) => p.delete({ collection: "contacts", id, depth: 0 }),
    search: async (t) =>
      (
        await p.find({
          collection: "contacts",
          where: { or: [{ first_name: { like: t } }, { last_name: { like: t } }, { email: { like: t } }] },
          limit: 20,
          depth: 0,
          pagination: false,
          select: { first_name: true, last_name: true, email: true },
        })
      ).docs,
    policy: (me) => {
      const user = { id: me.id, team_id: me.team_id, collection: "crmusers" },
        o = { collection: opps, user, overrideAccess: false, depth: 0 };
      return {
        list: async (a) => (await p.find({ ...o, where: W(a), sort, limit: 50, pagination: false })).docs,
        get: async (id) => p.findByID({ ...o, id, disableErrors: true }),
        update: async (id, v) => {
          try {
            await p.update({ ...o, id, data: { probability: v } });
            return true;
          } catch (e) {
            if (e.status === 403 || e.status === 404) return false;
            throw e;
          }
        },
      };
    },
    seedDeletable: async (rows) => {
      const ids = [];
      for (const r of rows) ids.push((await create(r)).id);
      return ids;
    },
    cleanup: async () => {
      await ex(`DELETE FROM opportunities WHERE id > ${ctx.z.opps}`);
      await ex(`DELETE FROM contacts WHERE id > ${ctx.z.contacts}`);
    },
    cleanupAudit: () => ex("DELETE FROM _oppsv_v"),
    close: () => p.destroy(),
    payload: p,
  };
}
