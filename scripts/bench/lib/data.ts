/** The benchmark's records: each is a function of its entity and its ordinal alone, so that every process makes the same ones. */

/** Values by field, as `create` takes them. */
export type Values = Record<string, unknown>;

export const stages = ["prospecting", "qualification", "proposal", "negotiation", "won", "lost"] as const;
export const lifecycles = ["subscriber", "lead", "qualified", "sales", "customer", "evangelist"] as const;
export const industries = ["software", "finance", "health", "retail", "energy", "media", "logistics"] as const;
const countries = ["US", "DE", "GB", "CN", "JP", "FR", "BR", "IN", "CA", "AU"];
const firstNames =
  "Ada Alan Grace Linus Edsger Barbara Ken Dennis Margaret Donald Frances João Katherine Tim Radia Vint Hedy Joan Niklaus Anders Guido Brendan José Bjarne Leslie Shafi Silvio Adele".split(
    " ",
  );
/** Family names; searches look for their beginnings. */
export const lastNames =
  "Lovelace Turing Hopper Torvalds Dijkstra Liskov Thompson Ritchie Hamilton Knuth Allen McCarthy Johnson Lee Perlman Cerf Lamarr Shannon Clarke Wirth Hejlsberg Rossum Eich Gosling Stroustrup Lamport Goldwasser Micali Goldberg Diffie Hellman Rivest Shamir Adleman Backus Naur Hoare Milner Codd Gray".split(
    " ",
  );
const companies = ["Labs", "Systems", "Group", "GmbH", "Ltd", "Inc"];
const tags = ["vip", "newsletter", "event", "partner", "risk", "inbound", "outbound", "beta"];
const users = 40;
const dayMs = 86_400_000;
const firstDay = Date.UTC(2023, 0, 1);

/** The entities in the order in which they can be filled. */
export const entities = ["appUser", "account", "contact", "opportunity"] as const;
export type Entity = (typeof entities)[number];

/** How many records of each entity there are at a scale (the number of opportunities). */
export type Sizes = Readonly<Record<Entity, number>>;

export function sizesAt(scale: number): Sizes {
  return { appUser: users, account: Math.max(200, Math.round(scale / 10)), contact: scale, opportunity: scale };
}

/** A generator of numbers from 0 up to 1: the same for the same seed. */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = ReturnType<typeof random>;

/** A whole number from 0 up to below `n`. */
export const below = (next: Random, n: number): number => Math.floor(next() * n);
export const pick = <T>(next: Random, from: readonly T[]): T => from[below(next, from.length)] as T;

/** The id of a seeded record: a UUID of version 7 whose time grows with the ordinal (from 1), as if the records had been made one by one. */
export function idOf(entity: Entity, ordinal: number): string {
  const kind = entities.indexOf(entity);
  const time = (firstDay + ordinal * 1_000 + kind).toString(16).padStart(12, "0");
  const tail = below(random(ordinal * 31 + kind), 0xffff_ffff)
    .toString(16)
    .padStart(8, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${kind}${tail.slice(0, 2)}-8${tail.slice(2, 5)}-${ordinal.toString(16).padStart(12, "0")}`;
}

/** Ordinals from here on are never seeded. */
export const firstFresh = 50_000_000;

/** The values of a record. */
export function valuesOf(entity: Entity, ordinal: number, sizes: Sizes): Values {
  const next = random(Math.imul(ordinal + 1, 2_654_435_761) ^ (entities.indexOf(entity) * 0x9e37_79b1));
  const some = (other: Entity) => idOf(other, 1 + below(next, sizes[other]));
  switch (entity) {
    case "appUser":
      return { name: `User ${ordinal}`, teamId: (ordinal % 8) + 1 };
    case "account":
      return {
        name: `${pick(next, lastNames)} ${pick(next, companies)} ${ordinal}`,
        industry: pick(next, industries),
        country: pick(next, countries),
        annualRevenue: below(next, 1e8),
        salesperson: some("appUser"),
      };
    case "contact":
      return contact(ordinal, next, some("account"));
    case "opportunity":
      return {
        name: `Opportunity ${ordinal}`,
        account: some("account"),
        contact: some("contact"),
        stage: pick(next, stages),
        amount: (below(next, 10_000_000) / 100).toFixed(2),
        probability: probabilityOf(ordinal, 0),
        closeDate: new Date(firstDay + below(next, 1_095) * dayMs).toISOString().slice(0, 10),
        salesperson: some("appUser"),
      };
  }
}

/** What an opportunity's probability is set to in a round: never what it was in the round before. */
export const probabilityOf = (ordinal: number, round: number): number => (ordinal * 7 + round * 13) % 101;

function contact(ordinal: number, next: Random, account: string): Values {
  const firstName = pick(next, firstNames);
  const lastName = pick(next, lastNames);
  return {
    firstName,
    lastName,
    email: `${firstName}.${lastName}.${ordinal}@example${ordinal % 97}.test`
      .normalize("NFD")
      .replace(/[^\w.@]/g, "")
      .toLowerCase(),
    phone: `+1555${1_000_000 + below(next, 8_999_999)}`,
    account,
    lifecycleStage: pick(next, lifecycles),
    tags: [...new Set(Array.from({ length: below(next, 4) }, () => pick(next, tags)))],
    custom: { nps: next() < 0.5 ? null : below(next, 10), score: below(next, 100), source: pick(next, ["web", "ads"]) },
  };
}
