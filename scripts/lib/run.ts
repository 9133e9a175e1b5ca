/** Runs programs, with their output caught. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./workspace.ts";

export interface Ran {
  readonly ok: boolean;
  readonly out: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program and gives what it printed, on both streams. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Ran {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28, ...options });
  if (done.error) return { ok: false, out: `cannot run ${command}: ${done.error.message}` };
  return { ok: done.status === 0, out: `${done.stdout}${done.stderr}` };
}

/** The same, and a failure is an error that shows the output. */
export function mustRun(command: string, args: readonly string[], options: RunOptions = {}): string {
  const { ok, out } = run(command, args, options);
  if (!ok) throw new Error(`${[command, ...args].join(" ")} failed:\n${out}`);
  return out;
}

/** Runs the compiler: TypeScript 7, unless the older one is asked for by name. */
export function tsc(args: readonly string[], which: "tsc" | "tsc6" = "tsc", options: RunOptions = {}): Ran {
  const file = which === "tsc" ? "node_modules/typescript-7/bin/tsc" : "node_modules/typescript/bin/tsc6";
  return run(process.execPath, [join(root, file), ...args], options);
}

/** A program that a dependency of the root installs. */
export function bin(name: string): string {
  return join(root, "node_modules/.bin", process.platform === "win32" ? `${name}.cmd` : name);
}
