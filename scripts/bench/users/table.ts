/**
 * The second table: every peer on the tables that its own guide leads to. The contenders are plain JavaScript with an interface of their own
 * (integer ordinals, snake case); here they become what the harness runs.
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Db } from "../lib/contender.ts";
import type { Op, Round } from "../lib/ops.ts";
import type { Provider } from "../lib/provision.ts";

/** In the order of the table. */
export const peers = ["raw", "kith", "kysely", "drizzle", "prisma", "zenstack", "typeorm", "mikroorm", "payload"];

/** The harness's names of the operations, and the contenders'. */
const names = {
  create: "create",
  bulk: "bulk",
  get: "get",
  list: "list",
  listCount: "listCount",
  toOne: "include",
  toMany: "includeMany",
  update: "update",
  delete: "delete",
  search: "search",
  byStage: "aggStage",
  byMonth: "aggMonth",
} as const;

const load = (path: string): Promise<any> => import(new URL(path, import.meta.url).href);

/** The folder of a peer's packages. */
const folderOf = (name: string) => fileURLToPath(new URL(`../.peers/${name}`, import.meta.url));

/** Databases for the peers. */
export async function usersProvider(
  db: Db,
  mode: string,
  folder: string,
  url: string,
  scale: number,
): Promise<Provider> {
  const { configure, provision } = await load("./lib/db.mjs");
  configure(folder, url);
  return {
    async provide(name, empty) {
      const { drop, ...place } = await provision(name, db, mode, scale, empty);
      return { file: "", url: "", place, drop: async () => drop() };
    },
    end: async () => undefined,
  };
}

/** Installs a peer; says why it cannot take part, if so. */
export async function preparePeer(name: string, db: Db): Promise<{ meta: any } | string> {
  const { installPeer } = await load("./install.mjs");
  if (!(await installPeer(name))) return "cannot be installed here";
  const { meta } = await load(`./contenders/${name}.mjs`);
  return meta.dbs.includes(db) ? { meta } : "has nothing for this database";
}

/** Opens a peer in its own process. */
export async function openPeer(name: string, db: Db, mode: string, scale: number, place: object): Promise<any> {
  const [gen, schema, { ME }, { open }] = await Promise.all([
    load("./lib/gen.mjs"),
    load("./lib/schema.mjs"),
    load("./lib/workload.mjs"),
    load(`./contenders/${name}.mjs`),
  ]);
  const peerDir = existsSync(folderOf(name)) ? folderOf(name) : fileURLToPath(new URL("..", import.meta.url));
  const loader = existsSync(`${folderOf(name)}/_load.mjs`)
    ? (await load(`../.peers/${name}/_load.mjs`)).default
    : (s: string) => import(s);
  return open({
    name,
    db,
    mode,
    scale,
    peerDir,
    z: gen.sizes(scale),
    gen,
    schema,
    ME,
    imp: loader,
    pool: 1,
    root: fileURLToPath(new URL(".", import.meta.url)),
    ...place,
  });
}

/** The operations as the harness runs them. */
export async function usersOps(scale: number): Promise<Record<string, Op>> {
  const [{ OPS, CREATED_BASE, ME }, { rng, sizes }] = await Promise.all([
    load("./lib/workload.mjs"),
    load("./lib/gen.mjs"),
  ]);
  const all: Record<string, Op> = {};
  for (const [name, old] of Object.entries(names)) {
    const op = OPS[old];
    all[name] = {
      title: name,
      calls: op.n,
      has: (c: any) => c[old] !== undefined,
      async prepare(c: any, { number, calls }: Round) {
        const at = Object.keys(OPS).indexOf(old);
        const first = CREATED_BASE + (number * 20 + at) * 100_000;
        const seq = (n: number, make: (i: number) => unknown) => Array.from({ length: n }, (_, i) => make(i));
        const x = {
          r: rng(number * 7_919 + at * 104_729),
          z: sizes(scale),
          me: ME,
          seq,
          fresh: (k: number) => first + k,
        };
        const before = op.n;
        op.n = calls;
        try {
          const job = await op.prep(c, x);
          return { args: seq(job.n, job.arg), call: job.fn, after: job.after };
        } finally {
          op.n = before;
        }
      },
      // Sums of floats differ in their last digits.
      ...(op.digest ? { compared: (answer: unknown) => Number(op.digest(answer)).toPrecision(9) } : {}),
    };
  }
  return all;
}
