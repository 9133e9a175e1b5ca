/** Storages with a fault in them. */

import type { Storage } from "@kith/core";
import { faults } from "./faults.ts";
import { rewriting } from "./rewrite.ts";

/** The names of the faults that can be planted. */
export const faultNames: readonly string[] = Object.keys(faults);

/**
 * A storage that does one thing wrong: what a suite or a fuzzer must find.
 *
 * @throws {RangeError} when there is no fault of that name
 * @example plantFault(memory(), 'gt-as-gte')
 */
export function plantFault(storage: Storage, name: string): Storage {
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined;
  if (!fault) throw new RangeError(`There is no fault '${name}'; there are ${faultNames.join(", ")}.`);
  return {
    ...rewriting(storage, typeof fault.rewrites === "function" ? fault.rewrites() : fault.rewrites),
    name: `${storage.name} with ${name}`,
  };
}
