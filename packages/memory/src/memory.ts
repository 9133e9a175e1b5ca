/** The storage itself: settings only; each `open` gives an empty database of its own. */

import type { Storage } from "@kith/core";
import { MemoryConnection } from "./connection.ts";

/**
 * A storage that keeps records in memory and forgets them when the system is closed. It holds every rule that a database holds (transactions and
 * savepoints with one writer, foreign keys, unique constraints, counters) and answers queries by plain evaluation in JavaScript, so that it serves as
 * the oracle of the conformance suites. Every `createXrm` on it begins empty.
 *
 * For tests and small tools: each query looks at every record of its entity.
 *
 * @example
 * const xrm = await createXrm<Entities>({ model, storage: memory() })
 */
export function memory(): Storage {
  return {
    name: "memory",
    capabilities: { durable: false, abortsReads: false },
    open: (model, options) => new MemoryConnection(model, options),
  };
}
