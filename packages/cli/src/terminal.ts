/** What a command reads from and writes to: the process's own, or a test's. */

/** The surroundings of a command. */
export interface Terminal {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Writes to standard output, as it is. */
  readonly out: (text: string) => void;
  /** Writes to standard error, as it is. */
  readonly err: (text: string) => void;
  /** The width of the terminal that standard output is; undefined when it is none. */
  readonly columns: number | undefined;
  /** Aborted when the user presses Ctrl-C. Until a command asks for it, that ends the process, as everywhere. */
  readonly interrupted: AbortSignal;
  /** Lets go of standard input, which would keep the process waiting for its end. */
  readonly release?: () => void;
}

/** The terminal of this process. The first Ctrl-C asks a command that can stop to do so; the second ends the process. */
export function processTerminal(): Terminal {
  let interrupt: AbortController | undefined;
  const { stdout, stderr } = process;
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    columns: stdout.isTTY ? stdout.columns : undefined,
    get interrupted() {
      if (!interrupt) {
        interrupt = new AbortController();
        process.once("SIGINT", () => interrupt?.abort());
      }
      return interrupt.signal;
    },
    release: () => void process.stdin.destroy(),
  };
}
