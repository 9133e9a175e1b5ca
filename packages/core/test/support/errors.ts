/** Catching errors in tests. */

import { XrmError } from "@kith/core";

/** The XrmError that a call ends in; anything else fails the test. */
export async function errorOf(call: () => unknown): Promise<XrmError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof XrmError) return error;
    throw error;
  }
  throw new Error("the call did not fail");
}
