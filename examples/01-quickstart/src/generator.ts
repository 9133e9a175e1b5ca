// Fills the system with made-up records: the same ones on every run, since the randomness is seeded.
import type { Create, Xrm } from "@kith/core";
import type { Entities } from "./declarations.ts";

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const first = ["Acme", "Blue", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper"];
const last = ["Foods", "Motors", "Health", "Textiles", "Energy", "Media", "Logistics", "Labs"];
const sectors = ["retail", "technology", "medical", "finance", "services"];
const products = { Basic: 550, Special: 1_200, Plus: 2_400, Pro: 4_800, Max: 9_900, Ultra: 18_500, Prime: 26_750 };
const managers = ["Manager A", "Manager B", "Manager C", "Manager D", "Manager E", "Manager F"];
const offices = ["central", "east", "west"] as const;
const streets = ["Harbor Street", "Mill Lane", "Station Road", "Garden Avenue"];

const places = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const cents = (amount: number): string => amount.toFixed(2);

/** Fills every entity in one transaction: all of it is there afterwards, or nothing. */
export async function generate(xrm: Xrm<Entities>, opportunities = 2_000, seed = 1): Promise<void> {
  const next = random(seed);
  const upTo = (n: number): number => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[upTo(list.length)] as T;
  const day = (from: string, days: number): string =>
    new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);

  await xrm.transaction(async (tx) => {
    const accounts = await tx.account.createMany(
      places(first.length * last.length, (i) => ({
        name: `${first[i % first.length]} ${last[Math.floor(i / first.length)]}`,
        sector: pick(sectors),
        founded: 1950 + upTo(70),
        revenue: cents(5 + next() * 4_000),
        employees: 10 + upTo(9_000),
      })),
    );
    const made = await tx.product.createMany(
      Object.entries(products).map(([name, price]) => ({ name, price: cents(price) })),
    );
    const agents = await tx.agent.createMany(
      places(30, (i) => ({
        name: `Agent ${String(i + 1).padStart(2, "0")}`,
        manager: managers[i % managers.length] as string,
        office: offices[i % offices.length] as (typeof offices)[number],
      })),
    );
    await tx.opportunity.createMany(
      places(opportunities, (i): Create<Entities, "opportunity"> => {
        const [product, agent] = [pick(made), pick(agents)];
        const chance = next();
        const stage = chance < 0.48 ? "won" : chance < 0.76 ? "lost" : chance < 0.94 ? "engaging" : "prospecting";
        const engagedOn = stage === "prospecting" ? null : day("2025-10-01", upTo(300));
        const closed = stage === "won" || stage === "lost";
        const won = cents(Number(product.price) * (0.85 + next() * 0.3));
        return {
          code: `OPP-${String(i + 1).padStart(5, "0")}`,
          account: next() < 0.85 ? pick(accounts).id : null,
          product: product.id,
          agent: agent.id,
          stage,
          engagedOn,
          closedOn: closed && engagedOn ? day(engagedOn, 5 + upTo(90)) : null,
          value: stage === "won" ? won : stage === "lost" ? "0" : null,
        };
      }),
    );
    const people = await tx.person.createMany(places(40, (i) => ({ name: `Owner ${String(i + 1).padStart(3, "0")}` })));
    const properties = await tx.property.createMany(
      places(60, (i) => ({
        registration: `R-${1_000 + i}`,
        address: `${1 + upTo(900)} ${pick(streets)}`,
        heldBy: pick(people).id,
      })),
    );
    await tx.taxNotice.createMany(
      properties.flatMap(({ id }) =>
        places(2, (year) => {
          const dueOn = `${2025 + year}-03-31`;
          return {
            property: id,
            amount: cents(300 + next() * 4_000),
            dueOn,
            paidOn: next() < 0.8 - year * 0.3 ? dueOn : null,
          };
        }),
      ),
    );
  });
}
