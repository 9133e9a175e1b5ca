/**
 * Kith as a contender of a benchmark of peers: the harness gives `ctx`, keeps one process per contender and compares answers. The entities are the
 * harness's four tables declared the way a user would; ids are Kith's own, and amounts are floats as in the other contenders' tables, so that
 * answers can be compared.
 */

export const meta = { dbs: ["sqlite"], ownSchema: true, modes: ["file", "memory"] };

export async function open(ctx) {
  const { createXrm, defineEntity, defineModel, field } = await import("@kith/core");
  const { sqlite } = await import("@kith/sqlite");
  const { STAGES, LIFECYCLES } = ctx.gen;
  const required = { required: true };
  const model = defineModel({
    entities: [
      defineEntity("appUser", {
        fields: {
          name: field.text({ required: true, fold: false }),
          teamId: field.integer({ required: true, indexed: true }),
        },
      }),
      defineEntity("account", {
        fields: {
          name: field.text({ required: true, fold: false }),
          industry: field.text({ fold: false }),
          country: field.text({ fold: false }),
          annualRevenue: field.number(),
          salesperson: field.lookup("appUser", required),
          opportunities: field.children("opportunity", { via: "account" }),
        },
      }),
      defineEntity("contact", {
        fields: {
          firstName: field.text({ required: true, fold: false, searchable: true }),
          lastName: field.text({ required: true, fold: false, indexed: true, searchable: true }),
          email: field.email({ required: true, unique: true, fold: false, searchable: true }),
          phone: field.text({ fold: false }),
          account: field.lookup("account"),
          lifecycleStage: field.choice(LIFECYCLES, required),
          tags: field.json({ required: true }),
          custom: field.json({ required: true }),
        },
      }),
      defineEntity("opportunity", {
        fields: {
          name: field.text({ required: true, fold: false }),
          account: field.lookup("account", required),
          contact: field.lookup("contact"),
          stage: field.choice(STAGES, required),
          amount: field.number(required),
          currency: field.text({ required: true, fold: false, max: 3 }),
          probability: field.integer(required),
          closeDate: field.date(required),
          salesperson: field.lookup("appUser", required),
        },
        indexes: [
          ["stage", "closeDate"],
          ["stage", "amount"],
        ],
      }),
    ],
  });
  const file = ctx.mode === "memory" ? ":memory:" : ctx.file;
  const start = () => createXrm({ model, storage: sqlite({ file, synchronous: "normal" }) });
  const begun = performance.now();
  let xrm = await start();
  const ids = { app_user: [], account: [], contact: [], opportunity: [] };
  const own = {
    app_user: (r) => ({ name: r.name, teamId: r.team_id }),
    account: (r) => ({
      name: r.name,
      industry: r.industry,
      country: r.country,
      annualRevenue: r.annual_revenue,
      salesperson: ids.app_user[r.owner_id],
    }),
    contact: (r) => ({
      firstName: r.first_name,
      lastName: r.last_name,
      email: r.email,
      phone: r.phone,
      account: ids.account[r.account_id],
      lifecycleStage: r.lifecycle_stage,
      tags: r.tags,
      custom: r.custom,
    }),
    opportunity: (r) => ({
      name: r.name,
      account: ids.account[r.account_id],
      contact: ids.contact[r.contact_id],
      stage: r.stage,
      amount: r.amount,
      currency: r.currency,
      probability: r.probability,
      closeDate: r.close_date,
      salesperson: ids.app_user[r.owner_id],
    }),
  };
  const repository = {
    app_user: xrm.appUser,
    account: xrm.account,
    contact: xrm.contact,
    opportunity: xrm.opportunity,
  };
  await seed(ctx, repository, own, ids);
  if (file !== ":memory:") {
    // Closing brings the statistics up to date, which the harness does for the others.
    await xrm.close();
  }
  const filling = performance.now() - begun;
  if (file !== ":memory:") xrm = await start();
  const { contact, opportunity, account } = xrm;

  const where = ({ stage, minAmount }) => ({ stage, amount: { gt: minAmount } });
  const orderBy = [{ closeDate: "desc" }, { id: "desc" }];
  let made = [];
  const keep = (row) => {
    made.push(row.id);
    return row;
  };
  return {
    version: "workspace",
    filling,
    create: async (row) => keep(await contact.create(own.contact(row))),
    bulk: async (rows) => {
      for (const row of await opportunity.createMany(rows.map(own.opportunity))) made.push(row.id);
    },
    get: (i) => contact.get(ids.contact[i]),
    list: (q) => opportunity.findMany({ where: where(q), orderBy, limit: 50 }),
    listCount: async (q) => opportunity.findPage({ where: where(q), orderBy, limit: 50, total: true }),
    include: (q) =>
      opportunity.findMany({ where: where(q), orderBy, limit: 50, include: { account: true, contact: true } }),
    includeMany: (first) =>
      account.findMany({
        where: { id: { in: ids.account.slice(first, first + 50) } },
        include: { opportunities: true },
      }),
    update: (i, probability) => opportunity.update(ids.opportunity[i], { probability }),
    aggStage: () =>
      opportunity.aggregate({
        groupBy: { stage: true, salesperson: true },
        measures: { count: "count", sum: { sum: "amount" } },
      }),
    aggMonth: () =>
      opportunity.aggregate({ groupBy: { closeDate: "month" }, measures: { count: "count", sum: { sum: "amount" } } }),
    delete: (id) => contact.delete(id),
    seedDeletable: async (rows) => (await contact.createMany(rows.map(own.contact))).map((row) => row.id),
    search: (search) =>
      contact.findMany({ search, select: { id: true, firstName: true, lastName: true, email: true }, limit: 20 }),
    close: () => xrm.close(),
    cleanup: async () => {
      const gone = made;
      made = [];
      for (const id of gone) await ((await opportunity.exists({ where: { id } })) ? opportunity : contact).delete(id);
    },
  };
}

/** Fills the harness's rows in, in its order, and remembers the ids by ordinal. */
async function seed(ctx, repository, own, ids) {
  const { z, gen } = ctx;
  const tables = [
    ["app_user", z.users, (i) => gen.user(i)],
    ["account", z.accounts, (i) => gen.account(i)],
    ["contact", z.contacts, (i) => gen.contact(i, z)],
    ["opportunity", z.opps, (i) => gen.opportunity(i, z)],
  ];
  for (const [table, count, make] of tables) {
    for (let first = 1; first <= count; first += 1_000) {
      const rows = [];
      for (let i = first; i < first + 1_000 && i <= count; i++) rows.push(own[table](make(i)));
      for (const row of await repository[table].createMany(rows)) (ids[table] ??= []).push(row.id);
      // Ordinals begin at 1.
      if (first === 1) ids[table].unshift(undefined);
    }
  }
}
