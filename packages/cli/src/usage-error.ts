/** A command that was called wrongly, or an app that cannot be opened. */

/** Told without a stack; the exit code is 2. */
export class UsageError extends Error {
  /** The command whose help tells more, if that helps. */
  readonly command: string | undefined;

  constructor(message: string, command?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "UsageError";
    this.command = command;
  }
}
