/** Cases of a suite as tests of a runner, with the exceptions that are known to fail. */

import type { SuiteApi } from "./api.ts";

/** Cases, and how they are run. */
export interface Declared<Run> {
  /** The suite's name, for errors. */
  readonly suite: string;
  /** What the tests are grouped under. */
  readonly title: string;
  readonly cases: readonly { readonly id: string; readonly run: Run }[];
  /** Cases that are known to fail, by id, each with its reason. */
  readonly exceptions: Readonly<Record<string, string>>;
  readonly run: (run: Run) => Promise<void>;
}

/**
 * Declares each case as a test. An exception is run all the same, and fails on the day it passes.
 *
 * @throws {RangeError} when an exception names no case
 */
export function declareCases<Run>(
  { describe, it }: SuiteApi,
  { suite, title, cases, exceptions, run: runCase }: Declared<Run>,
): void {
  for (const id of Object.keys(exceptions)) {
    if (!cases.some((one) => one.id === id))
      throw new RangeError(`The exception '${id}' names no case of the ${suite}.`);
  }
  describe(title, () => {
    for (const { id, run } of cases) {
      const reason = Object.hasOwn(exceptions, id) ? exceptions[id] : undefined;
      if (reason === undefined) it(id, () => runCase(run));
      else it(`${id} (expected to fail: ${reason})`, () => mustFail(id, reason, runCase(run)));
    }
  });
}

async function mustFail(id: string, reason: string, running: Promise<void>): Promise<void> {
  const failed = await running.then(
    () => false,
    () => true,
  );
  if (!failed)
    throw new Error(`'${id}' passes, although it is declared as an exception (${reason}); take the exception out.`);
}
