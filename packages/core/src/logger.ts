/** Where the engine tells of what it cannot throw to anyone. */

/** Takes what went wrong outside any call. `console` is one. */
export interface Logger {
  error(message: string, cause: unknown): void;
}

/** Reports as a warning of the process: seen by default, and open to the host. */
export const processLogger: Logger = {
  error(message, cause) {
    const detail = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    process.emitWarning(message, { type: "KithWarning", detail });
  },
};
