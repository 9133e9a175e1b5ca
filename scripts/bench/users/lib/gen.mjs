// Deterministic CRM data generator: every row is a pure function of (entity, ordinal).
export const STAGES = ["prospecting", "qualification", "proposal", "negotiation", "closed_won", "closed_lost"];
export const LIFECYCLES = ["subscriber", "lead", "mql", "sql", "customer", "evangelist"];
export const CURRENCIES = ["USD", "EUR", "GBP", "CNY", "JPY"];
const INDUSTRIES = ["software", "finance", "health", "retail", "energy", "media", "logistics", "education"];
const COUNTRIES = ["US", "DE", "GB", "CN", "JP", "FR", "BR", "IN", "CA", "AU"];
const FIRST =
  "Ada Alan Grace Linus Edsger Barbara Ken Dennis Margaret Donald Frances John Katherine Tim Radia Vint Hedy Claude Joan Niklaus Anders Guido Brendan James Bjarne Leslie Shafi Silvio Adele Whitfield".split(
    " ",
  );
const LAST =
  "Lovelace Turing Hopper Torvalds Dijkstra Liskov Thompson Ritchie Hamilton Knuth Allen McCarthy Johnson Lee Perlman Cerf Lamarr Shannon Clarke Wirth Hejlsberg Rossum Eich Gosling Stroustrup Lamport Goldwasser Micali Goldberg Diffie Hellman Rivest Shamir Adleman Backus Naur Hoare Milner Codd Gray".split(
    " ",
  );
const TAGS = ["vip", "newsletter", "event-2024", "partner", "churn-risk", "inbound", "outbound", "beta"];
export const USERS = 40,
  TEAMS = 8;

export function rng(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const h = (e, i) => rng(Math.imul(i + 1, 2654435761) ^ (e * 0x9e3779b1));
const pick = (r, a) => a[(r() * a.length) | 0];
const _d2 = (n) => (n < 10 ? `0${n}` : `${n}`);
const T0 = Date.UTC(2023, 0, 1);
const day = (n) => new Date(T0 + n * 86400000).toISOString().slice(0, 10);
const ts = (r) => new Date(T0 + Math.floor(r() * 700 * 86400) * 1000).toISOString();

export const sizes = (opps) => ({ users: USERS, accounts: Math.max(200, Math.round(opps / 10)), contacts: opps, opps });

export const user = (i) => ({ id: i, name: `User ${i}`, team_id: (i % TEAMS) + 1 });
export function account(i) {
  const r = h(1, i),
    t = ts(r);
  return {
    name: `${pick(r, LAST)} ${pick(r, ["Labs", "Systems", "Group", "GmbH", "Ltd", "Inc"])} ${i}`,
    industry: pick(r, INDUSTRIES),
    country: pick(r, COUNTRIES),
    annual_revenue: Math.floor(r() * 1e8),
    owner_id: 1 + ((r() * USERS) | 0),
    created_at: t,
    updated_at: t,
  };
}
export function contact(i, z) {
  const r = h(2, i),
    f = pick(r, FIRST),
    l = pick(r, LAST),
    t = ts(r);
  const nt = (r() * 4) | 0,
    tags = [];
  for (let k = 0; k < nt; k++) tags.push(pick(r, TAGS));
  return {
    first_name: f,
    last_name: l,
    email: `${f}.${l}.${i}@example${i % 97}.test`.toLowerCase(),
    phone: `+1555${String(1000000 + Math.floor(r() * 8999999))}`,
    account_id: 1 + ((r() * z.accounts) | 0),
    lifecycle_stage: pick(r, LIFECYCLES),
    tags,
    custom: {
      score: Math.floor(r() * 100),
      source: pick(r, ["web", "ads", "referral"]),
      nps: r() < 0.5 ? null : Math.floor(r() * 10),
    },
    created_at: t,
    updated_at: t,
  };
}
export function opportunity(i, z) {
  const r = h(3, i),
    t = ts(r);
  return {
    name: `Opportunity ${i}`,
    account_id: 1 + ((r() * z.accounts) | 0),
    contact_id: 1 + ((r() * z.contacts) | 0),
    stage: pick(r, STAGES),
    amount: Math.floor(r() * 10000000) / 100,
    currency: pick(r, CURRENCIES),
    probability: (r() * 101) | 0,
    close_date: day((r() * 1095) | 0),
    owner_id: 1 + ((r() * USERS) | 0),
    created_at: t,
    updated_at: t,
  };
}
export const SEARCH_TERMS = LAST.map((l) => l.slice(0, 5).toLowerCase());
