/** The process of one contender: opens it, runs operations when it is told to, and says how long each call took. */

import { performance } from "node:perf_hooks";
import type { Contender, ContenderModule, OpenContext } from "./lib/contender.ts";
import { idOf, type Sizes } from "./lib/data.ts";
import { digest } from "./lib/digest.ts";
import { type Janitor, janitorFor } from "./lib/janitor.ts";
import { load } from "./lib/load.ts";
import { ops, roundOf } from "./lib/ops.ts";
import { openPeer, usersOps } from "./users/table.ts";

/** What the process is started with. */
export interface WorkerSettings extends Pick<OpenContext, "db" | "file" | "url" | "folder" | "sizes"> {
  readonly module: string;
  /** There when a peer on its own tables is measured. */
  readonly peer?: { readonly name: string; readonly mode: string; readonly scale: number; readonly place: object };
  readonly sizes: Sizes;
}

/** What an operation's round gave. */
export interface Measured {
  /** Microseconds of each call. */
  readonly times: number[];
  /** Microseconds of processor time per call. */
  readonly cpu: number;
  readonly digest: string;
}

/** What opening gave. */
export interface Opened {
  readonly version: string;
  readonly notes: Readonly<Record<string, string>>;
  readonly ops: readonly string[];
  readonly ms: number;
  readonly rss: number;
}

export type Request =
  | { readonly do: "open" }
  | { readonly do: "op"; readonly op: string; readonly round: number; readonly size: number }
  | { readonly do: "close" };

const settings = JSON.parse(process.argv[2] ?? "{}") as WorkerSettings;
let contender: Contender;
let janitor: Janitor | undefined;
let known = ops;

async function open(): Promise<Opened> {
  const start = performance.now();
  const { peer } = settings;
  if (peer) {
    known = await usersOps(peer.scale);
    contender = await openPeer(peer.name, settings.db, peer.mode, peer.scale, peer.place);
  } else {
    const { contender: made } = (await import(settings.module)) as { contender: ContenderModule };
    contender = await made.open({ ...settings, load, idOf });
  }
  const ms = performance.now() - start - (contender.filling ?? 0);
  const has = Object.keys(known).filter((name) => known[name]?.has(contender));
  return {
    version: String(contender.version ?? ""),
    notes: contender.notes ?? {},
    ops: has,
    ms,
    rss: process.memoryUsage().rss,
  };
}

async function run(name: string, number: number, size: number): Promise<Measured> {
  const op = known[name];
  if (!op) throw new Error(`There is no operation '${name}'.`);
  const calls = Math.max(1, Math.round(op.calls * size));
  const { args, call, after } = await op.prepare(contender, roundOf(name, number, settings.sizes, calls));
  const times = new Array<number>(args.length);
  const answers = new Array<unknown>(args.length);
  globalThis.gc?.();
  const before = process.cpuUsage();
  for (let i = 0; i < args.length; i++) {
    const start = performance.now();
    let answer = call(args[i]);
    // Some peers answer with objects that only behave like promises.
    if (typeof (answer as PromiseLike<unknown> | undefined)?.then === "function") answer = await answer;
    times[i] = (performance.now() - start) * 1_000;
    answers[i] = answer;
  }
  const spent = process.cpuUsage(before);
  const compared = op.compared ? answers.map(op.compared) : [];
  if (op.writes) {
    janitor ??= await janitorFor(settings, settings.sizes);
    compared.push(await janitor.look(op.writes));
    await janitor.clean();
  }
  await after?.();
  return { times, cpu: (spent.user + spent.system) / args.length, digest: digest(compared) };
}

async function close(): Promise<{ rss: number }> {
  const { rss } = process.memoryUsage();
  await janitor?.close();
  await contender.close();
  return { rss };
}

process.on("message", async ({ id, request }: { id: number; request: Request }) => {
  try {
    const done =
      request.do === "open"
        ? await open()
        : request.do === "close"
          ? await close()
          : await run(request.op, request.round, request.size);
    process.send?.({ id, done });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
