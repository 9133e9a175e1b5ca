// A terminal that keeps what is written to it.
import { fileURLToPath } from "node:url";
import type { Terminal } from "@kith/cli";
import { main } from "@kith/cli";

export const here = fileURLToPath(new URL(".", import.meta.url));

/** Runs a command line; gives its exit code and what it wrote. */
export async function kith(
  argv: readonly string[],
  options: Partial<Terminal> = {},
): Promise<{ code: number; out: string; err: string }> {
  const written = { out: "", err: "" };
  const code = await main({
    argv,
    env: {},
    cwd: here,
    stdin: (async function* () {})(),
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    columns: undefined,
    interrupted: new AbortController().signal,
    ...options,
  });
  // The command's exit code is not the test run's.
  process.exitCode = undefined;
  return { code, ...written };
}
