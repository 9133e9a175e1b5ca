/**
 * What hand-written contenders share: the columns of Kith's tables, and records from rows and rows from records, spelled out. Nothing is
 * checked, and nothing is worked out at run time.
 */

import { fold, searchTokens } from "@kith/schema";
import { actorId, type Row } from "../lib/contender.ts";
import type { Values } from "../lib/data.ts";

/** Columns in the order in which the record functions below read them; shadow columns are written, never read. */
export const columns = {
  account:
    "id version created_at created_by updated_at updated_by name industry country annual_revenue salesperson".split(
      " ",
    ),
  contact:
    "id version created_at created_by updated_at updated_by first_name last_name email phone account lifecycle_stage tags custom".split(
      " ",
    ),
  opportunity:
    "id version created_at created_by updated_at updated_by name account contact stage amount probability close_date salesperson".split(
      " ",
    ),
};
/** Every column of a row, shadows included, in the order in which the row functions below give values. */
export const written = {
  contact:
    "id version created_at created_by updated_at updated_by first_name first_name_fold last_name last_name_fold email email_fold phone phone_fold account lifecycle_stage tags custom".split(
      " ",
    ),
  opportunity:
    "id version created_at created_by updated_at updated_by name name_fold account contact stage amount probability close_date salesperson".split(
      " ",
    ),
};

/** The words of a contact as its text index keeps them. */
export const contactWords = (r: Row): string =>
  ` ${[...new Set([r["firstName"], r["lastName"], r["email"]].flatMap((text) => searchTokens(text)))].join(" ")} `;

/** The same as PostgreSQL keeps them: each field's at a place of its own. */
export const contactLexemes = (r: Row): string =>
  [r["firstName"], r["lastName"], r["email"]]
    .flatMap((text, i) => searchTokens(text).map((word) => `'${word}':${i + 1}B`))
    .join(" ");

/** The text index of contacts, and what is asked of it: those with a word that begins so, those that have it whole first. */
export const contactIndex = "kith_contact_search";
export const searchSql = (whole: string, begins: string, names: string): string =>
  `select ${names} from (
     select rowid as key, instr(b, ${whole}) > 0 as points from ${contactIndex} where ${contactIndex} match ${begins}) f join contact c on c.kith_row = f.key order by f.points desc, c.id limit 20`;

/** The same in PostgreSQL, as a table of keys and points. */
export const foundInPg = (begins: string, whole: string): string =>
  `(select id as key, (words @@ ${whole}::tsquery)::int as points from ${contactIndex} where words @@ ${begins}::tsquery)`;

/** Columns as a list for SQL, perhaps of a table's alias. */
export const listed = (names: readonly string[], alias?: string): string =>
  names.map((name) => (alias ? `${alias}.${name}` : name)).join(", ");

/** `12345` as `123.45`. */
export function decimal(cents: number): string {
  const digits = String(cents).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** `123.45` as `12345`. */
export function cents(amount: string): number {
  return Math.round(Number(amount) * 100);
}

/** JSON is text in SQLite; pg gives its value. */
export const json = (found: any): any => (typeof found === "string" ? JSON.parse(found) : found);

/** A record with the stamps of a new one. */
export const newContact = (id: string, now: string, v: Values): Row => ({
  id,
  version: 1,
  createdAt: now,
  createdBy: actorId,
  updatedAt: now,
  updatedBy: actorId,
  firstName: v["firstName"],
  lastName: v["lastName"],
  email: v["email"],
  phone: v["phone"] ?? null,
  account: v["account"] ?? null,
  lifecycleStage: v["lifecycleStage"],
  tags: v["tags"] ?? null,
  custom: v["custom"] ?? null,
});

export const newOpportunity = (id: string, now: string, v: Values): Row => ({
  id,
  version: 1,
  createdAt: now,
  createdBy: actorId,
  updatedAt: now,
  updatedBy: actorId,
  name: v["name"],
  account: v["account"],
  contact: v["contact"] ?? null,
  stage: v["stage"],
  amount: v["amount"],
  probability: v["probability"],
  closeDate: v["closeDate"],
  salesperson: v["salesperson"],
});

export const contactValues = (r: Row): unknown[] => [
  r["id"],
  1,
  r["createdAt"],
  actorId,
  r["updatedAt"],
  actorId,
  r["firstName"],
  fold(r["firstName"]),
  r["lastName"],
  fold(r["lastName"]),
  r["email"],
  fold(r["email"]),
  r["phone"],
  r["phone"] === null ? null : fold(r["phone"]),
  r["account"],
  r["lifecycleStage"],
  r["tags"] === null ? null : JSON.stringify(r["tags"]),
  r["custom"] === null ? null : JSON.stringify(r["custom"]),
];

export const opportunityValues = (r: Row): unknown[] => [
  r["id"],
  1,
  r["createdAt"],
  actorId,
  r["updatedAt"],
  actorId,
  r["name"],
  fold(r["name"]),
  r["account"],
  r["contact"],
  r["stage"],
  cents(r["amount"]),
  r["probability"],
  r["closeDate"],
  r["salesperson"],
];

export const toAccount = (r: readonly any[], at = 0): Row => ({
  id: r[at],
  version: r[at + 1],
  createdAt: r[at + 2],
  createdBy: r[at + 3],
  updatedAt: r[at + 4],
  updatedBy: r[at + 5],
  name: r[at + 6],
  industry: r[at + 7],
  country: r[at + 8],
  annualRevenue: r[at + 9],
  salesperson: r[at + 10],
});

export const toContact = (r: readonly any[], at = 0): Row => ({
  id: r[at],
  version: r[at + 1],
  createdAt: r[at + 2],
  createdBy: r[at + 3],
  updatedAt: r[at + 4],
  updatedBy: r[at + 5],
  firstName: r[at + 6],
  lastName: r[at + 7],
  email: r[at + 8],
  phone: r[at + 9],
  account: r[at + 10],
  lifecycleStage: r[at + 11],
  tags: json(r[at + 12]),
  custom: json(r[at + 13]),
});

export const toOpportunity = (r: readonly any[]): Row => ({
  id: r[0],
  version: r[1],
  createdAt: r[2],
  createdBy: r[3],
  updatedAt: r[4],
  updatedBy: r[5],
  name: r[6],
  account: r[7],
  contact: r[8],
  stage: r[9],
  amount: decimal(r[10]),
  probability: r[11],
  closeDate: r[12],
  salesperson: r[13],
});
