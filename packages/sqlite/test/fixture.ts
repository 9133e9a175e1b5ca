/** A model that meets every kind of field and relation, and helpers to open it on a file of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createXrm,
  defineModel,
  definePlugin,
  type EntitiesOf,
  type Model,
  type StorageOptions,
  type Xrm,
} from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import type { SqliteConnection } from "../src/sqlite-connection.ts";
import { openSqlite } from "../src/sqlite-open.ts";
import type { SqliteSession } from "../src/sqlite-session.ts";

const account = defineEntity("account", {
  title: "name",
  indexes: [["country", "revenue"]],
  fields: {
    name: field.text({ required: true, indexed: true }),
    code: field.text({ unique: true, fold: false }),
    country: field.text({ fold: false, indexed: true }),
    revenue: field.money({ currency: "BRL" }),
    parent: field.lookup("account", { onDelete: "clear" }),
    children: field.children("account", { via: "parent" }),
    contacts: field.children("contact", { via: "account" }),
    opportunities: field.children("opportunity", { via: "account" }),
    products: field.link("product", { through: "offer" }),
  },
});
const contact = defineEntity("contact", {
  fields: {
    email: field.email({ required: true, unique: true }),
    account: field.lookup("account", { onDelete: "cascade" }),
    tags: field.tags(),
    languages: field.multiChoice(["pt", "en", "es"]),
    notes: field.longText(),
    settings: field.json(),
    active: field.boolean({ required: true, default: true }),
  },
});
const opportunity = defineEntity("opportunity", {
  unique: [["account", "topic"]],
  fields: {
    number: field.autonumber("O-{yyyy}-{0000}"),
    topic: field.text({ required: true }),
    account: field.lookup("account", { required: true }),
    contact: field.lookup("contact", { onDelete: "clear" }),
    stage: field.choice(["open", "won", "lost"], { required: true, default: "open", indexed: true }),
    amount: field.money({ currency: "BRL" }),
    probability: field.percent(),
    seats: field.integer(),
    closedOn: field.date({ indexed: true }),
    meetAt: field.datetime(),
    at: field.time(),
    agent: field.user({ default: { $actor: "id" } }),
  },
});
const product = defineEntity("product", {
  fields: { name: field.text({ required: true, unique: true }), price: field.decimal({ scale: 4 }) },
});
const offer = defineEntity("offer", {
  fields: {
    account: field.lookup("account", { required: true, onDelete: "cascade" }),
    product: field.lookup("product", { required: true, onDelete: "restrict" }),
    note: field.text(),
  },
});
// Names that are words of SQL, of SQLite, and tables of its own.
const order = defineEntity("order", {
  fields: {
    group: field.text({ indexed: true, unique: true }),
    select: field.integer(),
    rowid: field.text(),
    value: field.text(),
    true: field.boolean(),
    from: field.lookup("jsonEach"),
  },
});
const jsonEach = defineEntity("jsonEach", {
  fields: { key: field.text(), orders: field.children("order", { via: "from" }) },
});
const sqliteStat1 = defineEntity("sqliteStat1", { fields: { tbl: field.text({ indexed: true }) } });

const entities = [account, contact, opportunity, product, offer, order, jsonEach, sqliteStat1] as const;

/** The model. */
export const model = defineModel({ plugins: [definePlugin({ id: "test", entities })] });
/** Its registry. */
export interface Entities extends EntitiesOf<typeof model> {}

/** A folder of its own, and how to remove it. */
export function temporaryFolder(): { folder: string; path: (name: string) => string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "kith-sqlite-"));
  return { folder, path: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What the engine would tell the storage. */
export const storageOptions = { waitMs: 10_000, now: Date.now };

/** Runs a script of `children/` in a process of its own, with the sources' conditions. */
export function child(script: string, ...args: readonly string[]): ChildProcess {
  const path = join(import.meta.dirname, "children", script);
  return spawn(process.execPath, ["--conditions=@kith/source", path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
}

/** Waits until a process has printed a line that begins with `start`; gives the line. */
export function line(process: ChildProcess, start: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    process.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = text.split("\n").find((one) => one.startsWith(start));
      if (found !== undefined) resolve(found);
    });
    process.on("exit", (code) => reject(new Error(`The process ended with ${code} before printing '${start}'.`)));
  });
}

/** Another process that holds a file's write lock until it is told to let go. */
export async function lockHolder(file: string): Promise<{ letGo: () => Promise<unknown> }> {
  const holder = child("hold-lock.ts", file);
  await line(holder, "locked");
  return {
    letGo: () => {
      holder.stdin?.end();
      return ended(holder);
    },
  };
}

/**
 * Whether something goes on waiting while the event loop turns and turns. Whoever stopped the loop to wait would come to an end before the turns do, with
 * or without what it waited for.
 */
export async function waitsAside(waiting: Promise<unknown>): Promise<boolean> {
  let over = false;
  const end = () => {
    over = true;
  };
  waiting.then(end, end);
  for (let turn = 0; turn < 30 && !over; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
  return !over;
}

/** Waits until a process has ended; gives its exit code. */
export function ended(process: ChildProcess): Promise<number | null> {
  return process.exitCode === null && process.signalCode === null
    ? new Promise((resolve) => process.on("exit", resolve))
    : Promise.resolve(process.exitCode);
}

/** A statement that was run, and how SQLite went about it. */
export interface Ran {
  readonly sql: string;
  readonly plan: readonly string[];
}

/** Opens a system whose read statements are written down with their query plans. */
export async function watched<R = Entities>(
  file: string,
  of: Model<R> = model as never,
  settings: { generate?: boolean } = {},
): Promise<{ xrm: Xrm<R>; ran: Ran[] }> {
  const ran: Ran[] = [];
  const open = async (one: Model, options: StorageOptions) => {
    const connection = await openSqlite({ file, synchronous: "normal", ...settings }, one, options);
    watch(connection as SqliteConnection, ran);
    return connection;
  };
  return { xrm: await createXrm<R>({ model: of, storage: { name: "sqlite", open } }), ran };
}

/** Writes down what the reading connection runs, also after it was opened anew. */
function watch(connection: SqliteConnection, ran: Ran[]): void {
  let { reading } = connection;
  const wrap = () => {
    const { db } = reading;
    const all = reading.all.bind(reading);
    reading.all = (statement, values) => {
      const plan = db.prepare(`explain query plan ${statement.sql}`).all(...values) as { detail: string }[];
      ran.push({ sql: statement.sql, plan: plan.map(({ detail }) => detail) });
      return all(statement, values);
    };
  };
  wrap();
  Object.defineProperty(connection, "reading", {
    get: () => reading,
    set: (next: SqliteSession) => {
      reading = next;
      wrap();
    },
  });
}
