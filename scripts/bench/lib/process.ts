/** Starting a contender's process and talking to it. */

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Measured, Opened, Request, WorkerSettings } from "../worker.ts";

/** See the file. */
export class ContenderProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: any) => void; reject: (error: Error) => void }>();
  #last = 0;
  #ended: Error | undefined;

  constructor(settings: WorkerSettings, nodeOptions: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    const worker = fileURLToPath(new URL("../worker.ts", import.meta.url));
    this.#child = fork(worker, [JSON.stringify(settings)], {
      execArgv: ["--expose-gc", "--max-old-space-size=4096", ...conditions, ...nodeOptions],
      env: { ...process.env, NODE_ENV: "production", ...env },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#child.on("message", ({ id, done, error }: { id: number; done?: unknown; error?: string }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(done);
      else waiting?.reject(new Error(error));
    });
    this.#child.on("exit", (code) => {
      this.#ended = new Error(`the process ended (${code})`);
      for (const { reject } of this.#waiting.values()) reject(this.#ended);
    });
  }

  open(): Promise<Opened> {
    return this.#ask({ do: "open" });
  }

  op(op: string, round: number, size: number): Promise<Measured> {
    return this.#ask({ do: "op", op, round, size });
  }

  /** Closes the contender and ends its process. */
  async close(): Promise<{ rss: number }> {
    try {
      return await this.#ask({ do: "close" });
    } finally {
      this.#child.kill();
    }
  }

  #ask(request: Request): Promise<any> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, request });
    });
  }
}

/** Sources or builds of Kith: whichever this process runs on. */
const conditions = process.execArgv.filter((arg) => arg.startsWith("--conditions"));
