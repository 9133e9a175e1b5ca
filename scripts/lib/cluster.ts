/** A PostgreSQL that is safe from crashes, as in production: it can be killed, started again, and copied while it runs. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { argsOf, type ClusterFiles, clusterFolder, freePort, makeCluster, untilReady, urlOf } from "./postgres.ts";

/** Runs the server, and ends it when the input ends, which it also does when the parent process is killed. */
const guard = 'exec 3<&0; "$0" "$@" & server=$!; (cat <&3 >/dev/null; kill -INT $server 2>/dev/null) & wait $server';

/** See the file. */
export class Cluster {
  readonly url: string;
  readonly #files: ClusterFiles;
  readonly #port: number;
  #server: ChildProcess | undefined;

  private constructor(files: ClusterFiles, port: number) {
    this.#files = files;
    this.#port = port;
    this.url = urlOf(port);
  }

  /** Makes one, and starts it. */
  static async start(): Promise<Cluster> {
    const cluster = new Cluster(await makeCluster(), await freePort());
    await cluster.start();
    return cluster;
  }

  /** Starts it again. */
  async start(): Promise<void> {
    const { data, home, folder, options } = this.#files;
    const args = argsOf(data, this.#port, folder, ["max_connections=50", "wal_keep_size=256MB"]);
    for (let tries = 1; ; tries++) {
      const server = spawn("sh", ["-c", guard, join(home, "bin/postgres"), ...args], options);
      this.#server = server;
      try {
        return await untilReady(server, this.url);
      } catch (error) {
        // Processes of the server that was killed may hold its memory for a moment.
        server.stdin?.end();
        if (tries === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Kills it and all of its processes with -9. What was on its way to the disk is for recovery to find. */
  async crash(): Promise<void> {
    const rows = await this.#ask("select pid from pg_stat_activity where pid <> pg_backend_pid()");
    const [main] = readFileSync(join(this.#files.data, "postmaster.pid"), "utf8").split("\n");
    for (const pid of [Number(main), ...rows.map((row) => Number(row["pid"]))]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    await this.#ended();
  }

  /**
   * Copies it while it runs, as `pg_basebackup` does: the files as they are found, and the write-ahead log that brings them to one moment. `meanwhile`
   * runs in the middle. Gives a cluster of its own, not started.
   */
  async backup(meanwhile: () => Promise<unknown>): Promise<Cluster> {
    const from = this.#files.data;
    const files = await clusterFolder();
    const { data, options } = files;
    const copy = (...args: string[]) => {
      const { status, stderr } = spawnSync("cp", ["-a", ...args], { ...options, encoding: "utf8" });
      const wrong = (stderr ?? "").split("\n").filter((line) => line !== "" && !line.includes("No such file"));
      if (status !== 0 && wrong.length > 0) throw new Error(`cp failed: ${wrong.join("\n")}`);
    };
    const client = new pg.Client(this.url);
    await client.connect();
    try {
      await client.query("select pg_backup_start('backup', true)");
      copy(from, data);
      await meanwhile();
      const { rows } = await client.query("select labelfile from pg_backup_stop(false)");
      for (const name of ["pg_wal", "postmaster.pid", "postmaster.opts"])
        rmSync(join(data, name), { recursive: true, force: true });
      copy(join(from, "pg_wal"), data);
      const label = join(data, "backup_label");
      writeFileSync(label, (rows[0] as { labelfile: string }).labelfile);
      if (options.uid !== undefined) chownSync(label, options.uid, options.gid as number);
    } finally {
      await client.end();
    }
    return new Cluster(files, await freePort());
  }

  /** Stops it, and takes its folder away. */
  async remove(): Promise<void> {
    await this.#ended();
    rmSync(this.#files.folder, { recursive: true, force: true });
  }

  async #ended(): Promise<void> {
    const server = this.#server;
    server?.stdin?.end();
    if (server && server.exitCode === null) await once(server, "exit");
    this.#server = undefined;
  }

  async #ask(sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(this.url);
    client.on("error", () => undefined);
    await client.connect();
    const { rows } = await client.query(sql);
    await client.end();
    return rows as Record<string, unknown>[];
  }
}
