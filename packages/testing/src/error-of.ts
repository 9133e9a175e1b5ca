/** Catching what a call is refused with. */

import { XrmError } from "@kith/core";

/**
 * The error that a call is refused with, for tests that look at more than its code.
 *
 * @param call a promise, or what makes one
 * @throws whatever else the call fails with, and an Error when it does not fail
 * @example
 * const error = await errorOf(() => xrm.deal.create({ amount: 'much' }))
 * assert.deepEqual([error.code, error.field], ['INVALID_RECORD', 'amount'])
 */
export async function errorOf(call: PromiseLike<unknown> | (() => unknown)): Promise<XrmError> {
  try {
    await (typeof call === "function" ? call() : call);
  } catch (error) {
    if (error instanceof XrmError) return error;
    throw error;
  }
  throw new Error("The call was not refused.");
}
