/**
 * A Kith storage that keeps records in memory: simple and plainly right, the oracle that other storages are compared with, and handy in tests.
 *
 * @packageDocumentation
 */

export { memory } from "./memory.ts";
