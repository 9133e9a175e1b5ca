/** A large table to measure on: deals with their accounts, in a database of its own. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createXrm, defineEntity, defineModel, type EntitiesOf, field, type Storage, type Xrm } from "@kith/core";
import { postgres } from "@kith/postgres";
import { sqlite } from "@kith/sqlite";
import { startPostgres } from "../lib/postgres.ts";

const stages = ["open", "won", "lost"] as const;
/** Deals of an account, whatever the number of deals. */
const perAccount = 10;

const account = defineEntity("account", {
  fields: {
    name: field.text({ required: true, indexed: true }),
    country: field.text({ max: 2, fold: false }),
    deals: field.children("deal", { via: "account" }),
  },
});
const deal = defineEntity("deal", {
  indexes: [["stage", "closedOn"]],
  fields: {
    topic: field.text({ required: true }),
    account: field.lookup("account"),
    stage: field.choice(stages, { required: true }),
    closedOn: field.date({ required: true, indexed: true }),
    amount: field.money(),
    seats: field.integer({ indexed: true }),
  },
});
/** Accounts and their deals. */
export const model = defineModel({ entities: [account, deal], currency: "BRL" });
/** Its registry. */
export interface Entities extends EntitiesOf<typeof model> {}

/** An open system on a database of its own. */
export interface Crowd {
  readonly xrm: Xrm<Entities>;
  /** Closes the system and removes the database. */
  readonly close: () => Promise<void>;
}

/** Opens an empty system. */
export async function openCrowd(db: string): Promise<Crowd> {
  const { storage, remove } = await storageOf(db);
  const xrm = await createXrm<Entities>({ model, storage });
  return {
    xrm,
    close: async () => {
      await xrm.close();
      await remove();
    },
  };
}

async function storageOf(db: string): Promise<{ storage: Storage; remove: () => unknown }> {
  if (db === "pg") {
    const server = await startPostgres(["shared_buffers=512MB", "synchronous_commit=off"]);
    return { storage: postgres({ url: server.url, schema: `scale_${process.pid}` }), remove: server.stop };
  }
  if (db !== "sqlite") throw new Error(`--db takes sqlite or pg, not '${db}'`);
  const folder = mkdtempSync(join(tmpdir(), "kith-scale-"));
  return {
    storage: sqlite({ file: join(folder, "crm.db"), synchronous: "normal" }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Brings the deals to `rows`, with values spread so that filters find a known part. */
export async function fill({ xrm }: Crowd, rows: number): Promise<void> {
  const batch = 5_000;
  for (let i = await xrm.deal.count(); i < rows; i += batch) {
    const size = Math.min(batch, rows - i);
    const names = Array.from({ length: Math.ceil(size / perAccount) }, (_, k) => ({
      name: `Conta ${i + k}`,
      country: "BR",
    }));
    const owners = await xrm.account.createMany(names);
    await xrm.deal.createMany(Array.from({ length: size }, (_, k) => one(i + k, owners)));
  }
}

function one(i: number, owners: readonly { readonly id: string }[]) {
  const mixed = (i * 2_654_435_761) >>> 0;
  const day = new Date(Date.UTC(2016, 0, 1) + (mixed % 3_650) * 86_400_000).toISOString().slice(0, 10);
  return {
    topic: `Deal ${i}`,
    account: owners[i % owners.length]?.id ?? null,
    stage: stages[mixed % 3] as (typeof stages)[number],
    closedOn: day,
    amount: `${mixed % 100_000}.${String(mixed % 100).padStart(2, "0")}`,
    seats: mixed % 1_000,
  };
}
