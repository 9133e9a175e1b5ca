// Operations: fixed counts per round (the same for every contender), arguments from a seeded PRNG.
import { contact, opportunity, SEARCH_TERMS, STAGES, TEAMS } from "./gen.mjs";

// prep(c, x): untimed, returns {n, arg(i), fn(arg)}; check(result, arg): sanity; digest: comparable number across contenders
export const CREATED_BASE = 50_000_000; // generator ordinals for newly created rows, far above any seed

const listArg = (r) => ({ stage: STAGES[(r() * 6) | 0], minAmount: Math.floor(r() * 60000) });
const mk = (n, fn, arg, more = {}) => ({ n, fn, arg, ...more });

export const OPS = {
  create: {
    title: "1 create contact",
    n: 400,
    group: "w",
    prep(c, x) {
      const rows = x.seq(this.n, (k) => contact(x.fresh(k), x.z));
      return mk(
        this.n,
        (a) => c.create(a),
        (i) => rows[i],
        { after: () => c.cleanup() },
      );
    },
    digest: (r) => (r && r.id != null ? 1 : NaN),
  },
  bulk: {
    title: "2 bulk create opps (per 500)",
    n: 4,
    group: "w",
    prep(c, x) {
      const b = x.seq(this.n, (k) => x.seq(500, (j) => opportunity(x.fresh(k * 500 + j), x.z)));
      return mk(
        this.n,
        (a) => c.bulk(a),
        (i) => b[i],
        { after: () => c.cleanup() },
      );
    },
  },
  get: {
    title: "3 get contact by id",
    n: 1500,
    group: "r",
    prep(c, x) {
      const ids = x.seq(this.n, () => 1 + ((x.r() * x.z.contacts) | 0));
      return mk(
        this.n,
        (a) => c.get(a),
        (i) => ids[i],
      );
    },
    digest: (r) => r.email.length + (r.tags.length || 0) + r.custom.score,
  },
  list: {
    title: "4a list opps, filter+sort, 50",
    n: 120,
    group: "r",
    prep(c, x) {
      const a = x.seq(this.n, () => listArg(x.r));
      return mk(
        this.n,
        (q) => c.list(q),
        (i) => a[i],
      );
    },
    digest: (r) => r.length + r.reduce((s, o) => s + o.amount, 0),
  },
  listCount: {
    title: "4b list + total count",
    n: 40,
    group: "r",
    prep(c, x) {
      const a = x.seq(this.n, () => listArg(x.r));
      return mk(
        this.n,
        (q) => c.listCount(q),
        (i) => a[i],
      );
    },
    digest: (r) => r.rows.length + r.total,
  },
  include: {
    title: "5a 50 opps + account + contact",
    n: 60,
    group: "r",
    prep(c, x) {
      const a = x.seq(this.n, () => listArg(x.r));
      return mk(
        this.n,
        (q) => c.include(q),
        (i) => a[i],
      );
    },
    digest: (r) =>
      r.reduce((s, o) => s + o.amount + o.account.name.length + o.contact.email.length + o.contact.tags.length, 0),
  },
  includeMany: {
    title: "5b 50 accounts + their opps",
    n: 30,
    group: "r",
    prep(c, x) {
      const a = x.seq(this.n, () => 1 + ((x.r() * (x.z.accounts - 60)) | 0));
      return mk(
        this.n,
        (q) => c.includeMany(q),
        (i) => a[i],
      );
    },
    digest: (r) => r.reduce((s, o) => s + o.name.length + o.opportunities.reduce((t, p) => t + p.amount, 0), 0),
  },
  update: {
    title: "6 update one field",
    n: 400,
    group: "w",
    prep(c, x) {
      const a = x.seq(this.n, () => [1 + ((x.r() * x.z.opps) | 0), (x.r() * 101) | 0]);
      return mk(
        this.n,
        (q) => c.update(q[0], q[1]),
        (i) => a[i],
      );
    },
  },
  updateAudited: {
    title: "7 update + audit diff",
    n: 300,
    group: "w",
    prep(c, x) {
      const a = x.seq(this.n, () => [1 + ((x.r() * x.z.opps) | 0), (x.r() * 101) | 0]);
      return mk(
        this.n,
        (q) => c.updateAudited(q[0], q[1], x.me),
        (i) => a[i],
        { after: () => c.cleanupAudit?.() },
      );
    },
  },
  aggStage: {
    title: "8a sum/count by stage, owner",
    n: 5,
    group: "r",
    prep(c, _x) {
      return mk(
        this.n,
        () => c.aggStage(),
        () => null,
      );
    },
    digest: (r) => r.length + r.reduce((s, g) => s + Number(g.count) + Number(g.sum), 0),
  },
  aggMonth: {
    title: "8b sum/count by month",
    n: 5,
    group: "r",
    prep(c, _x) {
      return mk(
        this.n,
        () => c.aggMonth(),
        () => null,
      );
    },
    digest: (r) => r.length + r.reduce((s, g) => s + Number(g.count) + Number(g.sum), 0),
  },
  delete: {
    title: "9 delete by id",
    n: 400,
    group: "w",
    prep: async (c, x) => {
      const n = OPS.delete.n,
        ids = await c.seedDeletable(x.seq(n, (k) => contact(x.fresh(k), x.z)));
      return mk(
        n,
        (a) => c.delete(a),
        (i) => ids[i],
        { after: () => c.cleanup() },
      );
    },
  },
  search: {
    title: "10a text search contacts, 20 hits",
    n: 60,
    group: "r",
    prep(c, x) {
      const a = x.seq(this.n, () => SEARCH_TERMS[(x.r() * SEARCH_TERMS.length) | 0]);
      return mk(
        this.n,
        (q) => c.search(q),
        (i) => a[i],
      );
    },
    digest: (r) => r.length,
  },
  searchRare: {
    title: "10b search, one match",
    n: 20,
    group: "r",
    prep(c, x) {
      const a = x.seq(this.n, () => String(10000 + ((x.r() * Math.min(x.z.contacts - 10000, 89999)) | 0)));
      return mk(
        this.n,
        (q) => c.search(q),
        (i) => a[i],
      );
    },
  },
  policyList: {
    title: "11a list under row policy",
    n: 60,
    group: "r",
    prep(c, x) {
      const a = x.seq(this.n, () => listArg(x.r));
      const t = c.policy(x.me);
      return mk(
        this.n,
        (q) => t.list(q),
        (i) => a[i],
      );
    },
    digest: (r) => r.length + r.reduce((s, o) => s + o.amount, 0),
  },
  policyGet: {
    title: "11b get under row policy",
    n: 600,
    group: "r",
    prep(c, x) {
      const a = x.seq(this.n, () => 1 + ((x.r() * x.z.opps) | 0));
      const t = c.policy(x.me);
      return mk(
        this.n,
        (q) => t.get(q),
        (i) => a[i],
      );
    },
    digest: (r) => (r ? 1 : 0),
  },
  policyUpdate: {
    title: "11c update under row policy",
    n: 300,
    group: "w",
    prep(c, x) {
      const a = x.seq(this.n, () => [1 + ((x.r() * x.z.opps) | 0), (x.r() * 101) | 0]);
      const t = c.policy(x.me);
      return mk(
        this.n,
        (q) => t.update(q[0], q[1]),
        (i) => a[i],
      );
    },
    digest: (r) => (r ? 1 : 0),
  },
};
export const ME = { id: 7, team_id: (7 % TEAMS) + 1 };
