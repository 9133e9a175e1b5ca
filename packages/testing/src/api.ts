/** What the suites need of a test runner: vitest, jest and node:test all have it. */

/** A test runner's two functions. */
export interface SuiteApi {
  /** Groups tests under a name. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Declares one test. */
  readonly it: (name: string, body: () => void | Promise<void>) => unknown;
}
